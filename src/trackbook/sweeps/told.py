"""Sweeps as they stand now, for whoever shows them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from trackbook.store import Store

SQL = queries_of("trackbook.sweeps")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """One sweep: what was tried, how far it is, and the best so far."""

    sweep_id: str
    name: str
    experiment: str
    target: str
    target_kind: str
    search: str
    space: str
    metric: str | None
    direction: str | None
    budget: int | None
    jobs: int
    status: str
    prunes: bool
    started_at: datetime
    ended_at: datetime | None
    trial_count: int
    running: int
    done: int
    failed: int
    pruned: int
    cancelled: int
    best_value: float | None
    best_number: int | None
    best_run_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """One trial of a sweep."""

    number: int
    run_id: str
    name: str
    state: str
    params: str
    value: float | None
    error: str | None
    started_at: datetime
    ended_at: datetime | None
    wall_s: float | None
    cells_executed: int | None
    cells_reused: int | None

    @property
    def chosen(self) -> dict[str, object]:
        """Its params, by name."""
        found = json.loads(self.params)
        return found if isinstance(found, dict) else {}

    @property
    def counts(self) -> bool:
        """Whether its value is one that others can be compared with."""
        return self.state == "done" and self.value is not None and math.isfinite(self.value)


@dataclass(frozen=True, slots=True)
class Told:
    """One sweep with its trials, by number."""

    sweep: SweepRow
    trials: Sequence[TrialRow]

    @property
    def space(self) -> Mapping[str, Mapping[str, object]]:
        """What each param may be; what trials had besides comes after."""
        return _space(self.sweep.space, self.trials)

    @property
    def total(self) -> int | None:
        """How many trials there will be; None where nobody said."""
        size = _size(self.space) if self.sweep.search == "grid" else None
        known = [one for one in (self.sweep.budget, size) if one is not None]
        return min(known) if known else None

    def left_s(self) -> float | None:
        """Return how long it may still take, by the median trial; None where unknown."""
        took = [one.wall_s for one in self.trials if one.wall_s is not None]
        if self.sweep.status != "RUNNING" or self.total is None or not took:
            return None
        ended = len(self.trials) - self.sweep.running
        return max(0, self.total - ended) * median(took) / max(1, self.sweep.jobs)


def sweeps(store: Store) -> list[SweepRow]:
    """Return all sweeps, the newest first."""
    return store.ask(SQL["told_sweeps"], SweepRow, sweep=None)


def told(store: Store, sweep_id: str) -> Told:
    """Return one sweep as it stands now.

    Raises:
        NotFound: there is no such sweep
    """
    found = store.ask(SQL["told_sweeps"], SweepRow, sweep=sweep_id)
    if not found:
        raise NotFound(f"run {sweep_id[-8:]!r} is no sweep (%track sweeps lists them)")
    return Told(found[0], store.ask(SQL["told_trials"], TrialRow, sweep=sweep_id))


def _space(text: str, trials: Sequence[TrialRow]) -> dict[str, dict[str, object]]:
    given = json.loads(text)
    space = {name: one for name, one in given.items() if isinstance(one, dict)}
    for trial in trials:
        for name in trial.chosen:
            space.setdefault(name, {})
    return space


def _size(space: Mapping[str, Mapping[str, object]]) -> int | None:
    size = 1
    for one in space.values():
        values, step = one.get("values"), one.get("step")
        if isinstance(values, list):
            size *= len(values)
        elif isinstance(step, (int, float)) and step:
            low, high = float(str(one["low"])), float(str(one["high"]))
            size *= math.floor((high - low) / step + 1e-9) + 1
        else:
            return None
    return size
