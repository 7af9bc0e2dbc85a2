"""A slice as a notebook: nbformat 4.5, as a plain dictionary."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

from trackbook.code import statements_in, tree_of
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.lineage.slice import Part, Slice
    from trackbook.store import Store

SQL = queries_of("trackbook.lineage")
LONGEST_ID = 64
SAFE_ID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def document_of(
    cut: Slice,
    about: Sequence[str],
    *,
    python: str = "3",
    outputs: Mapping[str, Sequence[Any]] | None = None,
) -> dict[str, Any]:
    """Return a notebook of a slice, with what was chosen in a first `parameters` cell.

    Args:
        cut: the slice
        about: lines of Markdown that say what it is
        python: the version that ran it
        outputs: what each execution put out; None for a notebook without
    """
    chosen, sources = lifted([part.source for part in cut.parts])
    cells = [markdown("about-this-notebook", "\n".join(about))]
    if chosen:
        cells.append(code("parameters", "\n".join(chosen), {"tags": ["parameters"]}))
    taken = {"about-this-notebook", "parameters"}
    for part, source in zip(cut.parts, sources, strict=True):
        metadata: dict[str, Any] = {"trackbook": {"execution_id": part.execution_id}}
        if part.outcome != "ok":
            metadata["tags"] = ["raises-exception"]
        cell = code(id_of(part, taken), source, metadata)
        if outputs is not None:
            cell["execution_count"] = part.execution_count
            cell["outputs"] = list(outputs.get(part.execution_id, ()))
        cells.append(cell)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": python},
        },
        "cells": cells,
    }  # fmt: skip


def outputs_of(store: Store, cut: Slice) -> dict[str, list[Any]]:
    """Return what each execution of a slice put out, as far as it was kept."""
    ids = [part.execution_id for part in cut.parts]
    rows = store.rows(SQL["outputs_of"], executions=ids).rows
    return {execution_id: json.loads(contents) for execution_id, contents in rows}


def lifted(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return lines for a cell of parameters, and the cells without them.

    Lifted is a name bound to a literal on a line of its own, that no other statement of
    all binds or changes: to give it its value first is then the same.
    """
    bound: dict[str, int] = {}
    places: dict[str, tuple[int, ast.Assign]] = {}
    for at, source in enumerate(sources):
        for statement in statements_in(source):
            words = statement.reads if statement.everything else frozenset()
            for name in statement.binds | statement.touches | statement.passed | words:
                bound[name] = bound.get(name, 0) + 1
        tree = tree_of(source)
        for node in tree.body if tree is not None else ():
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
                and node.lineno == node.end_lineno
                and is_plain(node.value)
            ):
                places[node.targets[0].id] = at, node
    lines, cells = [], [source.split("\n") for source in sources]
    for name, (at, node) in places.items():
        line = cells[at][node.lineno - 1]
        alone = line.startswith(name) and ";" not in line
        if bound.get(name) == 1 and alone:
            lines.append(line)
            cells[at][node.lineno - 1] = f"# {line}  (a parameter, above)"
    return lines, ["\n".join(cell) for cell in cells]


def is_plain(node: ast.expr) -> bool:
    """Tell whether a value is a number, a text, yes or no, or a list of such."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return bool(node.elts) and all(map(is_plain, node.elts))
    if isinstance(node, ast.UnaryOp):
        return is_plain(node.operand)
    return isinstance(node, ast.Constant)


def id_of(part: Part, taken: set[str]) -> str:
    """Return a cell id that the format allows and that was not given out yet."""
    wanted = part.cell_id or ""
    if not 0 < len(wanted) <= LONGEST_ID or not set(wanted) <= SAFE_ID or wanted in taken:
        wanted = part.execution_id
    taken.add(wanted)
    return wanted


def markdown(cell_id: str, text: str) -> dict[str, Any]:
    """Return a cell of text."""
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text}


def code(cell_id: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """Return a cell of code that was not executed yet."""
    return {
        "cell_type": "code", "id": cell_id, "metadata": metadata, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip
