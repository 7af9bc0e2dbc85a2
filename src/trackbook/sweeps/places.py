"""Where in the cells of a run its params stand, and from which cell on they matter."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.code import is_literal, statements_in
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.code import Statement
    from trackbook.sweeps.space import Params, Plain


@dataclass(frozen=True, slots=True)
class Place:
    """A literal that is a param: in which cell, and between which characters of it."""

    cell: int
    start: int
    end: int
    first: int
    """Where the statement that binds it begins."""
    last: int
    root: str
    """The name that is bound: cfg, for cfg.lr."""


class Fork(NamedTuple):
    """Up to where the cells can be executed once for all trials."""

    at: int
    """So many cells are the same for all."""
    late: Sequence[str]
    """Params whose cell is among them: they are bound anew behind."""


def as_python(source: str) -> str:
    """Return a cell as Python reads it, where its lines stay where they are; else as it is."""
    from IPython.core.inputtransformer2 import TransformerManager

    transformer: Any = TransformerManager
    if parsed(source) is not None:
        return source
    made = str(transformer().transform_cell(source))
    return made if parsed(made) is not None else source


def parsed(source: str) -> ast.Module | None:
    """Return the tree of a source; None where Python refuses it."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def places_of(sources: Sequence[str], names: Sequence[str]) -> dict[str, Place]:
    """Return where each param stands.

    Args:
        sources: the cells, as Python reads them
        names: of params: `lr` for `lr = 0.1`, `cfg.lr` for `cfg = {"lr": 0.1}`

    Raises:
        Misused: a param is bound to no literal there, the last time that it is bound
    """
    found: dict[str, Place] = {}
    binders: dict[str, set[tuple[int, int]]] = {}
    for at, source in enumerate(sources):
        for statement in statements_in(source):
            for name in statement.binds:
                binders.setdefault(name, set()).add((at, statement.line))
    for name in names:
        root, *path = name.split(".")
        where = binders.get(root, set())
        if not where:
            raise Misused(
                f"no cell of the run binds {root!r}, so it cannot be swept: it can be a name that"
                f" is bound to a number, a text, yes or no ({root} = 0.1), or in a dict of such"
            )
        at, line = max(where)  # what was bound before has no say any more
        place = place_in(sources[at], line, root, path, at)
        if place is None:
            raise Misused(
                f"{name!r} is bound to no literal in cell [{at + 1}] of the run's slice"
            )
        found[name] = place
    return found


def place_in(
    source: str, line: int, root: str, path: Sequence[str], at: int
) -> Place | None:
    """Return where a param's literal stands in a cell."""
    tree = parsed(source)
    for node in tree.body if tree is not None else ():
        if node.lineno != line or not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        value = node.value
        if value is None or len(targets) > 1 or not is_named(targets[0], root):
            continue
        if not is_literal(value):
            return None
        inner = within(value, path)
        if inner is None:
            return None
        starts = line_starts(source)
        return Place(
            cell=at,
            start=offset(source, starts, inner.lineno, inner.col_offset),
            end=offset(source, starts, inner.end_lineno or 1, inner.end_col_offset or 0),
            first=offset(source, starts, node.lineno, node.col_offset),
            last=offset(source, starts, node.end_lineno or 1, node.end_col_offset or 0),
            root=root,
        )
    return None


def is_named(node: ast.expr, name: str) -> bool:
    """Tell whether a target is a name."""
    return isinstance(node, ast.Name) and node.id == name


def within(value: ast.expr, path: Sequence[str]) -> ast.expr | None:
    """Return the literal at a path of keys inside a dict; None where there is none."""
    for key in path:
        inner = None
        if isinstance(value, ast.Dict):
            for at, one in enumerate(value.keys):
                if isinstance(one, ast.Constant) and one.value == key:
                    inner = value.values[at]
        elif isinstance(value, ast.Call):
            inner = next((k.value for k in value.keywords if k.arg == key), None)
        if inner is None:
            return None
        value = inner
    return value


