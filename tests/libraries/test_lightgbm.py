"""What is read from LightGBM."""

from __future__ import annotations

import lightgbm
import pytest
from sklearn.model_selection import GridSearchCV

from trackbook.libraries import Derived, Training

QUIET = {"verbose": -1, "num_threads": 1, "min_data_in_leaf": 5}


def values_of(training):
    return {each.name: [value for _, value in each.values] for each in training.metrics}


@pytest.fixture
def sets(data):
    x, y = data
    whole = lightgbm.Dataset(x, y, free_raw_data=False)
    return whole, lightgbm.Dataset(x[:40], y[:40], reference=whole, free_raw_data=False)


def test_a_training_has_its_params_curves_and_data(told, sets):
    log = {}
    whole, part = sets
    booster = lightgbm.train(
        {"objective": "binary", "eta": 0.2, "num_round": 4, **QUIET},
        whole,
        valid_sets=[whole, part],
        callbacks=[lightgbm.record_evaluation(log)],
    )
    [training] = told
    assert training.model is booster
    assert (training.params["eta"], training.params["num_round"]) == (0.2, 4)
    assert "num_boost_round" not in training.params
    assert values_of(training) | {"best_iteration": []} == {
        "training.binary_logloss": log["training"]["binary_logloss"],
        "valid_1.binary_logloss": log["valid_1"]["binary_logloss"],
        "best_iteration": [],
    }
    assert [(g.role, g.data) for g in training.data] == [
        ("training", whole), ("validation", part),
    ]  # fmt: skip


def test_rounds_are_told_while_they_are_boosted(told, sets):
    whole, part = sets
    booster = lightgbm.train(
        {"objective": "binary", **QUIET}, whole, 3, valid_sets=[part], valid_names=["held"]
    )
    assert [told.steps[0].done, told.steps[-1].done] == [1, 3]
    assert {(step.total, step.unit) for step in told.steps} == {(3, "round")}
    told_of = [m for step in told.steps for m in step.metrics]
    assert {m.name for m in told_of} == {"held.binary_logloss"}
    points = [point for m in told_of for point in m.values]
    assert [place for place, _ in points] == [0, 1, 2]
    assert points[-1][1] == booster.best_score["held"]["binary_logloss"]


def test_stopping_early_tells_the_best_round(told, sets):
    whole, part = sets
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.9, **QUIET},
        whole,
        200,
        valid_sets=[part],
        callbacks=[lightgbm.early_stopping(2, verbose=False)],
    )
    best = values_of(told.of(Training)[0])
    assert best["best_iteration"] == [booster.best_iteration]
    assert best["best_binary_logloss"] == [booster.best_score["valid_0"]["binary_logloss"]]


def test_cross_validation_has_means_and_deviations_by_round(told, sets):
    table = lightgbm.cv({"objective": "binary", **QUIET}, sets[0], 3, nfold=2)
    [training] = told
    assert (training.label, training.model) == ("lightgbm.cv", None)
    assert training.params["nfold"] == 2
    means = table["valid binary_logloss-mean"]
    assert values_of(training)["valid.binary_logloss_mean"] == means
    assert told.steps == []


def test_an_estimator_is_one_training_with_its_curves(told, data):
    model = lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, verbose=-1)
    x, y = data
    model.fit(x, y, eval_set=[(x[:40], y[:40])])
    [training] = told
    assert (training.label, training.model) == ("LGBMClassifier", model)
    assert training.params["n_estimators"] == 3
    log = model.evals_result_["valid_0"]["binary_logloss"]
    assert values_of(training)["valid_0.binary_logloss"] == log
    assert [step.of for step in told.steps] == [model] * len(told.steps)
    assert {given.role for given in training.data} == {"training", "validation"}


def test_a_search_is_one_training_whose_candidates_tell_no_rounds(told, data):
    model = lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1)
    GridSearchCV(model, {"num_leaves": [3, 4]}, cv=2).fit(*data)
    [training] = told
    assert len(training.children) == 2
    assert {step.unit for step in told.steps} <= {"fit"}


def test_predictions_of_a_booster_are_derived_from_it(told, sets, data):
    booster = lightgbm.train({"objective": "binary", **QUIET}, sets[0], 1)
    made = booster.predict(data[0])
    assert told.of(Derived)[-1].made is made
    assert told.of(Derived)[-1].of is booster


def test_a_run_fills_while_it_boosts(sheet):
    sheet.ok(
        "import numpy as np, lightgbm\nrng = np.random.default_rng(0)\n"
        "X = rng.normal(size=(80, 3)); y = (X[:, 0] > 0).astype(int)",
        "seen = []\ndef look(env): seen.append([(r.status, len(r.metrics)) for r in runs()])\n",
    )
    sheet.shell.user_ns["runs"] = sheet.runs
    sheet.ok(
        "train = lightgbm.Dataset(X, y)\n"
        "booster = lightgbm.train({'objective': 'binary', 'verbose': -1}, train, 3,"
        " valid_sets=[train], callbacks=[look])"
    )
    assert sheet.shell.user_ns["seen"][0] == [("RUNNING", 1)]
    (run,) = sheet.runs()
    assert (run.name, run.status) == ("lightgbm.train-1", "FINISHED")
    points = sheet.sql("SELECT step FROM metrics WHERE name = 'training.binary_logloss'")
    assert sorted(points) == [(0,), (1,), (2,)]


@pytest.mark.parametrize("several", [True, False])
def test_data_to_validate_on_are_known_however_they_are_given(told, data, several):
    x, y = data
    held = ((x[:20],), (y[:20],)) if several else (x[:20], y[:20])
    model = lightgbm.LGBMRegressor(n_estimators=2, verbosity=-1)
    try:
        model.fit(x, y, eval_X=held[0], eval_y=held[1])
    except TypeError:  # before 4.7 there was only this way
        model.fit(x, y, eval_set=(x[:20], y[:20]))
    roles = [each.role for each in told.of(Training)[0].data]
    assert roles == ["training", "training", "validation", "validation"]
