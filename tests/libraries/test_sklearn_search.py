"""What is read from searches, cross-validation and learning curves."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from trackbook.libraries.sklearn_search import MOST_CHILDREN


def values_of(training):
    return {each.name: [value for _, value in each.values] for each in training.metrics}


def test_a_search_has_its_best_and_a_child_for_each_candidate(told, data):
    search = GridSearchCV(SVC(gamma="auto"), {"C": [0.001, 2]}, cv=3).fit(*data)
    [training] = told
    assert training.label == "GridSearchCV(SVC)"
    assert training.params == {
        "model": "GridSearchCV(SVC)",
        "estimator": "SVC",
        "estimator.gamma": "auto",
        "param_grid": {"C": [0.001, 2]},
        "cv": 3,
        "best.C": search.best_params_["C"],
    }
    assert values_of(training) == {"best_score": [search.best_score_]}
    assert [child.params["C"] for child in training.children] == [0.001, 2]


def test_a_candidate_has_mean_deviation_folds_and_time(told, data):
    search = GridSearchCV(SVC(), {"C": [1]}, cv=2).fit(*data)
    [child] = told[0].children
    table = search.cv_results_
    assert (child.label, child.model, child.params) == (
        "SVC",
        None,
        {"model": "SVC", "C": 1},
    )
    assert values_of(child) == {
        "fit_time_s": [table["mean_fit_time"][0]],
        "mean_test_score": [table["mean_test_score"][0]],
        "std_test_score": [table["std_test_score"][0]],
        "test_score_folds": [table["split0_test_score"][0], table["split1_test_score"][0]],
    }


def test_several_scorers_are_told_by_name(told, data):
    scoring = ["accuracy", "f1"]
    GridSearchCV(SVC(), {"C": [1]}, cv=2, scoring=scoring, refit="f1").fit(*data)
    assert {"mean_test_accuracy", "mean_test_f1", "test_f1_folds"} <= set(
        values_of(told[0].children[0])
    )


def test_a_search_without_refit_has_candidates_and_no_best_model(told, data):
    GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, refit=False).fit(*data)
    assert len(told[0].children) == 2
    assert told[0].label == "GridSearchCV(SVC)"


def test_params_of_steps_are_named_with_dots(told, data):
    pipe = make_pipeline(StandardScaler(), SVC())
    GridSearchCV(pipe, {"svc__C": [5]}, cv=2).fit(*data)
    assert told[0].params["best.svc.C"] == 5
    assert told[0].children[0].params == {"model": "SVC", "svc.C": 5}


def test_the_best_estimator_carries_the_training_of_the_search(told, data):
    search = RandomizedSearchCV(SVC(), {"C": [1, 2]}, n_iter=1, cv=2).fit(*data)
    assert any(each is search.best_estimator_ for each in told[0].results)
    assert any(each is search.cv_results_ for each in told[0].results)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_workers_of_a_search_are_part_of_it(told, data, backend):
    import joblib

    with joblib.parallel_config(backend):
        GridSearchCV(SVC(), {"C": [1, 2, 3]}, cv=2, n_jobs=2).fit(*data)
    assert [each.label for each in told] == ["GridSearchCV(SVC)"]


def test_halving_tells_the_resources_of_each_candidate(told, data):
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingGridSearchCV

    tree = DecisionTreeClassifier()
    HalvingGridSearchCV(tree, {"max_depth": [1, 2, 3]}, cv=2).fit(*data)
    assert {"n_resources", "iter", "max_depth"} <= set(told[0].children[0].params)


def test_of_very_many_candidates_the_best_are_kept(told, data):
    grid = {"random_state": list(range(MOST_CHILDREN + 20)), "max_depth": [1]}
    x, y = data[0][:12], np.arange(12) % 2
    search = GridSearchCV(DecisionTreeClassifier(), grid, cv=2).fit(x, y)
    assert len(told[0].children) == MOST_CHILDREN
    assert told[0].tags == {"candidates": "the best 500 of 520"}
    best = max(values_of(child)["mean_test_score"][0] for child in told[0].children)
    assert best == search.best_score_


def test_cross_validation_scores_are_a_training_without_a_model(told, data):
    scores = cross_val_score(SVC(C=2), *data, cv=4)
    [training] = told
    assert (training.label, training.model) == ("cross_val_score(SVC)", None)
    assert training.params == {"model": "SVC", "C": 2, "cv": 4}
    assert values_of(training) == {
        "score": [scores.mean()],
        "score_std": [scores.std()],
        "score_folds": scores.tolist(),
    }
    assert training.results[0] is scores


def test_a_splitter_is_told_with_its_own_params(told, data):
    cv = StratifiedKFold(3, shuffle=True, random_state=7)
    cross_val_score(SVC(), *data, cv=cv)
    assert told[0].params == {
        "model": "SVC",
        "cv": "StratifiedKFold",
        "cv.n_splits": 3,
        "cv.shuffle": True,
        "cv.random_state": 7,
    }


def test_cross_validate_tells_each_score(told, data):
    scores = cross_validate(SVC(), *data, scoring=["f1"], return_train_score=True)
    assert set(values_of(told[0])) == {
        "test_f1", "test_f1_folds", "test_f1_std",
        "train_f1", "train_f1_folds", "train_f1_std",
    }  # fmt: skip
    assert any(each is scores["test_f1"] for each in told[0].results)


def test_predictions_of_cross_validation_carry_its_training(told, data):
    predicted = cross_val_predict(LogisticRegression(), *data, cv=2)
    accuracy_score(data[1], predicted)
    training, measured = told
    assert training.results == [predicted]
    assert measured.of is training.results[0]


def test_a_learning_curve_is_a_series_by_training_size(told, data):
    sizes, _, test = learning_curve(SVC(), *data, cv=2, train_sizes=[10, 20])
    curves = {each.name: each.values for each in told[0].metrics}
    expected = tuple(zip(sizes.tolist(), test.mean(axis=1).tolist(), strict=True))
    assert curves["test_score"] == expected


def test_a_validation_curve_is_a_series_by_setting(told, data):
    validation_curve(SVC(), *data, param_name="C", param_range=[1, 2, 3], cv=2)
    curves = {each.name: each.values for each in told[0].metrics}
    assert [step for step, _ in curves["train_score"]] == [0, 1, 2]
    assert told[0].params["param_range"] == [1, 2, 3]
