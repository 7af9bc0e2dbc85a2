"""How far trainings are while they run."""

from __future__ import annotations

from trackbook.records.base import Record, kind


@kind("progress")
class Progress(Record, frozen=True, kw_only=True):
    """How far the training of a run is; stamped with the run, once a second at most."""

    done: int
    """How many are finished."""
    total: int | None
    """Of how many; None where the library does not tell."""
    unit: str
    """What is counted: `epoch`, `round`, `step`, `trial`."""
    turn: int = 0
    """How often it was counted from the beginning before: by the folds of a search, say."""
    is_over: bool = False
    """The training finished, and what its cell does from now on is something else."""
