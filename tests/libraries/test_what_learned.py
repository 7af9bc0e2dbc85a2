"""Which class learned, and through which steps the data went."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from trackbook.libraries import algorithm_of, steps_of

RIDGE = "sklearn.linear_model._ridge.Ridge"
SCALER = "sklearn.preprocessing._data.StandardScaler"
X, Y = np.arange(24.0).reshape(12, 2), np.arange(12.0)


def test_an_estimator_has_no_steps() -> None:
    assert (algorithm_of(Ridge()), steps_of(Ridge())) == (RIDGE, [])


def test_pipelines_within_pipelines_have_dotted_steps() -> None:
    inner = make_pipeline(StandardScaler(), "passthrough")
    whole = make_pipeline(inner, PolynomialFeatures(), Ridge())
    assert algorithm_of(whole) == RIDGE
    assert steps_of(whole) == [
        f"pipeline.standardscaler: {SCALER}",
        "pipeline.passthrough: passthrough",
        "polynomialfeatures: sklearn.preprocessing._polynomial.PolynomialFeatures",
        f"ridge: {RIDGE}",
    ]


def test_of_a_search_it_is_the_best_one() -> None:
    search = GridSearchCV(
        make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [1, 2]}
    )
    assert steps_of(search) == []
    search.fit(X, Y)
    assert algorithm_of(search) == RIDGE
    assert steps_of(search) == [f"standardscaler: {SCALER}", f"ridge: {RIDGE}"]


def test_anything_else_is_its_own_class() -> None:
    class Own:
        steps = (("a", Ridge()),)

    assert algorithm_of(Own()).endswith("Own")
    assert steps_of(Own()) == []
