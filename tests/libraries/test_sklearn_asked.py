"""What is read where a trained model is asked: scorers, plots, importances; and live."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    partial_dependence,
    permutation_importance,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, cross_validate, permutation_test_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trackbook.capture.calls import CallWatch
from trackbook.libraries import SKLEARN, Library, Measured

mpl.use("Agg")


@pytest.fixture(scope="module")
def model(data):
    return LogisticRegression().fit(*data)


@pytest.mark.parametrize(
    ("scorer", "name"),
    [
        (metrics.get_scorer("f1_macro"), "f1_macro"),
        (metrics.get_scorer("neg_log_loss"), "neg_log_loss"),
        (metrics.make_scorer(metrics.fbeta_score, beta=2), "fbeta_score"),
        (metrics.make_scorer(metrics.zero_one_loss, greater_is_better=False), "neg_zero_one_loss"),
        (metrics.make_scorer(metrics.f1_score, average="micro", pos_label=1), "f1_score_micro"),
        (metrics.make_scorer(lambda y, made: float((y == made).mean())), "score"),
    ],
)  # fmt: skip
def test_a_scorer_called_by_hand_is_one_metric_by_its_name(told, data, model, scorer, name):
    value = scorer(model, *data)
    [measured] = told
    assert measured == Measured(name=name, values=((0, float(value)),), of=model)
    [used] = told.data
    assert [(each.role, each.name) for each in used.data] == [("test", "X"), ("test", "y")]


def test_several_scorers_at_once_are_told_by_name(told, data, model):
    scores = metrics.check_scoring(model, ["accuracy", "roc_auc"])(model, *data)
    assert {each.name: each.values[0][1] for each in told} == scores


@pytest.mark.parametrize(
    ("display", "name"),
    [
        (metrics.RocCurveDisplay, "roc_auc_score"),
        (metrics.PrecisionRecallDisplay, "average_precision_score"),
        (metrics.ConfusionMatrixDisplay, None),
        (metrics.DetCurveDisplay, None),
    ],
)
def test_a_plot_tells_the_number_in_its_legend(told, data, model, display, name):
    display.from_estimator(model, *data)
    assert [(each.name, each.of) for each in told] == ([(name, model)] if name else [])
    assert [each.role for each in told.data[0].data] == ["test", "test"]


def test_a_plot_of_predictions_measures_them(told, data):
    scores = data[0][:, 0]
    metrics.RocCurveDisplay.from_predictions(data[1], scores)
    [measured] = told
    assert measured.of is scores
    assert measured.values[0][1] == metrics.roc_auc_score(data[1], scores)


def test_a_plot_of_folds_tells_each_and_their_mean(told, data, model):
    folds = cross_validate(model, *data, cv=2, return_estimator=True, return_indices=True)
    metrics.RocCurveDisplay.from_cv_results(folds, *data)
    training, each, mean = told
    assert [any(one is it for it in training.results) for one in folds["estimator"]] == [
        True
    ] * 2
    assert (each.name, len(each.values)) == ("roc_auc_score_folds", 2)
    assert (mean.name, mean.of) == ("roc_auc_score", folds)


def test_importances_are_told_by_column_and_no_score_on_shuffled_data_is(told, data, model):
    table = pd.DataFrame(data[0], columns=["a", "b", "c", "<d>"])
    with warnings.catch_warnings(action="ignore"):
        found = permutation_importance(model, table, data[1], n_repeats=2, random_state=0)
    assert {each.name: each.values[0][1] for each in told} == {
        f"permutation_importance.{name}": mean
        for name, mean in zip(table, found.importances_mean, strict=True)
    }


def test_importances_without_columns_are_a_series(told, data, model):
    permutation_importance(model, *data, n_repeats=2, scoring=["accuracy", "f1"])
    assert [(each.name, len(each.values)) for each in told] == [
        ("permutation_importance.accuracy", 4),
        ("permutation_importance.f1", 4),
    ]


def test_made_up_points_of_a_plot_are_no_data(told, data):
    model = LogisticRegression().fit(data[0][:, :2], data[1])
    DecisionBoundaryDisplay.from_estimator(model, data[0][:, :2])
    partial_dependence(model, data[0][:, :2], [0])
    assert len(told) == 1
    assert told.data == []


def test_a_permutation_test_has_its_p_value(told, data, model):
    score, shuffled, p_value = permutation_test_score(model, *data, cv=2, n_permutations=3)
    found = {each.name: [value for _, value in each.values] for each in told[0].metrics}
    assert found == {
        "score": [score],
        "p_value": [p_value],
        "permutation_scores": shuffled.tolist(),
    }


def test_precision_recall_and_f1_at_once_are_three_metrics(told, data):
    y = data[1]
    metrics.precision_recall_fscore_support(y, 1 - y, average="macro", zero_division=0)
    assert [each.name for each in told] == [
        "precision_score_macro", "recall_score_macro", "f1_score_macro",
    ]  # fmt: skip


def test_an_information_criterion_measures_the_mixture(told, data):
    mixture = GaussianMixture(2, random_state=0).fit(data[0])
    value = mixture.bic(data[0])
    assert told[-1] == Measured(name="bic", values=((0, value),), of=mixture)


def test_what_is_frozen_learns_nothing(told, data, model):
    FrozenEstimator(model).fit(*data)
    assert told == []
    made = (
        make_pipeline(StandardScaler(), FrozenEstimator(model)).fit(*data).predict(data[0])
    )
    training, derived = told
    assert (training.label, derived.made is made) == ("LogisticRegression", True)


def test_a_warm_start_of_what_learns_in_epochs_goes_on(told, data):
    net = MLPClassifier((3,), max_iter=2, warm_start=True, random_state=0)
    with warnings.catch_warnings(action="ignore"):
        net.fit(*data).fit(*data)
    assert [each.continued for each in told] == [True, True]
    points = [point for each in told for m in each.metrics for point in m.values]
    assert points == list(enumerate(net.loss_curve_))


def test_candidates_of_several_estimators_have_their_own_name_and_params(told, data):
    pipe = make_pipeline(StandardScaler(), LogisticRegression())
    other = {"logisticregression": [RidgeClassifier(alpha=2)]}
    GridSearchCV(pipe, [{"logisticregression__C": [3]}, other], cv=2).fit(*data)
    first, second = told[0].children
    assert first.params == {"model": "LogisticRegression", "logisticregression.C": 3}
    assert (second.label, second.params["logisticregression.alpha"]) == (
        "RidgeClassifier",
        2,
    )


@pytest.fixture
def steps():
    """Hear the card's live calls alone: they are parts of other calls."""
    methods: dict[str, dict] = {}
    for path, reader in SKLEARN.live.items():
        cls, _, name = path.rpartition(".")
        methods.setdefault(cls, {})[name] = reader
    heard, faults = [], []
    watch = CallWatch(
        [Library(module="sklearn", methods=methods)],
        found=lambda _call, findings, _site: heard.extend(findings),
        fault=lambda place, error: faults.append((place, error)),
        cell_globals=lambda: None,
    )
    watch.start()
    yield heard
    watch.stop()
    assert faults == []


def test_a_search_tells_how_many_fits_are_done(steps, data):
    search = GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=3).fit(*data)
    fits = [each for each in steps if each.of is search]
    assert [(each.done, each.total, each.unit) for each in fits] == [
        (n, 6, "fit") for n in range(1, 7)
    ]


def test_a_network_tells_each_epoch_with_its_loss(steps, data):
    net = MLPClassifier((3,), max_iter=3, random_state=0)
    with warnings.catch_warnings(action="ignore"):
        net.fit(*data)
    assert [(each.done, each.total) for each in steps] == [(1, 3), (2, 3), (3, 3)]
    told = [point for each in steps for m in each.metrics for point in m.values]
    assert told == list(enumerate(net.loss_curve_))


def test_boosting_tells_each_stage_with_the_loss_before(steps, data):
    model = GradientBoostingClassifier(n_estimators=3).fit(*data)
    assert [(each.done, each.unit) for each in steps] == [(n, "stage") for n in (1, 2, 3)]
    told = [point for each in steps for m in each.metrics for point in m.values]
    assert told == list(enumerate(model.train_score_))[:2]
