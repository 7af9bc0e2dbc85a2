"""What a notebook's cells did."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

Outcome = Literal["ok", "error", "interrupted"]


@kind("execution")
class Execution(Record, frozen=True, kw_only=True):
    """One execution of one cell begins; the stamp's execution id is its own."""

    source: str
    """As executed, with secrets masked."""
    source_hash: str
    cell_id: str | None
    """The notebook format's cell id, where the front end sends it."""
    cell_key: str
    """The cell id, or else a hash of the source: what `the same cell` means."""


@kind("execution_end")
class ExecutionEnd(Record, frozen=True, kw_only=True):
    """One execution is over."""

    outcome: Outcome
    duration_s: float
    reads: list[str]
    """Names the cell used and did not surely bind first, sorted."""
    binds: list[str]
    """Names the cell bound, sorted."""
    error: str | None = None
    execution_count: int | None = None
    """As the front end shows it; known when the cell has ended."""


@kind("output")
class Output(Record, frozen=True, kw_only=True):
    """What an execution put out; stamped with it."""

    contents: str
    """As JSON: a list of outputs as nbformat 4.5 has them, secrets masked."""
    left_out: list[str]
    """What was too large to be kept."""
