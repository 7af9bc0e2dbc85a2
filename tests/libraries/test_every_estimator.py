"""Every estimator of scikit-learn that small data can train, and what is told of it."""

from __future__ import annotations

import inspect
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import (  # noqa: F401 - they appear among all by it
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators

import trackbook
from trackbook.capture.calls import CallWatch
from trackbook.libraries import SKLEARN, Derived, Fitted, Measured, Step, Training, Used
from trackbook.libraries.given import plain

QUICK = {
    "n_estimators": 4, "max_iter": 20, "n_init": 1, "cv": 2, "max_trials": 8, "n_alphas": 4,
    "alphas": [0.5, 1.0], "perplexity": 4, "random_state": 3, "n_components": 1,
    "min_samples_leaf": 2, "max_subpopulation": 40, "Cs": 2, "n_clusters": 2, "n_best": 1,
    "use_legacy_attributes": False, "bandwidth": 0.8,
}  # fmt: skip
NEEDED = {
    "ClassifierChain": {"estimator": LogisticRegression()},
    "ColumnTransformer": {"transformers": [("scale", StandardScaler(), [0, 1])]},
    "FeatureUnion": {"transformer_list": [("scale", StandardScaler())]},
    "FrozenEstimator": None,  # trained elsewhere: its fit is none
    "GridSearchCV": {"estimator": Ridge(), "param_grid": {"alpha": [1, 2]}},
    "HalvingGridSearchCV": {"estimator": Ridge(), "param_grid": {"alpha": [1, 2]}},
    "HalvingRandomSearchCV": {"estimator": Ridge(), "param_distributions": {"alpha": [1, 2]}},
    "RandomizedSearchCV": {
        "estimator": Ridge(), "param_distributions": {"alpha": [1, 2]}, "n_iter": 2,
    },
    "MultiOutputClassifier": {"estimator": LogisticRegression()},
    "MultiOutputRegressor": {"estimator": Ridge()},
    "Pipeline": {"steps": [("scale", StandardScaler()), ("end", Ridge(alpha=2))]},
    "RFE": {"estimator": Ridge(), "n_features_to_select": 2},
    "RFECV": {"estimator": Ridge()},
    "RegressorChain": {"estimator": Ridge()},
    "SelectFromModel": {"estimator": RandomForestClassifier(3)},
    "SequentialFeatureSelector": {"estimator": Ridge(), "n_features_to_select": 2},
    "SparseCoder": {"dictionary": np.eye(4)},
    "StackingClassifier": {"estimators": [("a", LogisticRegression())]},
    "StackingRegressor": {"estimators": [("a", Ridge())]},
    "VotingClassifier": {"estimators": [("a", LogisticRegression())]},
    "VotingRegressor": {"estimators": [("a", Ridge())]},
    "NMF": {"n_components": 2}, "MiniBatchNMF": {"n_components": 2},
    "DictionaryLearning": {"n_components": 2},
    "SpectralEmbedding": {"n_components": 2}, "OneVsOneClassifier": {"estimator": LogisticRegression()},
    "OneVsRestClassifier": {"estimator": LogisticRegression()},
    "OutputCodeClassifier": {"estimator": LogisticRegression()},
    "OrthogonalMatchingPursuitCV": {"max_iter": 3}, "TSNE": {"max_iter": 250},
    "SpectralBiclustering": {"n_components": 3, "n_best": 2},
    "FixedThresholdClassifier": {"estimator": LogisticRegression()},
    "TunedThresholdClassifierCV": {"estimator": LogisticRegression()},
    "SelfTrainingClassifier": {"estimator": LogisticRegression()},
}  # fmt: skip
NO_MODELS = {  # that have `score_samples` or the like, and transform: they prepare data
    "FeatureAgglomeration", "PCA", "FactorAnalysis", "BernoulliRBM",
}  # fmt: skip
MODELS = {
    "KernelDensity",
    "NearestNeighbors",
    "SpectralBiclustering",
    "SpectralCoclustering",
}
ASKED = (
    "predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples",
    "kneighbors",
)  # fmt: skip


def made(name, cls):
    """Return an estimator that is quick, with some choices; None for one that takes none."""
    wanted = NEEDED.get(name, {})
    if wanted is None:
        return None
    names = inspect.signature(cls.__init__).parameters
    needs = [n for n, p in names.items() if p.default is p.empty and n != "self"]
    few = {k: v for k, v in QUICK.items() if k in names}
    try:
        return cls(**{**few, **wanted})
    except TypeError as error:
        raise AssertionError(f"{name} needs {needs}") from error


def data_of(model, name):
    """Return X and y of a kind that the estimator takes."""
    rng = np.random.default_rng(0)
    x = np.abs(rng.normal(size=(40, 4)))
    classes, numbers = (x[:, 0] > 0.7).astype(int), x[:, 0] * 2 + x[:, 1]
    tags = model.__sklearn_tags__()
    y = numbers
    if is_classifier(model) or name in (
        "NeighborhoodComponentsAnalysis", "EllipticEnvelope", "LinearDiscriminantAnalysis",
        "SelectFromModel",
    ):  # fmt: skip
        y = classes
    if tags.target_tags.multi_output and not tags.target_tags.single_output:
        y = np.c_[y, y[::-1]]
    if name == "IsotonicRegression":
        x = x[:, :1]
    if tags.input_tags.string and not tags.input_tags.two_d_array:
        x = ["some words here", "other words there"] * 20
    if tags.input_tags.dict:
        x = [{"a": 1, "b": 2}, {"a": 3}] * 20
    if name in ("LabelBinarizer", "LabelEncoder", "MultiLabelBinarizer"):
        x, y = ([(1, 2), (2,)] * 20 if name[0] == "M" else classes), None
    if name == "KernelCenterer":
        x = x @ x.T
    if name == "PatchExtractor":
        x = rng.normal(size=(3, 6, 6))
    return x, y


def used(model, x, y):
    """Train and ask; return what the model answered."""
    model.fit(x, y) if y is not None else model.fit(x)
    answers = {}
    for method in ASKED:
        if hasattr(model, method):
            answers[method] = getattr(model, method)(x)
    if hasattr(model, "score") and y is not None and model_can_score(model):
        answers["score"] = model.score(x, y)
    return answers


def model_can_score(model):
    return type(model).__name__ != "IsolationForest"


@pytest.fixture(scope="module")
def heard():
    """Each estimator by name: the model, its answers watched and not, and the findings."""
    findings, faults, found = [], [], {}
    watch = CallWatch(
        [SKLEARN],
        found=lambda _call, each, _site: findings.extend(
            one for one in each if not isinstance(one, Step)
        ),
        fault=lambda place, error: faults.append((place, error)),
        cell_globals=lambda: None,
    )
    here = str(Path(trackbook.__file__).parent)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for name, cls in all_estimators():
            model = made(name, cls)
            if model is None:
                continue
            x, y = data_of(model, name)
            found[name] = [model, (x, y), used(clone(model), x, y)]
        watch.start()
        for model, given, _ in found.values():
            findings.clear()
            answers = used(model, *given)
            found[type(model).__name__] += [answers, list(findings)]
        watch.stop()
    assert faults == []
    assert [each for each in warned if each.filename.startswith(here)] == []
    return found


def trainings(heard):
    for name, (model, given, _, answers, findings) in heard.items():
        first = findings[0] if findings else None
        if isinstance(first, Training):
            yield name, model, given, answers, first, findings


def test_nothing_learned_differs_from_what_is_learned_unwatched(heard):
    for name, (_, _, alone, answers, _) in heard.items():
        assert pickle.dumps(alone) == pickle.dumps(answers), name


def test_all_that_predict_are_trainings_and_all_else_is_fitted(heard):
    assert len(heard) > 200
    for name, (model, _, _, answers, findings) in heard.items():
        predicts = {"predict"} & answers.keys() or hasattr(model, "fit_predict")
        is_model = name in MODELS or (bool(predicts) and name not in NO_MODELS)
        kinds = [type(each) for each in findings if isinstance(each, Training | Fitted)]
        assert kinds == [Training if is_model else Fitted], name


def test_each_training_carries_its_model_and_its_data(heard):
    for name, model, (x, y), _, training, _ in trainings(heard):
        assert training.model is model, name
        ours = [each.data for each in training.data if each.role == "training"]
        assert any(each is x for each in ours), name
        assert y is None or any(each is y for each in ours), name


def test_params_are_those_that_differ_from_the_defaults(heard):
    for name, model, _, _, training, _ in trainings(heard):
        defaults = inspect.signature(type(model).__init__).parameters
        for param, value in model.get_params(deep=False).items():
            default = defaults[param].default
            if param in ("steps", "estimators"):
                assert {part for part, _ in value} <= training.params.keys(), name
            elif isinstance(value, type(default)) and repr(value) == repr(default):
                assert param not in training.params, (name, param)
                assert param in training.defaults, (name, param)
            else:
                assert training.params[param] == plain(value), (name, param)


def test_predictions_and_scores_belong_to_their_model(heard):
    for name, model, _, answers, _, findings in trainings(heard):
        score = [each for each in findings if isinstance(each, Measured)]
        if "score" in answers:
            [told] = score
            expected = pytest.approx(float(answers["score"]), nan_ok=True)
            assert (told.name, told.values[0][1], told.of) == ("score", expected, model), (
                name
            )
        derived = [each for each in findings if isinstance(each, Derived)]
        assert all(each.of is model for each in derived), name
        asked = answers.keys() & set(ASKED)
        assert len(derived) >= len(asked), name
        judged = [each for each in findings if isinstance(each, Used)]
        assert all(given.role == "test" for each in judged for given in each.data), name


@pytest.mark.parametrize(
    ("name", "params", "metrics"),
    [
        ("LassoCV", {"best.alpha"}, {"mean_test_mse"}),
        ("RidgeCV", {"best.alpha"}, {"best_score"}),
        ("LogisticRegressionCV", {"best.C"}, set()),
        ("RFECV", {"best.n_features"}, {"mean_test_score", "best_score"}),
        ("TunedThresholdClassifierCV", {"best.threshold"}, {"best_score"}),
        ("GridSearchCV", {"best.alpha"}, {"best_score"}),
        ("HalvingRandomSearchCV", {"best.alpha"}, {"best_score"}),
        ("GaussianMixture", set(), {"lower_bound"}),
        ("GaussianProcessRegressor", set(), {"log_marginal_likelihood_value"}),
        ("AdaBoostRegressor", set(), {"estimator_errors"}),
        ("GradientBoostingClassifier", set(), {"train_loss"}),
        ("MLPRegressor", set(), {"loss_curve"}),
        ("KMeans", set(), {"inertia"}),
        ("SVC", set(), set()),
    ],
)
def test_what_a_training_keeps_and_chose_is_told(heard, name, params, metrics):
    [training] = [each[4] for each in trainings(heard) if each[0] == name]
    assert {each for each in training.params if each.startswith("best.")} == params
    assert {each.name for each in training.metrics} == metrics
    assert len(training.children) == (2 if "Search" in name else 0) or "Halving" in name
