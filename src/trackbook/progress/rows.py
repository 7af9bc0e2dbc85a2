"""What the statements of `queries.sql` give back: one class for each, columns as fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingRow:
    """How far one run is, by its latest words."""

    run_id: str
    done: int
    total: int | None
    unit: str
    turn: int
    is_over: bool
    dones: list[int]
    turns: list[int]
    times_us: list[int]
    """When each of them was said."""
    is_running: bool
    is_executing: bool
    """The cell that the last word came from has not ended, or there are no cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRow:
    """One series that may have gone wrong."""

    sid: int
    run_id: str
    name: str
    point_count: int
    last_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One point of a series."""

    step: int
    value: float
