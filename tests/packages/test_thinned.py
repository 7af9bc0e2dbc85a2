"""A model whose large arrays are written past its library is the same file, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest
import skops.io
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from trackbook.packages.flavour_sklearn import Sklearn, steady
from trackbook.packages.thinned import Thinned

RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(600, 600))


def wide(order="C", dtype="f8"):
    model = LinearRegression()
    model.coef_ = np.asarray(WIDE, dtype=dtype, order=order)
    model.intercept_ = np.zeros(600)
    model.n_features_in_ = 600
    return model


def sliced():
    model = wide()
    model.coef_ = np.concatenate([WIDE, WIDE])[::2, :]
    return model


def twice():
    model = wide()
    model.again_ = {"in": [model.coef_, (model.coef_, 1)], "names": ["a", "b"]}
    return model


class Summing(LinearRegression):
    """Says what it keeps by what it holds."""

    def __getstate__(self):
        return {"total": float(self.coef_.sum())}


MODELS = {
    "rows first": wide,
    "columns first": lambda: wide("F"),
    "narrow": lambda: wide(dtype="f4"),
    "sliced": sliced,
    "pipeline": lambda: make_pipeline(StandardScaler().fit(WIDE), wide()),
    "held twice": twice,
    "beside a tree": lambda: KNeighborsRegressor(algorithm="kd_tree").fit(
        RNG.normal(size=(70_000, 2)), np.arange(70_000.0)
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_it_is_the_same_file(name, tmp_path):
    model = MODELS[name]()
    before = vars(model).copy()
    Sklearn().save(model, tmp_path)
    assert Thinned(model).arrays
    steady(skops.io.dumps(model), tmp_path / "whole.skops", {})
    assert (tmp_path / "model.skops").read_bytes() == (
        tmp_path / "whole.skops"
    ).read_bytes()
    assert all(vars(model)[key] is value for key, value in before.items())


def test_what_reckons_with_its_arrays_is_left_as_it_is():
    model = Summing()
    model.coef_ = WIDE
    thinned = Thinned(make_pipeline(model))
    assert not thinned.arrays
    assert thinned.model.steps[0][1] is model


def test_small_arrays_and_objects_stay():
    model = wide()
    model.coef_ = np.array([["x", None]] * 200_000, dtype=object)
    assert Thinned(model).model is model


def test_a_model_that_holds_itself_is_no_endless_loop():
    class Held(BaseEstimator):
        pass

    model = Held()
    model.me, model.w = model, WIDE
    thinned = Thinned(model)
    assert len(thinned.arrays) == 1
    assert thinned.model.me is model
