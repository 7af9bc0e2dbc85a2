"""What a run gave: its points, the data that it used, what its models learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.capture import Launch
from trackbook.clock import new_id
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store import Store

    Points = dict[str, list[tuple[int, float]]]

SQL = queries_of("trackbook.reproduce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Data that a run used."""

    role: str
    name: str
    location: str | None
    row_count: int | None
    quick: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A model of a run."""

    label: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run gave."""

    points: Points
    """(step, value) by metric, in order."""
    data: Sequence[Used]
    models: Sequence[Learned]


def outcome_of(store: Store, run_id: str) -> Outcome:
    """Return what a run gave."""
    return Outcome(
        points=points_of(store, run_id),
        data=store.ask(SQL["data_of_run"], Used, run=run_id),
        models=store.ask(SQL["models_of_run"], Learned, run=run_id),
    )


def points_of(store: Store, run_id: str) -> Points:
    """Return every point of a run by metric, in order."""
    points: Points = {}
    for name, step, value in store.rows(SQL["points_of_run"], run=run_id).rows:
        points.setdefault(name, []).append((step, value))
    return points


def runs_of(store: Store, session_id: str) -> list[tuple[str, str, str, int]]:
    """Return (run, opener, relation, place among those it opened) of a session's runs."""
    counts: dict[tuple[str, str], int] = {}
    found = []
    for run_id, opener, relation in store.rows(SQL["runs_opened"], session=session_id).rows:
        kind = "child" if relation == "child" else ""
        place = counts[opener, kind] = counts.get((opener, kind), -1) + 1
        found.append((run_id, opener, kind, place))
    return found


def launch_of_session(store: Store, session_id: str) -> Launch | None:
    """Return as which run a session is to be launched again; None where it was not launched."""
    rows = store.rows(SQL["launched_as"], session=session_id).rows
    if not rows:
        return None
    name, experiment = rows[0]
    return Launch(run_id=new_id(), name=name, experiment=experiment)