def line_starts(source: str) -> list[int]:
    """Return at which character each line begins, as Python counts lines."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def offset(source: str, starts: Sequence[int], line: int, column: int) -> int:
    """Return the character at a line and a column, which counts bytes."""
    begin = starts[line - 1]
    text = source[begin : starts[line]] if line < len(starts) else source[begin:]
    return begin + len(text.encode()[:column].decode(errors="ignore"))


def replaced(
    sources: Sequence[str], places: Mapping[str, Place], params: Params
) -> list[str]:
    """Return the cells with params in the places of their literals."""
    found = list(sources)
    for name, place in sorted(places.items(), key=lambda one: -one[1].start):
        source = found[place.cell]
        found[place.cell] = (
            source[: place.start] + written(params[name]) + source[place.end :]
        )
    return found


def bound_anew(
    sources: Sequence[str], places: Mapping[str, Place], late: Sequence[str], params: Params
) -> str:
    """Return a cell of the statements that bind some params, with the values of a trial."""
    lines: dict[tuple[int, int], str] = {}
    for name in late:
        place = places[name]
        inside = {
            other: one
            for other, one in places.items()
            if (one.cell, one.first) == (place.cell, place.first)
        }
        text = sources[place.cell][place.first : place.last]
        for other, one in sorted(inside.items(), key=lambda pair: -pair[1].start):
            start, end = one.start - place.first, one.end - place.first
            text = text[:start] + written(params[other]) + text[end:]
        lines[place.cell, place.first] = text
    return "\n".join(lines[key] for key in sorted(lines))


def written(value: Plain) -> str:
    """Return a value as Python source; numbers that have no literal as what makes them."""
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):  # noqa: PLR0124  NaN is not
        return f"float({str(value)!r})"
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def fork_of(
    sources: Sequence[str],
    places: Mapping[str, Place],
    *,
    latest: int,
    unknown: Sequence[int] = (),
) -> Fork:
    """Return up to which cell all trials do the same, as far as that can be proved.

    A param matters from the first cell on that reads, binds or mentions its name, in
    whatever way, or that names a function which does; or from its own cell on, where one
    before it does. A cell that may read any name, or of which nothing is known, counts.

    Args:
        sources: the cells, as Python reads them
        places: of the params
        latest: the cell that the trials must execute themselves, whatever it does
        unknown: cells of which nothing is known
    """
    at = min([latest, *(reached_at(sources, place, unknown) for place in places.values())])
    late = [name for name, place in places.items() if place.cell < at]
    return Fork(at, late)


def reached_at(sources: Sequence[str], place: Place, unknown: Sequence[int]) -> int:
    """Return the first cell that may do something else when a param has another value."""
    own = sources[place.cell]
    rest = list(sources)
    rest[place.cell] = f"{own[: place.first]}pass{own[place.last :]}"
    cells = [pieces_of(source) for source in rest]
    names = {place.root}
    while more := {
        piece.defines
        for piece in (one for pieces in cells for one in pieces)
        if piece.defines not in names and piece.body & names
    }:
        names |= more
    is_known = True
    """Whether nothing so far can have taken hold of one of the names."""
    for at, pieces in enumerate(cells):
        is_touched = any(one.acts & names or one.is_open for one in pieces)
        is_known = is_known and not is_touched and at not in unknown
        if not is_known and at >= place.cell:
            return at
    return len(sources)


class Piece(NamedTuple):
    """One statement of a cell: the names that it has to do with."""

    acts: frozenset[str]
    """Now."""
    is_open: bool
    """It may have to do with any name."""
    defines: str = ""
    """The name of a plain function; empty for everything else."""
    body: frozenset[str] = frozenset()
    """The names that the function has to do with when it is called."""


def pieces_of(source: str) -> list[Piece]:
    """Return the statements of a cell; one that Python refuses has to do with every name."""
    tree = parsed(source)
    if tree is None:
        return [Piece(frozenset(), is_open=True)]
    return [piece_of(source, node) for node in tree.body]


def piece_of(source: str, node: ast.stmt) -> Piece:
    """Return what one statement has to do with."""
    found = statements_in(ast.get_source_segment(source, node) or source)
    names = frozenset[str]().union(*map(names_of, found))
    is_open = any(one.everything or one.star for one in found)
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return Piece(names, is_open)
    bare = ast.parse("def it(): pass").body[0]
    vars(bare).update(args=node.args, returns=node.returns)
    head = statements_in(ast.unparse(bare))
    acts = frozenset[str]().union(*(names_of(one) - {"it"} for one in head))
    return Piece(acts, is_open, node.name, names)


def names_of(statement: Statement) -> frozenset[str]:
    """Return every name that a statement has to do with."""
    return (
        statement.reads
        | statement.binds
        | statement.mentions
        | statement.touches
        | statement.risked
        | statement.passed
    )
