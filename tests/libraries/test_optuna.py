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


LOOPS = """
import torch
from torch import nn
torch.manual_seed(0)
X, target = torch.randn(64, 4), torch.randn(64, 1)
def objective(trial):
    lr = trial.suggest_float("lr", 0.01, 0.1)
    net = nn.Linear(4, 1)
    opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.5)
    for step in range(10 + trial.number):
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(X), target)
        loss.backward()
        opt.step()
        if trial.number == 2 and step == 4:
            raise optuna.TrialPruned
    return loss.item()
"""
OF_TRIALS = (
    "SELECT t.number, count(*), arg_max(m.value, m.step), r.params['optimizer.momentum'], r.params['lr'],"
    " t.params::JSON->>'lr', max(m.step)"
    " FROM trials t JOIN runs r USING (run_id) JOIN metrics m USING (run_id)"
    " WHERE m.name = 'train.loss' GROUP BY ALL ORDER BY t.number"
)


@pytest.mark.parametrize("jobs", [1, 2])
def test_loops_of_torch_within_trials_are_the_trials_own(sheet, jobs) -> None:
    sheet.ok(
        SETUP,
        LOOPS,
        "study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))\n"
        f"study.optimize(objective, n_trials=4, n_jobs={jobs})",
        "objective(optuna.trial.FixedTrial({'lr': 0.05}, number=7))",
    )
    rows = sheet.sql(OF_TRIALS)
    assert [(number, count) for number, count, *_ in rows] == [
        (0, 10),
        (1, 11),
        (2, 5),
        (3, 13),
    ]
    values = [trial.value for trial in sheet.shell.user_ns["study"].trials]
    for number, count, last, momentum, lr, given, step in rows:
        if number != 2:  # it was pruned, and gave none
            assert last == pytest.approx(values[number])
        assert (momentum, lr, step) == ("0.5", given, count)
    # A loop after the study is a run of its own, as if there had been none.
    names = [row.name for row in sheet.runs() if row.relation is None]
    assert len(names) == 2, names
    assert not sheet.book.recorder.faults


def test_a_trainer_within_a_trial_tells_for_its_loops(told) -> None:
    import lightning
    import optuna
    from torch.utils.data import DataLoader, TensorDataset

    import torch
    from torch import nn

    class Net(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 1)

        def training_step(self, batch, _index):
            return nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.01)

    rows = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))

    def objective(_trial):
        trainer = lightning.Trainer(
            max_epochs=1, accelerator="cpu", logger=False, enable_progress_bar=False,
            enable_model_summary=False, enable_checkpointing=False,
        )  # fmt: skip
        trainer.fit(Net(), DataLoader(rows, batch_size=8))
        return 0.0

    optuna.create_study().optimize(objective, n_trials=2)
    assert not [step for step in told.steps if step.unit == "step"]


