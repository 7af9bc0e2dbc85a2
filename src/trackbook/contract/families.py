"""What kind of model a class makes, and how its settings were searched for, by its name."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import NamedTuple

LABEL = re.compile(r"(?P<outer>[\w.]+)(?:\((?P<inner>.+)\))?")
NOT_SEARCHED = "none"
FAMILIES = {
    "baseline": ("Dummy*",),
    "tree_based": (
        "*Tree*", "*Forest*", "*Boost*", "XGB*", "xgboost.*", "Booster", "LGBM*", "lightgbm.*",
        "CatBoost*", "GBM*",
    ),
    "svm": ("*SVC", "*SVR", "OneClassSVM", "SGDOneClassSVM"),
    "neural": ("MLP*", "*RBM"),
    "neighbors": ("*Neighbors*", "NearestCentroid", "LocalOutlierFactor", "KernelDensity"),
    "bayes": ("*NB",),
    "gaussian_process": ("GaussianProcess*",),
    "discriminant": ("*DiscriminantAnalysis",),
    "clustering": (
        "*KMeans", "*DBSCAN", "*Clustering", "AffinityPropagation", "MeanShift", "OPTICS", "Birch",
        "*GaussianMixture", "FeatureAgglomeration", "SpectralBiclustering",
        "SpectralCoclustering",
    ),
    "ensemble": ("Voting*", "Stacking*", "Bagging*"),
    "kernel": ("KernelRidge",),
    "linear": (
        "*LinearRegression", "Logistic*", "*Ridge", "RidgeC*", "*Lasso*", "*ElasticNet*", "SGD*",
        "Lars*", "OrthogonalMatchingPursuit*", "PassiveAggressive*", "PLS*", "CCA", "Perceptron",
        "ARDRegression", "HuberRegressor", "QuantileRegressor", "TheilSenRegressor",
        "GammaRegressor", "PoissonRegressor", "TweedieRegressor",
    ),
}  # fmt: skip
"""Patterns of class names; the first that fits counts."""
NEURAL = ("torch", "keras", "tensorflow", "flax")
"""Packages whose models are networks, whatever their class is called."""
SEARCHES = {
    "grid": ("HalvingGridSearchCV", "GridSearchCV"),
    "random": ("HalvingRandomSearchCV", "RandomizedSearchCV"),
    "bayesian": ("BayesSearchCV", "OptunaSearchCV", "TuneBayesSearchCV"),
}


class Told(NamedTuple):
    """What a training's label tells."""

    model_type: str
    """The class that learned; of a search, that of its candidates."""
    optimization: str
    """grid, random, bayesian; `none` where nothing was searched; empty where not known."""


def told_by(label: str) -> Told | None:
    """Return what a label such as `GridSearchCV(SVC)` tells; None where it is none.

    What is around a model and no search, `cross_val_score(Ridge)`, judges it only.
    """
    rest, searched = label.strip(), NOT_SEARCHED
    while True:
        found = LABEL.fullmatch(rest)
        if found is None:
            return None
        if found["inner"] is None:
            return Told(found["outer"], searched)
        if found["outer"].endswith(("SearchCV", "Search")) and searched == NOT_SEARCHED:
            searched = search_of(found["outer"])
        rest = found["inner"]


def search_of(outer: str) -> str:
    """Return how a search goes about it; empty where its class is not known."""
    return next((name for name, classes in SEARCHES.items() if outer in classes), "")


def family_of(model_type: str, library: str = "") -> str:
    """Return the family of a class; empty where it is not known."""
    if library in NEURAL:
        return "neural"
    return next(
        (
            family
            for family, patterns in FAMILIES.items()
            if any(fnmatchcase(model_type, pattern) for pattern in patterns)
        ),
        "",
    )
