"""Many runs of one thing with other params, and what each came to."""

from __future__ import annotations

from typing import Literal

import msgspec

from trackbook.records.base import Record, kind

SweepTarget = Literal["notebook", "script", "run", "function", "study"]
Search = Literal["grid", "random", "optuna"]
TrialState = Literal["running", "done", "failed", "pruned", "cancelled"]


@kind("sweep")
class Sweep(Record, frozen=True, kw_only=True):
    """One thing is tried with many params; stamped with the sweep's run, the last one counts."""

    target: str
    """What is tried: a path, a run's id, `module:function`, the name of a study."""
    target_kind: SweepTarget
    search: Search
    space: str
    """As JSON: of each param its values, or its bounds."""
    metric: str | None
    """What the trials are compared by; None where nobody said."""
    direction: Literal["max", "min"] | None
    budget: int | None
    """Trials at most; None for as many as there are."""
    seed: int | None
    jobs: int
    executor: str
    """Who works: processes, an address of Dask's, the class of a given executor."""
    prunes: bool = False
    timeout_s: float | None = None
    """How long one trial may take."""
    directions: list[str] = msgspec.field(default_factory=list)
    """Of every value, where a study has several."""


@kind("trial")
class Trial(Record, frozen=True, kw_only=True):
    """One try of a sweep; stamped with its run, the last one of a number counts."""

    sweep_id: str
    """The sweep's run."""
    number: int
    """Among the sweep's trials, from 0."""
    params: str
    """As JSON: what was chosen."""
    state: TrialState
    value: float | None = None
    """Of the metric that the trials are compared by."""
    error: str | None = None
    """The last line of the error that ended it, or why it was given up."""
    wall_s: float | None = None
    cells_executed: int | None = None
    cells_reused: int | None = None
    """Cells whose work was taken over from before the params reached anything."""
    goals: list[float] = msgspec.field(default_factory=list)
    """Every value, where a study has several."""
