"""A table as aligned text that fits its terminal."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING

from trackbook.table.words import cut, in_short, is_number, padded, visible, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.table.table import Table

WIDEST, NARROWEST, GAP, BEST = 48, 10, 2, "▲"


def text_of(table: Table, *, width: int | None = None, limit: int | None = 60) -> str:
    """Return a table as lines no longer than `width`, by default the terminal's."""
    room = max(20, width or shutil.get_terminal_size().columns)
    count = len(table) if limit is None else min(limit, len(table))
    cells = [cells_of(table, at, count) for at in range(len(table.columns))]
    lines = [visible(table.title)] if table.title else []
    lines += _grid(table, cells, room)
    lines += [line for line in (remainder(table, count),) if line]
    for line in table.note.split("\n"):
        lines += wrap(visible(line), room, subsequent_indent="  ")
    return "\n".join(cut(line, room) for line in lines)


def cells_of(table: Table, at: int, count: int) -> list[str]:
    """Return one column's first cells in short, the best values marked with ▲."""
    name = table.columns[at]
    marked = table.best.get(name, frozenset())
    rows = table.rows[:count]
    return [
        _mapping(table, name, number, value)
        if isinstance(value := row[at], Mapping)
        else in_short(value) + (f" {BEST}" if number in marked else "")
        for number, row in enumerate(rows)
    ]


def remainder(table: Table, shown: int) -> str:
    """Return the line that says how many rows are not shown, and how to see them."""
    more = max(table.total or 0, len(table)) - shown
    if more <= 0:
        return ""
    way = "use limit=…" if (table.total or 0) > len(table) else ".df() or .json() has all"
    return f"… {more} more ({way})"


def is_numeric(values: Sequence[object]) -> bool:
    """Return whether a column holds numbers, or texts of numbers, and nothing but gaps."""
    known = [value for value in values if value is not None]
    return bool(known) and all(is_number(value) or _reads(value) for value in known)


def is_firm(values: Sequence[object]) -> bool:
    """Return whether cutting a column's cells would make them say something else."""
    known = [value for value in values if value is not None]
    return all(is_number(value) or isinstance(value, (bool, date)) for value in known)


def _reads(value: object) -> bool:
    """Return whether a value is the text of a number, as params are."""
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _mapping(table: Table, name: str, number: int, value: Mapping[object, object]) -> str:
    return " ".join(
        f"{visible(str(key))}={in_short(item)}"
        + (BEST if number in table.best.get(f"{name}.{key}", ()) else "")
        for key, item in value.items()
    )


def _grid(table: Table, cells: list[list[str]], room: int) -> list[str]:
    if not table.columns:
        return []
    heads = [visible(name) for name in table.columns]
    right = [is_numeric(table[name]) for name in table.columns]
    held = [_aligned(column, right[at]) for at, column in enumerate(cells)]
    wanted = [max(map(width_of, [h, *c])) for h, c in zip(heads, held, strict=True)]
    firm = [is_firm(table[name]) for name in table.columns]
    widths = _fitted([min(w, WIDEST) for w in wanted], firm, room)
    dropped = len(heads) - len(widths)
    lines = [_line(heads, widths, right), _line(["─" * w for w in widths], widths, right)]
    if len(table):
        lines += [_line(row, widths, right) for row in zip(*held, strict=True)]
    else:
        lines.append("no rows")
    if dropped:
        lines.append("… columns left out: " + ", ".join(heads[-dropped:]))
    return lines


def _fitted(wanted: list[int], firm: list[bool], room: int) -> list[int]:
    """Return widths that fit: long text gives way, then the last columns fall."""
    widths = list(wanted)
    while sum(widths) + GAP * (len(widths) - 1) > room:
        soft = [at for at, w in enumerate(widths) if not firm[at] and w > NARROWEST]
        if soft:
            widths[max(soft, key=widths.__getitem__)] -= 1
        elif len(widths) > 1:
            return _fitted(wanted[: len(widths) - 1], firm, room)
        else:
            return [room]
    return widths


def _aligned(column: list[str], right: bool) -> list[str]:
    """Return numbers that stay in line where only some bear the mark."""
    marked = right and any(cell.endswith(BEST) for cell in column)
    return [f"{c}  " if marked and not c.endswith(BEST) else c for c in column]


def _line(cells: Sequence[str], widths: list[int], right: list[bool]) -> str:
    parts = zip(cells, widths, right, strict=False)
    sep = " " * GAP
    return sep.join(padded(cut(c, w), w, right=r) for c, w, r in parts).rstrip()
