"""Sweeps made by hand, for tests of the panel and its figures."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from trackbook.sweeps import SweepRow, Told, TrialRow, weights

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)></script>\u202e&amp;<b>"
SPACE = {
    "lr": {"low": 1e-4, "high": 1.0, "log": True, "kind": "float"},
    "depth": {"low": 2, "high": 9, "step": 1, "kind": "int"},
    "kind": {"values": ["relu", "gelu", EVIL]},
    "a.very.long.name.of.a.param.that.goes.on": {"low": 0.0, "high": 1.0, "kind": "float"},
}


def told_of(count: int, *, status: str = "FINISHED", direction: str | None = "max") -> Told:
    """Return a sweep with so many trials, some of them failed and pruned; lr matters most."""
    dice = random.Random(count)
    trials = [trial_of(number, dice) for number in range(count)]
    if status == "RUNNING":
        trials = [
            replace(one, state="running", value=None, error=None, wall_s=None)
            if one.number >= count - 2 else one
            for one in trials
        ]  # fmt: skip
    counting = [one for one in trials if one.counts]
    pick = {"max": max, "min": min}.get(direction or "")
    best = pick(counting, key=lambda one: one.value) if pick and counting else None
    states = {state: sum(one.state == state for one in trials)
              for state in ("running", "done", "failed", "pruned", "cancelled")}  # fmt: skip
    sweep = SweepRow(
        sweep_id="sweep", name=f"sweep of {EVIL}", experiment="churn", target="train.py",
        target_kind="script", search="optuna", space=json.dumps(SPACE), metric="accuracy",
        direction=direction, budget=count + 5 * (status == "RUNNING"), jobs=2, status=status,
        prunes=True, started_at=NOON, ended_at=NOON + timedelta(minutes=9), trial_count=count, **states,
        best_value=best and best.value, best_number=best and best.number,
        best_run_id=best and best.run_id,
    )  # fmt: skip
    return Told(sweep, trials)


def trial_of(number: int, dice: random.Random) -> TrialRow:
    """Return one trial."""
    lr, depth = 10 ** dice.uniform(-4, 0), dice.randint(2, 9)
    kind = dice.choice(SPACE["kind"]["values"])
    params = {"lr": lr, "depth": depth, "kind": kind, list(SPACE)[3]: dice.random()}
    value = 0.92 - 0.08 * (math.log10(lr) + 1.5) ** 2 + 0.002 * depth
    value += dice.gauss(0, 0.005) - (0.02 if kind == EVIL else 0)
    state = {7: "failed", 3: "pruned"}.get(number % 10, "done")
    return TrialRow(
        number=number, run_id=f"run-{number}", name=f"sweep/{number}", state=state,
        params=json.dumps(params), value=None if state == "failed" else value,
        error=f"ValueError: {EVIL}" if state == "failed" else None,
        started_at=NOON + timedelta(seconds=number), ended_at=NOON + timedelta(seconds=number + 3),
        wall_s=3.0, cells_executed=None, cells_reused=None,
    )  # fmt: skip


class Shelf:
    """A source whose sweep goes on when told to."""

    def __init__(self, told: Told) -> None:
        self.now = told
        self.turn = 0
        self.heard: list[object] = []

    def go_on(self, told: Told) -> None:
        self.now = told
        self.turn += 1

    def version(self) -> str:
        return str(self.turn)

    def told(self) -> Told:
        return self.now

    def weights(self, told: Told):
        return weights(told)

    def stop(self) -> None:
        self.heard.append("stop")

    def prune(self, number: int) -> None:
        self.heard.append(number)
