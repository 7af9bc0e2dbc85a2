"""What the class of a model tells of it; where nothing does, nothing is said."""

from __future__ import annotations

import pytest
from sklearn.utils import all_estimators

from trackbook.contract import family_of, told_by

FAMILIES = {
    "RandomForestClassifier": "tree_based", "XGBClassifier": "tree_based",
    "LGBMRegressor": "tree_based", "Ridge": "linear", "RidgeClassifierCV": "linear",
    "ElasticNet": "linear", "LogisticRegression": "linear", "LinearSVC": "svm",
    "MLPRegressor": "neural", "KernelRidge": "kernel", "GaussianNB": "bayes",
    "DummyClassifier": "baseline", "KMeans": "clustering", "StackingRegressor": "ensemble",
    "LinearDiscriminantAnalysis": "discriminant", "GaussianProcessRegressor": "gaussian_process",
    "NearestCentroid": "neighbors", "MyOwnThing": "",
}  # fmt: skip
WRAPPERS = {
    "CalibratedClassifierCV", "ClassifierChain", "FixedThresholdClassifier", "GridSearchCV",
    "HalvingGridSearchCV", "HalvingRandomSearchCV",  # where somebody has enabled them
    "MultiOutputClassifier", "MultiOutputRegressor", "OneVsOneClassifier",
    "OneVsRestClassifier", "OutputCodeClassifier", "Pipeline", "RFE", "RFECV",
    "RandomizedSearchCV", "RegressorChain", "SelfTrainingClassifier", "RANSACRegressor",
    "TransformedTargetRegressor", "TunedThresholdClassifierCV",
}  # fmt: skip
"""Around another estimator: of what kind is not told by the class."""
ODD = {"EllipticEnvelope", "IsotonicRegression", "LabelPropagation", "LabelSpreading"}


@pytest.mark.parametrize(("label", "family"), FAMILIES.items())
def test_the_family_of_a_class(label, family) -> None:
    assert family_of(label) == family


def test_every_model_of_scikit_learn_has_a_family_or_is_around_another() -> None:
    models = {
        name
        for name, cls in all_estimators()
        if hasattr(cls, "predict") or hasattr(cls, "fit_predict")
    }
    assert {name for name in models if not family_of(name)} - ODD <= WRAPPERS


def test_a_network_is_one_whatever_it_is_called() -> None:
    assert family_of("Net", "torch") == "neural"


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("SVC", ("SVC", "none")),
        ("GridSearchCV(SVC)", ("SVC", "grid")),
        ("RandomizedSearchCV(Ridge)", ("Ridge", "random")),
        ("BayesSearchCV(XGBClassifier)", ("XGBClassifier", "bayesian")),
        ("OddSearchCV(Ridge)", ("Ridge", "")),
        ("cross_val_score(GridSearchCV(Ridge))", ("Ridge", "grid")),
        ("xgboost.train", ("xgboost.train", "none")),
        ("what is this?", None),
        ("a(" * 400 + "b" + ")" * 400, ("b", "none")),
    ],
)
def test_a_training_tells_its_model_and_how_it_was_searched(label, told) -> None:
    assert told_by(label) == told
