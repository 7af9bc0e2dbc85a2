"""Whatever scikit-learn has can be kept safely, and predicts the same when it is loaded."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.experimental import (  # noqa: F401
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, make_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.preprocessing import SplineTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import all_estimators

from trackbook.errors import Refused
from trackbook.fingerprint import fingerprints_of
from trackbook.packages.flavour_sklearn import Sklearn
from trackbook.packages.loaders import sklearn as loader
from trackbook.scan import scan_folder

RNG = np.random.default_rng(0)
ROWS = np.abs(RNG.normal(size=(60, 5)))
LABELS = (ROWS[:, 0] > 0.7).astype(int)
BOTH = np.c_[LABELS, 1 - LABELS]
TEXTS = ["one two three", "two three four", "three four five six"]
LINE, CURVE = Ridge(), LogisticRegression()
TWO_CLASSES = [("tree", DecisionTreeClassifier(max_depth=3)), ("line", CURVE)]
TWO_NUMBERS = [("tree", DecisionTreeRegressor(max_depth=3)), ("line", LINE)]
GIVEN = {
    "ClassifierChain": [CURVE], "ColumnTransformer": [[("a", StandardScaler(), [0, 1])]],
    "FeatureUnion": [[("a", StandardScaler())]], "FixedThresholdClassifier": [CURVE],
    "FrozenEstimator": [Ridge().fit(ROWS, LABELS)], "GridSearchCV": [LINE, {"alpha": [1, 2]}],
    "HalvingGridSearchCV": [LINE, {"alpha": [1, 2]}],
    "HalvingRandomSearchCV": [LINE, {"alpha": [1, 2]}],
    "MultiOutputClassifier": [CURVE], "MultiOutputRegressor": [LINE],
    "OneVsOneClassifier": [CURVE], "OneVsRestClassifier": [CURVE],
    "OutputCodeClassifier": [CURVE], "Pipeline": [[("a", StandardScaler()), ("b", LINE)]],
    "RFE": [LINE], "RFECV": [LINE], "RandomizedSearchCV": [LINE, {"alpha": [1, 2]}],
    "RegressorChain": [LINE], "SelectFromModel": [LINE], "SelfTrainingClassifier": [CURVE],
    "SequentialFeatureSelector": [LINE], "SparseCoder": [np.eye(5)],
    "StackingClassifier": [TWO_CLASSES], "StackingRegressor": [TWO_NUMBERS],
    "TunedThresholdClassifierCV": [CURVE], "VotingClassifier": [TWO_CLASSES],
    "VotingRegressor": [TWO_NUMBERS],
}  # fmt: skip
SET = {
    "CCA": {"n_components": 1}, "PLSCanonical": {"n_components": 1},
    "PLSSVD": {"n_components": 1}, "CountVectorizer": {"ngram_range": (1, 2)},
    "TfidfVectorizer": {"ngram_range": (1, 2)},
    "GaussianRandomProjection": {"n_components": 3},
    "SparseRandomProjection": {"n_components": 3},
}  # fmt: skip
DATA = {
    "CountVectorizer": [TEXTS], "DictVectorizer": [[{"a": 1, "b": 2}, {"b": 3}]],
    "FeatureHasher": [[{"a": 1}]], "GammaRegressor": [ROWS, LABELS + 1.0],
    "HashingVectorizer": [TEXTS], "IsotonicRegression": [ROWS[:, 0], LABELS],
    "KernelCenterer": [ROWS @ ROWS.T], "LabelBinarizer": [LABELS], "LabelEncoder": [LABELS],
    "MultiLabelBinarizer": [[[1, 2], [2]]], "PatchExtractor": [RNG.normal(size=(2, 12, 12))],
    "TfidfVectorizer": [TEXTS], "TfidfTransformer": [ROWS],
    **{name: [ROWS, BOTH] for name in (
        "ClassifierChain", "RegressorChain", "MultiOutputClassifier", "MultiOutputRegressor",
        "MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV",
    )},
}  # fmt: skip
CANNOT = {"Birch"}
"""Its tree of clusters leads back into itself, which skops has no words for."""
EVERY = {name: kind for name, kind in all_estimators() if name not in CANNOT}
ALSO = {
    "a search by a metric": lambda: GridSearchCV(CURVE, {"C": [1, 2]}, scoring="accuracy"),
    "a search by a rank": lambda: GridSearchCV(CURVE, {"C": [1, 2]}, scoring="roc_auc"),
    "a search by a score of one's own": lambda: GridSearchCV(
        CURVE, {"C": [1, 2]}, scoring=make_scorer(f1_score, average="macro")
    ),
    "a search by two": lambda: GridSearchCV(
        CURVE, {"C": [1, 2]}, scoring=["accuracy", "neg_log_loss"], refit="accuracy"
    ),
    "boosting that stops early": lambda: HistGradientBoostingClassifier(
        early_stopping=True, scoring="accuracy", max_iter=5
    ),
    "a stack": lambda: StackingClassifier(TWO_CLASSES, stack_method="predict_proba"),
    "columns by their type": lambda: ColumnTransformer(
        [("a", SplineTransformer(), make_column_selector(dtype_include="number"))]
    ),
}


def answer(model, rows):
    """Return what a model says to rows; of one that is asked nothing, what it has learned."""
    found = np.zeros(0)
    for name in (*loader.METHODS, "labels_", "embedding_", "covariance_"):
        if hasattr(model, name):
            known = getattr(model, name)
            found = known(rows) if callable(known) else known
            break
    return found.toarray() if hasattr(found, "toarray") else np.asarray(found)


def comes_back(model, rows, folder):
    saving = Sklearn().save(model, folder)
    if saving:
        saving.finish()
    read = loader.load(str(folder))
    before, after = answer(model, rows), answer(read, rows)
    if before.dtype.kind == "f":
        np.testing.assert_allclose(after, before, rtol=1e-12)  # where threads add up
    else:
        assert np.array_equal(after, before)
    assert fingerprints_of(read) == fingerprints_of(model)
    found = scan_folder(folder)
    assert found.is_safe, [finding.words for finding in found.findings]


ELSEWHERE = """
import json, pickle, sys
from trackbook.fingerprint import fingerprints_of
models = pickle.load(sys.stdin.buffer)
print(json.dumps({name: fingerprints_of(model) for name, model in models.items()}))
"""


@pytest.mark.filterwarnings("ignore")
def test_every_estimator_has_the_same_identities_in_another_process():
    models = {}
    for name, kind in EVERY.items():
        model = kind(*GIVEN.get(name, ()), **SET.get(name, {}))
        for labels in (LABELS, np.arange(len(ROWS)) % 3):
            with suppress(ValueError):  # some take two classes alone
                models[f"{name}, {labels.max()}"] = clone(model).fit(
                    *DATA.get(name, [ROWS, labels])
                )
    models = pickle.loads(given := pickle.dumps(models))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE],
        input=given, env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True, check=True,
    )  # fmt: skip
    here = {
        name: [list(one) for one in fingerprints_of(model)]
        for name, model in models.items()
    }
    assert len(here) > 350
    assert {
        name for name, found in json.loads(done.stdout).items() if found != here[name]
    } == set()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", EVERY)
def test_every_estimator_is_kept_and_comes_back(name, tmp_path):
    model = EVERY[name](*GIVEN.get(name, ()), **SET.get(name, {}))
    data = DATA.get(name, [ROWS, LABELS])
    model.fit(*data)
    comes_back(model, data[0], tmp_path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ALSO)
def test_what_people_make_of_them_comes_back(name, tmp_path):
    rows = pd.DataFrame(ROWS, columns=list("abcde"))
    comes_back(ALSO[name]().fit(rows, LABELS), rows, tmp_path)


def test_a_search_over_distributions_says_what_can_be_kept(tmp_path):
    search = RandomizedSearchCV(CURVE, {"C": loguniform(0.1, 1)}, n_iter=2)
    search.fit(ROWS, LABELS)
    with pytest.raises(Refused, match=r"register its \.best_estimator_") as refused:
        Sklearn().save(search, tmp_path)
    assert "rv_continuous_frozen" in str(refused.value)
    comes_back(search.best_estimator_, ROWS, tmp_path)
