"""A random forest, a search over boosting, and a network, on made-up data."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(size: int = 1) -> bytes:
    """Return what the models learned, as the bytes of their predictions."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(400 * size, 8))
    y = (x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=len(x)) > 0).astype(int)
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
    forest = RandomForestClassifier(40, max_depth=8, random_state=0, n_jobs=1)
    forest.fit(x_train, y_train)
    told = [accuracy_score(y_test, forest.predict(x_test))]
    grid = {"learning_rate": [0.1, 0.3], "max_depth": [2]}
    boosting = GradientBoostingClassifier(n_estimators=10, random_state=0)
    search = GridSearchCV(boosting, grid, cv=2).fit(x_train, y_train)
    told.append(get_scorer("roc_auc")(search, x_test, y_test))
    net = MLPClassifier((16,), max_iter=10, random_state=0)
    pipeline = make_pipeline(StandardScaler(), net)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(x_train, y_train)
        scores = cross_validate(pipeline, x_train, y_train, cv=2)["test_score"]
    learned = [
        forest.predict_proba(x_test),
        search.predict_proba(x_test),
        pipeline.predict_proba(x_test),
        scores,
        np.array(told),
    ]
    return b"".join(np.ascontiguousarray(each).tobytes() for each in learned)
