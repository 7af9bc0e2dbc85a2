"""What the store gives back: facts put together into things that users name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from trackbook.records.lineage import Verdict
    from trackbook.records.run import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run with all that is known of it, as the view `runs` gives it."""

    run_id: str
    name: str
    experiment: str
    notebook: str | None
    status: Status
    parent_run_id: str | None
    relation: Literal["variation", "child"] | None
    origin: str
    session_id: str
    started_at: datetime
    """Aware, UTC."""
    ended_at: datetime | None
    duration_s: float | None
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The last value of each."""
    tags: Mapping[str, str] = field(default_factory=dict)
    notebook_hash: str | None
    user: str
    host: str
    git_commit: str | None
    reproduced: Verdict | None = None
    """What came of executing it again, the last time that was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A metric of one run along its steps, thinned to what a screen can show."""

    run_id: str
    name: str
    x: list[float]
    """Steps, or seconds since the run began."""
    y: list[float]
    low: list[float]
    """Smallest value that each shown point stands for; equal to y where nothing was left out."""
    high: list[float]
    point_count: int
    """Points in the store."""
