"""What is read from XGBoost."""

from __future__ import annotations

import pytest
import xgboost
from sklearn.model_selection import GridSearchCV

from trackbook.libraries import Training


def values_of(training):
    return {each.name: [value for _, value in each.values] for each in training.metrics}


@pytest.fixture
def matrix(data):
    return xgboost.DMatrix(*data)


def test_a_training_has_its_params_and_the_curves_asked_for(told, matrix):
    log = {}
    booster = xgboost.train(
        {"eta": 0.2, "objective": "binary:logistic"},
        matrix,
        4,
        evals=[(matrix, "train")],
        evals_result=log,
        verbose_eval=False,
    )
    [training] = told
    assert training.model is booster
    assert training.params == {
        "model": "Booster",
        "eta": 0.2,
        "objective": "binary:logistic",
        "num_boost_round": 4,
    }
    assert values_of(training) == {"train.logloss": log["train"]["logloss"]}


def test_curves_that_nobody_asked_for_are_told_to_the_last_round(told, matrix):
    kept = {}
    said = {"eval_metric": ["rmse", "mae"]}
    xgboost.train(said, matrix, 40, evals=[(matrix, "t")], verbose_eval=False)
    steps = list(told.steps)
    xgboost.train(
        said, matrix, 40, evals=[(matrix, "t")], evals_result=kept, verbose_eval=False
    )
    for name in ("rmse", "mae"):
        points = [
            point
            for step in steps
            for each in step.metrics
            if each.name == f"t.{name}"
            for point in each.values
        ]
        assert points == list(enumerate(kept["t"][name]))
    assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (40, 40, "round")


def test_stopping_early_tells_the_best_round(told, matrix):
    booster = xgboost.train(
        {}, matrix, evals=[(matrix, "t")], early_stopping_rounds=2, verbose_eval=False
    )
    assert values_of(told[0]) == {
        "best_iteration": [booster.best_iteration],
        "best_score": [booster.best_score],
    }


@pytest.mark.parametrize("as_pandas", [True, False])
def test_cross_validation_has_means_and_deviations_by_round(told, matrix, as_pandas):
    table = xgboost.cv({"eta": 0.1}, matrix, 3, as_pandas=as_pandas)
    [training] = told
    assert (training.label, training.model) == ("xgboost.cv", None)
    assert training.params == {"model": "Booster", "eta": 0.1, "num_boost_round": 3}
    assert values_of(training)["test.rmse_mean"] == list(table["test-rmse-mean"])
    assert set(values_of(training)) == {
        "train.rmse_mean", "train.rmse_std", "test.rmse_mean", "test.rmse_std",
    }  # fmt: skip


def test_predictions_of_a_booster_are_derived_from_it(told, matrix):
    booster = xgboost.train({}, matrix, 1)
    made = booster.predict(matrix)
    assert told[-1].made is made
    assert told[-1].of is booster


def test_an_estimator_is_one_training_with_its_curves(told, data):
    model = xgboost.XGBClassifier(n_estimators=3, learning_rate=0.2)
    model.fit(*data, eval_set=[data], verbose=False)
    [training] = told
    assert (training.label, training.model) == ("XGBClassifier", model)
    log = model.evals_result()["validation_0"]["logloss"]
    assert values_of(training) == {"validation_0.logloss": log}
    assert training.params == {
        "model": "XGBClassifier",
        "n_estimators": 3,
        "learning_rate": 0.2,
    }


def test_an_estimators_score_and_predictions_are_told(told, data):
    model = xgboost.XGBRegressor(n_estimators=2).fit(*data)
    made = model.predict(data[0])
    model.score(*data)
    assert told[1].made is made
    assert told[1].of is model
    assert (told[2].name, told[2].of) == ("score", model)


def test_a_search_over_an_estimator_is_one_training(told, data):
    GridSearchCV(xgboost.XGBClassifier(n_estimators=2), {"max_depth": [1, 2]}, cv=2).fit(
        *data
    )
    [training] = told.of(Training)
    assert training.label == "GridSearchCV(XGBClassifier)"
    assert len(training.children) == 2
