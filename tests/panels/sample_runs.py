"""Runs held in memory, with curves that are thinned as the store thins them."""

from __future__ import annotations

import difflib
import math
import random
from datetime import UTC, datetime, timedelta

from trackbook.records import Curve, Run

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOSTILE = "<img src=x onerror=alert(1)>"
WORDS = ["otter", "heron", "lynx", "raven", "stoat", "newt", "finch", "vole"]
MOODS = ["calm", "bold", "keen", "wry", "shy", "deft", "glad", "odd"]
CODE = """\
import xgboost
model = xgboost.XGBClassifier(learning_rate={lr}, max_depth={depth})
model.fit(X_train, y_train)
accuracy = model.score(X_test, y_test)
"""


def run(number: int, **given) -> Run:
    """Return a run that is like no other, the same for the same number."""
    dice = random.Random(number)
    lr, depth = round(10 ** dice.uniform(-4, -0.5), 5), dice.randint(2, 9)
    booster = dice.choice(["gbtree", "dart", "gblinear"])
    accuracy = 0.93 - 0.02 * abs(math.log10(lr) + 2) - 0.004 * abs(depth - 6)
    begun = START + timedelta(minutes=7 * number)
    facts = {
        "run_id": f"0199{number:08x}",
        "name": f"{dice.choice(MOODS)}-{dice.choice(WORDS)}-{number}",
        "experiment": "churn/baseline",
        "notebook": "churn.ipynb",
        "status": dice.choices(["FINISHED", "FAILED", "KILLED"], [20, 2, 1])[0],
        "parent_run_id": None,
        "relation": None,
        "origin": "auto",
        "session_id": "s1",
        "started_at": begun,
        "ended_at": begun + timedelta(seconds=40),
        "duration_s": round(dice.uniform(3, 90), 2),
        "params": {
            "learning_rate": repr(lr), "max_depth": str(depth), "booster": booster,
            "subsample": repr(round(dice.uniform(0.5, 1), 2)), "seed": "7",
        },
        "metrics": {
            "accuracy": accuracy + dice.gauss(0, 0.004),
            "loss": 0.6 - accuracy / 2 + dice.gauss(0, 0.01),
            "auc": min(0.999, accuracy + 0.03 + dice.gauss(0, 0.003)),
        },
        "tags": {"team": dice.choice(["growth", "risk"])},
        "notebook_hash": None,
        "user": "ada",
        "host": "lab",
        "git_commit": "1f3a9c2",
    }  # fmt: skip
    return Run(**(facts | given))


class Shelf:
    """A source that holds its runs itself; `points` of each metric's course."""

    def __init__(self, runs, *, points=200):
        self.held = sorted(runs, key=lambda run: run.run_id, reverse=True)
        self.points = points
        self.questions = []

    def add(self, run):
        self.held = [run, *(one for one in self.held if one.run_id != run.run_id)]

    def version(self):
        return str(hash(tuple(self.held[:50]).__repr__()))

    def runs(self, filter="", *, limit=10_000):  # noqa: A002  # as in Source
        return self.held[:limit]

    def curves(self, run_ids, names, *, x="step", max_points=1000):
        self.questions.append((tuple(run_ids), tuple(names), x, max_points))
        known = {run.run_id: run for run in self.held}
        return [
            self._curve(known[run_id], name, x, max_points)
            for name in names
            for run_id in run_ids
            if name in known[run_id].metrics
        ]

    def _curve(self, run, name, x, max_points):
        dice = random.Random(run.run_id + name)
        end, noise = run.metrics[name], 0.03 if self.points > max_points else 0.008
        shown = min(self.points, max_points) if name != "auc" else 1
        steps = [round(at * self.points / shown) for at in range(shown)]
        start = end + (0.5 if name == "loss" else -0.35)
        middle = [
            end + (start - end) * math.exp(-5 * at / max(1, shown)) for at in range(shown)
        ]
        y = [value + dice.gauss(0, noise / 3) for value in middle]
        spread = noise if self.points > shown > 1 else 0.0
        return Curve(
            run_id=run.run_id, name=name, x=[float(step) for step in steps], y=y,
            low=[value - spread for value in y], high=[value + spread for value in y],
            point_count=self.points if name != "auc" else 1,
        )  # fmt: skip

    def resources(self, run_ids):
        return [
            Curve(
                run_id=run_id, name=name, x=[1.0, 2.0, 4.0], y=[5.0, 90.0, end],
                low=[5.0, 90.0, end], high=[5.0, 90.0, end], point_count=3,
            )
            for name, end in (("CPU, % of a core", 99.0), ("memory, MB", 410.0))
            for run_id in run_ids
        ]  # fmt: skip

    def progress(self, run_ids):
        return dict.fromkeys(run_ids, "3/50 epochs, ⚠ `loss` is NaN since step 2")

    def code_diff(self, a, b):
        known = {run.run_id: run for run in self.held}
        texts = [
            CODE.format(
                lr=known[one].params["learning_rate"], depth=known[one].params["max_depth"]
            )
            for one in (a, b)
        ]
        lines = difflib.unified_diff(
            *(text.splitlines() for text in texts), a, b, lineterm=""
        )
        return "\n".join(lines)
