"""What differs between the code of two runs, cell by cell."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Executed(Protocol):
    """One execution of one cell, as a slice has it."""

    @property
    def execution_id(self) -> str: ...
    @property
    def cell_key(self) -> str: ...
    @property
    def execution_count(self) -> int | None: ...
    @property
    def source(self) -> str: ...


def code_diff(before: Sequence[Executed], after: Sequence[Executed], a: str, b: str) -> str:
    """Return what differs between two runs' slices, as one unified diff per cell.

    Args:
        before: the executions of the first run's slice, in order
        after: those of the second
        a: what to call the first
        b: what to call the second
    """
    parts = [one_diff(old, new, a, b) for old, new in paired(before, after)]
    return "\n".join(part for part in parts if part)


def paired(
    before: Sequence[Executed], after: Sequence[Executed]
) -> list[tuple[Executed | None, Executed | None]]:
    """Return cells that belong together, in order: same cell, same source, or same place.

    Of a cell that ran several times the last time counts.
    """
    old, new = latest(before), latest(after)
    pairs: list[tuple[Executed | None, Executed | None]] = []
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


def latest(cells: Sequence[Executed]) -> list[Executed]:
    """Return the last execution of each cell, in the order in which they ran."""
    return sorted(
        {cell.cell_key: cell for cell in cells}.values(), key=lambda cell: cell.execution_id
    )


def one_diff(old: Executed | None, new: Executed | None, a: str, b: str) -> str:
    """Return the unified diff of one cell; nothing where it is the same."""
    lines = unified_diff(
        old.source.splitlines() if old else [],
        new.source.splitlines() if new else [],
        f"{a} {place_of(old)}",
        f"{b} {place_of(new)}",
        lineterm="",
    )
    return "\n".join(lines)


def place_of(cell: Executed | None) -> str:
    """Return how a notebook shows where a cell stands."""
    if cell is None:
        return "(no such cell)"
    return f"[{' ' if cell.execution_count is None else cell.execution_count}]"
