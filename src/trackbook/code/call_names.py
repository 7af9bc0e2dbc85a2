"""The metric names of calls inside a statement whose results it does not keep."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from trackbook.code.display_names import first_name_in, name_of_call, unwrapped
from trackbook.code.literals import pairs_of
from trackbook.code.parse import tree_of

if TYPE_CHECKING:
    from collections.abc import Collection


def names_of_calls(source: str, function: str, modules: Collection[str] = ()) -> list[str]:
    """Return a metric name for each call of `function` in a source, in order of the text.

    `print(model.score(X_test, y_test))` gives `score_X_test` for `score`; bound to a name,
    as in `acc = round(model.score(X, y), 3)` inside a loop, a call goes by that name.
    """
    tree = tree_of(source)
    if tree is None:
        return []
    found = []
    bound = {
        id(unwrapped(value)): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in pairs_of(node.targets[0], node.value)
        or [(node.targets[0], node.value)]
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else None
            name = called.id if isinstance(called, ast.Name) else name
            label = bound.get(id(node)) or name_of_call(node, modules)
            if name == function and label:
                is_bound = id(node) in bound
                part = "" if is_bound else part_of(node)
                found.append((node.lineno, node.col_offset, with_part(label, part), node))
    found.sort(key=lambda each: each[:2])
    return told_apart([(label, node) for *_, label, node in found])


def part_of(node: ast.Call) -> str:
    """Return which part of the data a call measures, where its arguments say so: train, val."""
    first = first_name_in(node.args[0]) if node.args else []
    words = re.split(r"[^a-z]+", first[0].lower()) if first else []
    return next((PARTS[word] for word in words if word in PARTS), "")


def with_part(label: str, part: str) -> str:
    """Return a metric's name with the part of the data that it was measured on."""
    return label if not part or part in label.lower().split("_") else f"{label}_{part}"


def told_apart(found: list[tuple[str, ast.Call]]) -> list[str]:
    """Return names of which none stands for calls on different arguments."""
    heads: dict[str, set[str]] = {}
    for label, node in found:
        heads.setdefault(label, set()).add("_".join(head_of(node)))
    return [
        "_".join((label, *head_of(node))) if len(heads[label]) > 1 else label
        for label, node in found
    ]


def head_of(node: ast.Call) -> list[str]:
    """Return the first plain name of a call's first argument."""
    return first_name_in(node.args[0]) if node.args else []


PARTS = {
    "train": "train", "training": "train", "tr": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val",
}  # fmt: skip