TRAINED = """
import lightgbm, numpy as np, optuna
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler
X, y = make_classification(300, random_state=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
made = {}
def objective(trial):
    C = trial.suggest_float("C", 0.1, 2.0)
    if trial.number == 1:
        try:
            LogisticRegression(C=-1.0).fit(X_train, y_train)
        except ValueError:
            pass
    scaler = StandardScaler().fit(X_train)
    model = LogisticRegression(C=C, max_iter=200).fit(scaler.transform(X_train), y_train)
    made[trial.number] = model
    folds = cross_val_score(LogisticRegression(C=C), X_train, y_train, cv=3)
    return accuracy_score(y_test, model.predict(scaler.transform(X_test)))
def boosted(trial):
    leaves = trial.suggest_int("num_leaves", 4, 8)
    data = lightgbm.Dataset(X_train, y_train)
    held = lightgbm.Dataset(X_test, y_test, reference=data)
    curves = {}
    made["booster", trial.number] = lightgbm.train(
        {"objective": "binary", "num_leaves": leaves, "verbosity": -1, "num_threads": 1},
        data, 9, valid_sets=[held], callbacks=[lightgbm.record_evaluation(curves)],
    )
    if trial.number == 1:
        raise KeyboardInterrupt
    return curves["valid_0"]["binary_logloss"][-1]
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.create_study(direction="maximize", study_name="lines")
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_trained_in_a_trial_is_its_runs(sheet, jobs) -> None:
    sheet.ok(TRAINED, f"study.optimize(objective, n_trials=4, n_jobs={jobs})")
    assert sheet.sql("SELECT count(*) FROM runs") == [(5,)]
    rows = sheet.sql(
        "SELECT t.number, t.value, r.metrics['accuracy_score'], r.params['C'],"
        " r.params['max_iter'], r.params['model'] FROM trials t JOIN runs r USING (run_id)"
        " ORDER BY ALL"
    )
    assert [row[0] for row in rows] == [0, 1, 2, 3]
    for _, value, accuracy, c, most, model in rows:
        assert value == accuracy
        assert 0.1 <= float(c) <= 2.0
        assert (most, model) == ("200", "LogisticRegression")
    data = sheet.sql(
        "SELECT DISTINCT t.number, i.role, d.name FROM inputs i JOIN trials t USING (run_id)"
        " JOIN datasets d USING (dataset_id) WHERE d.name LIKE '%train' ORDER BY ALL"
    )
    assert data == [
        (n, "training", name) for n in range(4) for name in ("X_train", "y_train")
    ]
    sheet.ok("%track register best:value lines")
    registered = sheet.sql("SELECT t.value FROM versions JOIN trials t USING (run_id)")
    assert registered == sheet.sql("SELECT max(value) FROM trials")
    assert sheet.book.recorder.faults == []


def test_rounds_and_models_of_a_trial_are_its_own_and_an_interrupt_ends_it(sheet) -> None:
    sheet.ok(TRAINED)
    assert not sheet.run("study = optuna.create_study()\nstudy.optimize(boosted)").success
    rows = sheet.sql(
        "SELECT r.name, r.status, r.params['num_leaves'] IS NOT NULL, count(m.step),"
        " count(DISTINCT m.step) FROM runs r LEFT JOIN metrics m ON m.run_id = r.run_id"
        " AND m.name = 'valid_0.binary_logloss' WHERE r.origin = 'card' GROUP BY ALL ORDER BY 1"
    )
    assert rows == [
        ("study-1/0", "FINISHED", True, 9, 9),
        ("study-1/1", "FAILED", True, 9, 9),
    ]
    sheet.ok("%track register study-1/0 booster")
    assert sheet.book.recorder.faults == []


def test_a_trial_that_nobody_ends_ends_with_its_cell(sheet) -> None:
    sheet.ok(TRAINED, "import optuna.storages")
    assert not sheet.run(
        "class Full(optuna.storages.InMemoryStorage):\n"
        "    def set_trial_state_values(self, *args, **kwargs):\n"
        "        raise OSError('the disk is full')\n"
        "study = optuna.create_study(storage=Full(), study_name='kept')\n"
        "study.optimize(objective, n_trials=2)"
    ).success
    rows = sheet.sql("SELECT name, status, params['max_iter'] FROM runs ORDER BY name")
    assert rows == [("kept-1", "FAILED", None), ("kept-1/0", "FAILED", "200")]
    assert sheet.book.recorder.faults == []


def test_what_is_trained_after_a_study_in_its_cell_leaves_the_study_whole(sheet) -> None:
    sheet.ok(
        TRAINED,
        "study.optimize(objective, n_trials=2)\n"
        "final = LogisticRegression(**study.best_params).fit(X_train, y_train)",
    )
    sheet.ok("%track register final lines")
    assert sheet.sql("SELECT name, done FROM sweeps") == [("lines-1", 2)]
    rows = sheet.sql(
        "SELECT r.name, p.name, r.status FROM runs r JOIN runs p ON p.run_id = r.parent_run_id"
        " ORDER BY ALL"
    )
    assert rows == [
        ("LogisticRegression-1", "lines-1", "FINISHED"),
        ("lines-1/0", "lines-1", "FINISHED"),
        ("lines-1/1", "lines-1", "FINISHED"),
    ]
    made_by = "SELECT r.name FROM versions v JOIN runs r USING (run_id)"
    assert sheet.sql(made_by) == [("LogisticRegression-1",)]


def test_what_is_said_of_a_study_is_its_goal_not_what_its_trials_measured(
    sheet, capsys
) -> None:
    sheet.ok(TRAINED, "%track normal")
    capsys.readouterr()
    sheet.ok(
        "def worse(trial):\n    return -objective(trial)\n"
        "study = optuna.create_study(study_name='least')\n"
        "study.optimize(worse, n_trials=3)"
    )
    best = sheet.shell.user_ns["study"].best_trial
    assert f"3 child runs, best value {best.value:.4g} (least-1/{best.number})" in (
        capsys.readouterr().out
    )


def test_a_study_within_a_trial_is_a_part_of_it(sheet) -> None:
    sheet.ok(
        TRAINED,
        "def outer(trial):\n"
        "    inner = optuna.create_study(direction='maximize')\n"
        "    inner.optimize(objective, n_trials=2)\n"
        "    LogisticRegression(C=trial.suggest_float('c', 1, 2)).fit(X_train, y_train)\n"
        "    return inner.best_value\n"
        "study.optimize(outer, n_trials=2)",
    )
    rows = sheet.sql(
        "SELECT t.name, r.params['c'] = r.params['C'], r.metrics['best_value'] = t.value"
        " FROM trials t JOIN runs r USING (run_id) ORDER BY 1"
    )
    assert rows == [("lines-1/0", True, True), ("lines-1/1", True, True)]
    assert sheet.sql("SELECT count(*) FROM runs") == [(3,)]
    assert sheet.book.recorder.faults == []
