"""The statements of a cell that make a variable what it is, without layout and comments."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from trackbook.code.hashes import source_hash
from trackbook.code.parse import tree_of
from trackbook.code.statements import Statement, statements_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = re.compile(r"\A\s*%%(?:track|time|capture|prun)\b[^\n]*\n?")
OWN_LINE = re.compile(r"^(\s*)([%!][^\n]*|\??[\w.]+\?\??|\?[^\n]+)$", re.MULTILINE)
ASSIGNED = re.compile(r"^(\s*[\w, ]+=\s*)([%!][^\n]*)$", re.MULTILINE)
COMMENT = re.compile(r"^\s*#[^\n]*$\n?", re.MULTILINE)

CLOCK = re.compile(
    r"value=Call\(func=(?:Attribute\(value=Name\(id='\w+', ctx=Load\(\)\), attr|Name\(id)="
    r"'(?:time|time_ns|perf_counter|perf_counter_ns|monotonic|process_time|now|utcnow|today)'"
)
LONGEST = 200_000
"""Characters of a cell that is still read."""


class Line(NamedTuple):
    """One top-level statement."""

    does: Statement
    code: str
    """Its syntax tree as text: equal for code that differs in layout only."""
    writes: frozenset[str]
    """Names that it binds, or whose objects it may change."""
    imports: bool


@lru_cache(maxsize=1024)
def lines_of(source: str) -> tuple[Line, ...] | None:
    """Return a cell's statements; None for one that is no Python, such as `%%bash`."""
    if len(source) > LONGEST:
        return None
    try:
        return cut(HEAD.sub("", source, count=1))
    except (RecursionError, MemoryError):
        return None


def cut(text: str) -> tuple[Line, ...] | None:
    """Return the statements of a text, lines that are IPython's own among them."""
    tree = tree_of(text)
    if tree is None:
        text = ASSIGNED.sub(lambda m: f"{m[1]}__line__({m[2]!r})", text)
        text = OWN_LINE.sub(lambda m: f"{m[1]}__line__({m[2]!r})", text)
        tree = tree_of(text)
    if tree is None:
        return None
    does = statements_in(text)
    if len(does) != len(tree.body):
        return None
    found: list[Line] = []
    for node, statement in zip(tree.body, does, strict=True):
        if is_text(node):
            continue
        for inner in ast.walk(node):
            body = getattr(inner, "body", None)
            if isinstance(body, list) and len(body) > 1 and is_text(body[0]):
                del body[0]  # what a function says of itself is no code
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not statement.star:
            found += imports_of(node, statement)
        else:
            writes = written_by(node, statement)
            found.append(Line(statement, ast.dump(node), writes, imports=False))
    return tuple(found)


def imports_of(node: ast.Import | ast.ImportFrom, does: Statement) -> Iterator[Line]:
    """Yield each name that a statement imports as if it stood alone."""
    origin = f"{'.' * node.level}{node.module}" if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        name = frozenset({alias.asname or alias.name.partition(".")[0]})
        alone = replace(does, binds=name, sure=name)
        yield Line(alone, f"{origin} {alias.name} {alias.asname}", name, imports=True)


def is_text(node: ast.AST) -> bool:
    """Tell whether a statement is a text and no more: a docstring, a longer comment."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def written_by(node: ast.stmt, does: Statement) -> frozenset[str]:
    """Return the names that a statement binds, or whose objects it may change.

    `df.plot()` and `print(model)` change nothing, and `train(model)` may.
    """
    given = does.passed & does.risked
    if isinstance(node, ast.Expr):
        return does.binds | given | (does.touches & does.risked)
    return does.binds | given | does.touches


def behind(source: str, name: str) -> tuple[Line, ...] | None:
    """Return the statements of a cell that go into a variable, in order.

    None where the cell cannot be read, or could do anything.
    """
    lines = lines_of(source)
    if lines is None:
        return None
    wanted, kept = {name}, []
    for line in reversed(lines):
        if line.does.everything or line.does.star:
            return None
        if line.writes & wanted:
            kept.append(line)
            wanted -= line.does.sure
            wanted |= line.does.reads
    return tuple(reversed(kept))


def seeding(source: str) -> tuple[Line, ...] | None:
    """Return the statements of a cell that set generators of random numbers."""
    lines = lines_of(source)
    return None if lines is None else tuple(line for line in lines if line.does.seeds)


def same_code(one: str, other: str) -> bool:
    """Say whether two cells have the same code, whatever their layout and comments."""
    if source_hash(one) == source_hash(other):
        return True
    first, second = lines_of(one), lines_of(other)
    if first is None or second is None:
        return source_hash(COMMENT.sub("", one)) == source_hash(COMMENT.sub("", other))
    return [line.code for line in first] == [line.code for line in second]


def tells_time(source: str, name: str) -> bool:
    """Say whether a cell gives a variable the time of day: another one each time."""
    makes = [line for line in behind(source, name) or () if name in line.writes]
    return bool(makes) and CLOCK.search(makes[-1].code) is not None


def chosen_last(lines: Iterable[Line], name: str) -> tuple[object, bool]:
    """Return the literal that the last of some statements gives a name, and whether it does."""
    value: object = None
    known = False
    for line in lines:
        if name in line.writes:
            known = name in line.does.chosen and name in line.does.sure
            value = line.does.chosen.get(name)
    return value, known
