"""While a cell still trains, another terminal sees how far it is and what goes wrong."""

from __future__ import annotations

import json

import pytest

TRAIN = """
import numpy as np, xgboost
X = np.random.default_rng(0).normal(size=(50, 3)); y = X[:, 0]

class Look(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        if epoch == 4:
            look()
        return epoch == 5 and stop()

rounds = xgboost.train(
    {"eta": 0.3}, d := xgboost.DMatrix(X, y), 12, evals=[(d, "train")],
    callbacks=[Look()], verbose_eval=False,
)
"""


@pytest.fixture
def seen(sheet):
    """What a terminal says in the middle of a training that is interrupted later."""
    found = {}

    def look():
        for _ in range(40):  # words wait, so that there are few
            found["runs"] = sheet.in_shell("runs").stdout
            if "4/12" in found["runs"]:
                break
        for words in (["show", "last"], ["runs", "--json"], ["status"]):
            found[" ".join(words)] = sheet.in_shell(*words).stdout

    def stop():
        raise KeyboardInterrupt

    sheet.shell.user_ns.update(look=look, stop=stop)
    sheet.run(TRAIN)
    found["after"] = sheet.in_shell("runs").stdout
    found["shown after"] = sheet.in_shell("show", "last").stdout
    return found


def test_a_terminal_sees_how_far_a_training_is_and_how_far_it_came(seen) -> None:
    assert "running, 4/12 rounds" in seen["runs"]
    assert "progress" in seen["show last"]
    assert "each" in seen["show last"]
    (row,) = json.loads(seen["runs --json"])
    assert (row["status"], row["progress"][:11]) == ("RUNNING", "4/12 rounds")
    assert "running: xgboost.train-1" in seen["status"]
    assert "4/12 rounds" in seen["status"]
    assert "killed, 5/12 rounds" in seen["after"]
    assert "5/12 rounds" in seen["shown after"]
    assert "left" not in seen["shown after"]


def test_an_interrupted_training_has_every_round_that_ended(sheet) -> None:
    for library in ("xgboost", "lightgbm"):
        sheet.run(QUICK[library])
    points = sheet.sql(
        "SELECT max(step) FROM metrics WHERE name LIKE 'train%' GROUP BY run_id"
    )
    assert sorted(points) == [(59,), (60,)]  # XGBoost measures before it calls back
    rows = json.loads(sheet.in_shell("runs", "--json").stdout)
    assert [row["progress"][:13] for row in rows] == ["60/900 rounds"] * 2


QUICK = {
    "xgboost": """
import numpy as np, xgboost, lightgbm
X = np.random.default_rng(0).normal(size=(50, 3)); y = X[:, 0]

class Stop(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        if epoch == 60:
            raise KeyboardInterrupt

rounds = xgboost.train(
    {}, d := xgboost.DMatrix(X, y), 900, evals=[(d, "train")], callbacks=[Stop()],
    verbose_eval=False,
)
""",
    "lightgbm": """
def stop(env):
    if env.iteration == 59:
        raise KeyboardInterrupt

d = lightgbm.Dataset(X, y)
grown = lightgbm.train(
    {"verbose": -1}, d, 900, valid_sets=[d], valid_names=["train"], callbacks=[stop]
)
""",
}


def test_a_loss_that_is_lost_is_pointed_out_while_the_cell_runs(sheet) -> None:
    sheet.shell.user_ns["look"] = lambda: found.append(sheet.in_shell("runs").stdout)
    found = []
    sheet.ok(
        "import trackbook",
        "with trackbook.start_run('<b>lost</b>') as run:\n"
        "    for step in range(4):\n"
        "        run.log_metric('loss', float('nan') if step > 1 else 1.0, step)\n"
        "    look()",
    )
    assert "⚠ <b>lost</b>: `loss` is NaN since step 2" in found[0]
    sheet.book.settle()
    kept = sheet.sql("SELECT code, words, names FROM doubts")
    assert kept == [("diverged", "`loss` is NaN since step 2", ["loss"])]
    page = sheet.in_shell("show", "last").stdout
    assert page.count("`loss` is NaN since step 2") == 1


def test_a_loss_that_grew_away_is_on_record_after_the_cell(sheet) -> None:
    sheet.ok(
        "import trackbook",
        "with trackbook.start_run('grown') as run:\n"
        "    for step in range(20):\n"
        "        run.log_metric('train_loss', 1.0 if step < 12 else 2.0 ** step, step)",
    )
    ((code, words),) = sheet.sql("SELECT code, words FROM doubts")
    assert code == "diverged"
    assert "`train_loss` has grown to" in words
