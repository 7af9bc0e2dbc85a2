"""What is read from CatBoost."""

from __future__ import annotations

import catboost
import pytest

from trackbook.libraries import Derived, Measured, Training, Used

QUIET = {
    "verbose": False,
    "thread_count": 1,
    "allow_writing_files": False,
    "random_seed": 0,
}


def values_of(training):
    return {each.name: [value for _, value in each.values] for each in training.metrics}


def test_an_estimator_has_its_params_curves_data_and_best_round(told, data):
    x, y = data
    model = catboost.CatBoostClassifier(iterations=30, depth=2, learning_rate=0.9, **QUIET)
    model.fit(x[:50], y[:50], eval_set=(x[50:], y[50:]), early_stopping_rounds=3)
    [training] = told.of(Training)
    assert (training.label, training.model) == ("CatBoostClassifier", model)
    assert training.params == {
        "model": "CatBoostClassifier", "iterations": 30, "depth": 2, "learning_rate": 0.9,
        **QUIET, "early_stopping_rounds": 3,
    }  # fmt: skip
    assert training.defaults["l2_leaf_reg"] == 3
    assert not training.defaults.keys() & training.params.keys()
    logs = model.get_evals_result()
    assert values_of(training) == {
        "learn.Logloss": logs["learn"]["Logloss"],
        "validation.Logloss": logs["validation"]["Logloss"],
        "best_iteration": [model.best_iteration_],
        "best_Logloss": [model.best_score_["validation"]["Logloss"]],
    }
    assert [given.role for given in training.data] == ["training"] * 2 + ["validation"] * 2


def test_pools_hold_data_for_trainings_and_trials(told, data):
    pool = catboost.Pool(*data)
    model = catboost.CatBoost({"iterations": 3, "loss_function": "RMSE", **QUIET})
    model.fit(pool, eval_set=[pool])
    held = [used for used in told.data if isinstance(used, Used) and used.of is pool]
    assert [given.name for given in held[0].data] == ["data", "label"]
    [training] = told.of(Training)
    assert (training.label, training.params["loss_function"]) == ("CatBoost", "RMSE")
    assert training.data[0].data is pool
    assert ("validation", pool) in [(given.role, given.data) for given in training.data]


def test_what_a_model_says_is_its_own(told, data):
    model = catboost.CatBoostRegressor(iterations=2, **QUIET).fit(*data)
    made, score = model.predict(data[0]), model.score(*data)
    [derived] = [one for one in told.of(Derived) if one.made is made]
    assert derived.of is model
    [measured] = told.of(Measured)
    assert (measured.name, measured.values, measured.of) == ("score", ((0, score),), model)


def test_cross_validation_has_means_and_deviations_by_round(told, data):
    table = catboost.cv(
        catboost.Pool(*data),
        {"iterations": 3, "loss_function": "Logloss", **QUIET},
        fold_count=2,
    )
    [training] = told.of(Training)
    assert (training.label, training.params["fold_count"]) == ("catboost.cv", 2)
    means = list(table["test-Logloss-mean"])
    assert values_of(training)["test.Logloss_mean"] == pytest.approx(means)


def test_one_that_fails_leaves_the_next_whole(told, data):
    with pytest.raises(catboost.CatBoostError):
        catboost.CatBoostClassifier(iterations=2, **QUIET).fit(data[0], data[1][:3])
    catboost.CatBoostClassifier(iterations=2, **QUIET).fit(*data)
    assert len(told.of(Training)) == 1
