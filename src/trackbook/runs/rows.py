"""What the statements of `queries.sql` give back: one class for each, columns as fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParamRow:
    """One param of a run."""

    name: str
    value: str
    type: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One metric of a run, over all its steps."""

    name: str
    last_value: float
    last_step: int
    lowest: float
    highest: float
    point_count: int
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionRow:
    """One try to get a run's numbers again."""

    verdict: str
    tried_at: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """One note about a run."""

    words: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactRow:
    """One file of a run."""

    path: str
    digest: str
    size_bytes: int
    logged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRow:
    """One execution of a cell that made a part of a run."""

    execution_id: str
    cell_id: str | None
    execution_count: int | None
    source: str
    started_at: datetime
    duration_s: float | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KinRow:
    """A run's parent, or one of the runs whose parent it is."""

    run_id: str
    name: str
    status: str
    relation: str | None
    started_at: datetime
    is_parent: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingsRow:
    """The process in which a run ran."""

    program: str | None
    python: str | None
    platform: str | None
    pid: int | None
    outcome: str | None
    error: str | None
    package_count: int | None
    peak_memory_bytes: int | None
    """The largest sample of its processes' resident memory."""
    cpu_percent: float | None
    """Mean over its samples, of one core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrashedRow:
    """A run in the trash."""

    run_id: str
    name: str
    experiment: str
    started_at: datetime
    trashed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRow:
    """What was executed as a run, where it was launched."""

    target: str
    target_kind: str
    entry_point: str | None
    command: str
    target_digest: str
    folder: str
    environment: str
    python: str
    revision: str | None
    exit_code: int | None
