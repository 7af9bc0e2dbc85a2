"""A study of Optuna's is a sweep, and its trials are child runs, while it still runs."""

from __future__ import annotations

import json

import pytest

SETUP = """
import optuna, numpy as np
from sklearn.linear_model import Ridge
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
def objective(trial):
    x = trial.suggest_float("x", -3, 3)
    k = trial.suggest_int("k", 1, 4)
    kind = trial.suggest_categorical("kind", ["a", "<b>", None])
    for step in range(3):
        trial.report(x * x + step, step)
        if trial.number == 2:
            raise optuna.TrialPruned()
    if trial.number == 3:
        raise ValueError("no <b>good</b>")
    Ridge(alpha=k).fit(np.ones((4, 2)), np.ones(4))
    return x * x
def look(study, trial):
    seen.append(len(get_runs()))
"""


@pytest.fixture
def studied(sheet):
    """A notebook in which studies were optimized."""
    seen: list[int] = []
    sheet.shell.push(
        {"seen": seen, "get_runs": lambda: sheet.sql("FROM trials")}, interactive=False
    )
    sheet.ok(
        SETUP,
        "study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))\n"
        "study.optimize(objective, n_trials=5, catch=(ValueError,), callbacks=[look])",
        "best = study.best_value",
        "two = optuna.create_study(directions=['minimize', 'maximize'], study_name='two')\n"
        "two.optimize(lambda t: (t.suggest_float('a', 0, 1), 2.0), n_trials=6, n_jobs=3)",
        "asked = optuna.create_study()\ntrial = asked.ask()\n"
        "asked.tell(trial, trial.suggest_float('x', 0, 1))",
    )
    sheet.seen = seen
    return sheet


def test_a_study_is_a_sweep_with_its_trials_as_child_runs(studied) -> None:
    one, two = studied.sql(
        "SELECT name, target, target_kind, metric, direction, directions, budget, jobs, done,"
        " failed, pruned, status FROM sweeps ORDER BY name"
    )
    assert one == (
        "study-1", "study", "study", "value", "min", [], 5, 1, 3, 1, 1, "FINISHED",
    )  # fmt: skip
    assert two[1:9] == ("two", "study", "value_0", None, ["min", "max"], 6, 3, 6)
    assert studied.seen == [1, 2, 3, 4, 5]  # each was there as soon as it had ended
    ((space,),) = studied.sql("SELECT space FROM sweeps WHERE name = 'study-1'")
    assert json.loads(space) == {
        "x": {"low": -3.0, "high": 3.0, "kind": "float"},
        "k": {"low": 1, "high": 4, "kind": "int", "step": 1},
        "kind": {"values": ["a", "<b>", None]},
    }
    trials = studied.sql(
        "SELECT t.number, t.state, t.error, r.status, r.params['k'] IS NOT NULL, r.relation"
        " FROM trials t JOIN runs r USING (run_id) WHERE t.name LIKE 'study%' ORDER BY number"
    )
    assert [t[1] for t in trials] == ["done", "done", "pruned", "failed", "done"]
    assert trials[3][2:4] == ("ValueError: no <b>good</b>", "FAILED")
    assert all(has_param and relation == "child" for *_, has_param, relation in trials)
    points = studied.sql(
        "SELECT step, metrics.value FROM metrics JOIN trials USING (run_id)"
        " WHERE trials.name = 'study-1/0' AND metrics.name = 'value' ORDER BY step"
    )
    assert len(points) == 4
    assert points[2][1] == pytest.approx(points[0][1] + 2)
    assert points[3][1] == points[0][1]
    goals = studied.sql(
        "SELECT goals[2], value FROM trials WHERE name LIKE 'two/%' OR name LIKE 'two-%'"
    )
    assert goals == [(2.0, None)] * 6
    best = studied.sql(
        "SELECT metrics['best'] = metrics['best_value'] FROM runs WHERE name = 'study-1'"
    )
    assert best == [(True,)]
    assert not studied.book.recorder.faults
