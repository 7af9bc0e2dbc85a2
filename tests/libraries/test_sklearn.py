"""What is read from scikit-learn's estimators and metrics."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from trackbook.libraries import Fitted, Measured, Training


def values_of(training):
    return {each.name: [value for _, value in each.values] for each in training.metrics}


def test_a_fit_is_a_training_with_the_params_that_differ_from_defaults(told, data):
    model = LogisticRegression(C=3, max_iter=50, tol=1e-4).fit(*data)
    [training] = told
    assert (training.label, training.model) == ("LogisticRegression", model)
    assert training.params == {"model": "LogisticRegression", "C": 3, "max_iter": 50}


def test_a_pipeline_is_named_by_its_last_step_and_lists_its_steps(told, data):
    make_pipeline(StandardScaler(with_mean=False), SVC(C=2)).fit(*data)
    [training] = told
    assert training.label == "SVC"
    assert training.params == {
        "model": "SVC",
        "standardscaler": "StandardScaler",
        "standardscaler.with_mean": False,
        "svc": "SVC",
        "svc.C": 2,
    }


def test_the_last_step_of_a_pipeline_carries_its_training_too(told, data):
    pipe = make_pipeline(StandardScaler(), SVC()).fit(*data)
    assert any(each is pipe[-1] for each in told[0].results)


@pytest.mark.parametrize(
    ("thing", "params"),
    [
        (StandardScaler(with_std=False), {"StandardScaler.with_std": False}),
        (PCA(n_components=2), {"PCA.n_components": 2}),
        (StandardScaler(), {}),
        (make_pipeline(StandardScaler(), PCA(3)), {
            "Pipeline.standardscaler": "StandardScaler",
            "Pipeline.pca": "PCA",
            "Pipeline.pca.n_components": 3,
        }),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_what_cannot_predict_is_fitted_and_no_training(told, data, thing, params, method):
    getattr(thing, method)(data[0])
    [fitted] = told
    assert isinstance(fitted, Fitted)
    assert (fitted.model, fitted.params) == (thing, params)


def test_a_vectorizer_is_fitted(told):
    TfidfVectorizer(ngram_range=(1, 2)).fit(["a word", "two words"])
    assert told[0].params == {"TfidfVectorizer.ngram_range": [1, 2]}


def test_a_score_measures_its_model(told, data):
    model = SVC().fit(*data)
    score = model.score(*data)
    measured = told[-1]
    assert (measured.name, measured.values, measured.of) == ("score", ((0, score),), model)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
def test_predictions_are_derived_from_their_model(told, data, method):
    model = LogisticRegression().fit(*data)
    made = getattr(model, method)(data[0])
    assert told[-1].made is made
    assert told[-1].of is model


def test_predictions_of_a_pipeline_are_derived_from_the_pipeline(told, data):
    pipe = make_pipeline(StandardScaler(), SVC()).fit(*data)
    made = pipe.decision_function(data[0])
    assert told[-1].made is made
    assert told[-1].of is pipe
    assert len(told) == 2


def test_transforming_by_a_scaler_tells_nothing(told, data):
    scaler = StandardScaler().fit(data[0])
    scaler.transform(data[0])
    assert len(told) == 1


def test_clusters_found_at_once_are_a_training_and_its_labels(told, data):
    model = KMeans(3, n_init=1, random_state=0)
    labels = model.fit_predict(data[0])
    training, derived = told
    assert values_of(training) == {"inertia": [model.inertia_]}
    assert derived.made is labels
    metrics.silhouette_score(data[0], labels)
    assert told[-1].of is labels


def test_a_clusterer_that_cannot_predict_is_a_training(told, data):
    DBSCAN(eps=1).fit(data[0])
    assert told[0].params == {"model": "DBSCAN", "eps": 1}


def test_partial_fits_are_marked_as_going_on(told, data):
    model = SGDClassifier()
    for _ in range(3):
        model.partial_fit(*data, classes=[0, 1])
    assert [each.continued for each in told] == [True, True, True]
    assert all(each.model is model for each in told)


def test_a_partial_fit_tells_the_newest_point_of_the_loss(told, data):
    model = MLPClassifier((3,))
    for _ in range(3):
        model.partial_fit(*data, classes=[0, 1])
    points = [each.metrics[0].values for each in told]
    assert points == [((step, loss),) for step, loss in enumerate(model.loss_curve_)]


def test_the_loss_of_a_neural_network_is_a_series(told, data):
    model = MLPClassifier((3,), max_iter=4)
    with pytest.warns(UserWarning, match="converged"):
        model.fit(*data)
    assert values_of(told[0]) == {"loss_curve": [float(each) for each in model.loss_curve_]}


def test_scores_of_boosting_are_series(told, data):
    HistGradientBoostingRegressor(max_iter=3, early_stopping=True).fit(*data)
    assert set(values_of(told[0])) == {"train_score", "validation_score"}


def test_the_out_of_bag_score_is_a_metric(told, data):
    model = RandomForestClassifier(30, oob_score=True, random_state=0).fit(*data)
    assert values_of(told[0])["oob_score"] == [model.oob_score_]


@pytest.mark.parametrize(
    ("name", "options", "shown"),
    [
        ("accuracy_score", {}, "accuracy_score"),
        ("f1_score", {}, "f1_score"),
        ("f1_score", {"average": "macro"}, "f1_score_macro"),
        ("precision_score", {"average": "weighted"}, "precision_score_weighted"),
        ("roc_auc_score", {}, "roc_auc_score"),
        ("roc_auc_score", {"average": "micro"}, "roc_auc_score_micro"),
        ("mean_squared_error", {}, "mean_squared_error"),
        ("r2_score", {}, "r2_score"),
        ("log_loss", {}, "log_loss"),
        ("adjusted_rand_score", {}, "adjusted_rand_score"),
        ("brier_score_loss", {}, "brier_score_loss"),
    ],
)
def test_a_metric_measures_the_predictions(told, data, name, options, shown):
    y = data[1]
    predicted = np.where(np.arange(80) % 7 == 0, 1 - y, y)
    value = getattr(metrics, name)(y, predicted, **options)
    [measured] = told
    assert (measured.name, measured.values) == (shown, ((0, float(value)),))
    assert measured.of is predicted


def test_a_metric_called_by_keywords_measures_the_predictions(told, data):
    predicted = 1 - data[1]
    metrics.accuracy_score(y_pred=predicted, y_true=data[1])
    assert told[0].of is predicted


@pytest.mark.parametrize(
    "call",
    [
        lambda y: metrics.confusion_matrix(y, y),
        lambda y: metrics.roc_curve(y, y),
        lambda y: metrics.precision_recall_fscore_support(y, y),
        lambda y: metrics.f1_score(y, y, average=None),
        lambda y: metrics.make_scorer(metrics.f1_score),
        lambda y: metrics.pairwise_distances([[0.0], [1.0]]),
    ],
)
def test_what_is_no_single_number_is_no_metric(told, data, call):
    call(data[1])
    assert told == []


def test_a_report_as_dict_gives_accuracy_and_macro_averages(told, data):
    y = data[1]
    report = metrics.classification_report(y, 1 - y, output_dict=True, zero_division=0)
    assert {each.name: each.values[0][1] for each in told} == {
        "accuracy": report["accuracy"],
        "macro_avg.precision": report["macro avg"]["precision"],
        "macro_avg.recall": report["macro avg"]["recall"],
        "macro_avg.f1_score": report["macro avg"]["f1-score"],
    }


def test_a_printed_report_gives_what_it_says(told, data):
    text = metrics.classification_report(data[1], 1 - data[1], zero_division=0, digits=3)
    found = {each.name: each.values[0][1] for each in told}
    assert set(found) == {
        "accuracy", "macro_avg.precision", "macro_avg.recall", "macro_avg.f1_score",
    }  # fmt: skip
    assert f"{found['macro_avg.f1_score']:.3f}" in text


def test_only_the_voting_is_told_and_not_its_voters(told, data):
    voters = [("a", SVC(C=9)), ("b", LogisticRegression())]
    VotingClassifier(voters, n_jobs=2).fit(*data)
    [training] = told
    assert training.params == {
        "model": "VotingClassifier",
        "a": "SVC",
        "a.C": 9,
        "b": "LogisticRegression",
        "n_jobs": 2,
    }


class Mine(ClassifierMixin, BaseEstimator):
    def __init__(self, shift=0, inner=None):
        self.shift = shift
        self.inner = inner

    def fit(self, X, y):  # noqa: N803 - its name in scikit-learn
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):  # noqa: N803 - its name in scikit-learn
        return np.zeros(len(X), dtype=int) + self.shift


def test_a_users_own_estimator_and_its_inherited_score_are_told(told, data):
    model = Mine(shift=1, inner=LinearRegression(fit_intercept=False)).fit(*data)
    score = model.score(*data)
    training, measured = told
    assert training.params == {
        "model": "Mine",
        "shift": 1,
        "inner": "LinearRegression",
        "inner.fit_intercept": False,
    }
    assert measured == Measured(name="score", values=((0, score),), of=model)


def test_an_estimator_defined_while_watching_is_told(told, data):
    class Later(Mine):
        def fit(self, X, y):  # noqa: N803 - its name in scikit-learn
            return super().fit(X, y)

    Later(2).fit(*data)
    assert [(each.label, each.params["shift"]) for each in told.of(Training)] == [
        ("Later", 2)
    ]
