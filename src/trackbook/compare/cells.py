"""The cells that made a run, and what differs between those of two runs."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from typing import TYPE_CHECKING

from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.compare")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRow:
    """One execution of one cell."""

    execution_id: str
    cell_key: str
    execution_count: int | None
    source: str
    reads: list[str] | None
    binds: list[str] | None


def code_diff(store: Store, a: Run, b: Run) -> str:
    """Return what differs between the code of two runs, as one unified diff per cell.

    Empty where nothing differs. A run's code is its own cell and the earlier cells of its
    session that bound, directly or through others, the names it reads.
    """
    before, after = cells_of(store, a), cells_of(store, b)
    parts = [one_diff(old, new, a.name, b.name) for old, new in paired(before, after)]
    return "\n".join(part for part in parts if part)


def cells_of(store: Store, run: Run) -> list[CellRow]:
    """Return the executions whose code made a run, in the order in which they ran."""
    own = {found for (found,) in store.rows(SQL["executions_of"], run=run.run_id).rows}
    session = store.ask(
        SQL["cells_of_session"], CellRow, session=run.session_id, run=run.run_id
    )
    return needed(session, own)


def needed(session: Sequence[CellRow], own: set[str]) -> list[CellRow]:
    """Return the own executions and those that bound what they read, walking back in time.

    A name that a cell binds is wanted no longer before it, unless the cell also reads it.
    """
    wanted: set[str] = set()
    kept: list[CellRow] = []
    for cell in reversed(session):
        binds = set(cell.binds or ())
        if cell.execution_id in own or binds & wanted:
            kept.append(cell)
            wanted = (wanted - binds) | set(cell.reads or ())
    return kept[::-1]


def paired(
    before: Sequence[CellRow], after: Sequence[CellRow]
) -> list[tuple[CellRow | None, CellRow | None]]:
    """Return cells that belong together, in order: same cell, same source, or same place.

    Of a cell that ran several times the last time counts.
    """
    old, new = latest(before), latest(after)
    pairs: list[tuple[CellRow | None, CellRow | None]] = []
    matcher = SequenceMatcher(
        None, [c.cell_key for c in old], [c.cell_key for c in new], False
    )
    moved = {c.cell_key: c for c in new}
    stayed = {c.cell_key for c in old}
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        gone = [c for c in old[i1:i2] if c.cell_key not in moved]
        come = [c for c in new[j1:j2] if c.cell_key not in stayed]
        pairs += [(c, moved[c.cell_key]) for c in old[i1:i2] if c.cell_key in moved]
        both = min(len(gone), len(come))
        pairs += list(zip(gone[:both], come[:both], strict=True))
        pairs += [(c, None) for c in gone[both:]] + [(None, c) for c in come[both:]]
    return pairs


def latest(cells: Sequence[CellRow]) -> list[CellRow]:
    """Return the last execution of each cell, in the order in which they ran."""
    return sorted(
        {cell.cell_key: cell for cell in cells}.values(), key=lambda cell: cell.execution_id
    )


def one_diff(old: CellRow | None, new: CellRow | None, a: str, b: str) -> str:
    """Return the unified diff of one cell; nothing where it is the same."""
    lines = unified_diff(
        old.source.splitlines() if old else [],
        new.source.splitlines() if new else [],
        f"{a} {place_of(old)}",
        f"{b} {place_of(new)}",
        lineterm="",
    )
    return "\n".join(lines)


def place_of(cell: CellRow | None) -> str:
    """Return how a notebook shows where a cell stands."""
    if cell is None:
        return "(no such cell)"
    return f"[{' ' if cell.execution_count is None else cell.execution_count}]"
