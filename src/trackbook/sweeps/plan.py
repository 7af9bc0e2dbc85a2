"""What a sweep is to do, and what stands in for each trial on its way through the workers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from trackbook.records import Search as SearchKind
from trackbook.records import Sweep, SweepTarget, TrialState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Record
    from trackbook.sweeps.space import Params, Space

VALUE = "value"
"""The metric of a function that returns a number, where nobody named it."""


class Target(Protocol):
    """What is tried with many params; it is pickled for the workers."""

    @property
    def kind(self) -> SweepTarget: ...

    @property
    def name(self) -> str: ...

    @property
    def records_itself(self) -> bool:
        """Whether its trials write their runs themselves, in processes of their own."""

    @property
    def own_processes(self) -> bool:
        """Whether each of its trials needs the whole of a process of ours to wait in."""

    def check(self, params: Params) -> None:
        """Refuse params that it surely cannot take."""

    def perform(self, task: Task) -> Outcome:
        """Try once; called on a worker, after it was packed and unpacked."""

    def end(self) -> None:
        """Let go of what its trials shared in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a sweep goes about its work."""

    space: Space
    search: SearchKind
    metric: str | None = None
    direction: Literal["max", "min"] | None = None
    budget: int | None = None
    seed: int | None = None
    jobs: int = 1
    executor: str = "processes"
    prunes: bool = False
    timeout_s: float | None = None

    def record(self, target: Target) -> Sweep:
        """Return the fact that it begins."""
        from trackbook.sweeps.space import text_of

        return Sweep(
            target=target.name,
            target_kind=target.kind,
            search=self.search,
            space=text_of(self.space),
            metric=self.metric,
            direction=self.direction,
            budget=self.budget,
            seed=self.seed,
            jobs=self.jobs,
            executor=self.executor,
            prunes=self.prunes,
            timeout_s=self.timeout_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One trial as a worker gets it."""

    number: int
    params: Params
    run_id: str
    name: str
    sweep_id: str
    experiment: str
    project: str
    """The folder of the project, which a worker elsewhere may not see."""
    metric: str | None
    prunes: bool
    timeout_s: float | None
    jobs: int = 1
    """How many run at once."""
    secrets: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Its params as JSON."""
        return json.dumps(self.params)


Points = dict[str, tuple[list[int], list[float]]]
"""Steps and values of each metric."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of one trial."""

    state: TrialState
    error: str | None = None
    run_id: str = ""
    """Of the run that it wrote itself; another than was planned where it was done again."""
    wall_s: float = 0.0
    points: Points = field(default_factory=dict)
    facts: list[Record] = field(default_factory=list)
    """What it logged beside numbers."""
    cells_executed: int | None = None
    cells_reused: int | None = None
    own: Own | None = None
    """What its process says of the run that it wrote; None where the record has to be asked."""


class Own(NamedTuple):
    """What is known of a run by the process that wrote it."""

    ended: bool
    value: float | None
    """The last of the metric that the trials are compared by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A trial as it stands on record."""

    number: int
    run_id: str
    params: Params
    state: TrialState
    value: float | None
    error: str | None
    points: Sequence[tuple[int, float]] = ()
    """Of the metric that the trials are compared by."""
