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

from trackbook.fingerprint import fingerprints_of
from trackbook.packages.flavour_sklearn import Sklearn, steady
from trackbook.packages.loaders import sklearn as loader
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


class Halving(LinearRegression):
    """Makes something of what it is given when it is loaded."""

    def __setstate__(self, state):
        super().__setstate__(state | {"coef_": state["coef_"][:300]})


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


def saved(model, folder):
    """Write a model's file, and return what reads it back."""
    saving = Sklearn().save(model, folder)
    if saving is None:
        return lambda: loader.load(str(folder))
    saving.finish()
    return saving.reread


@pytest.mark.parametrize("name", MODELS)
def test_it_is_the_same_file(name, tmp_path):
    model = MODELS[name]()
    before = vars(model).copy()
    saved(model, tmp_path)
    assert Thinned(model).arrays
    steady(skops.io.dumps(model), tmp_path / "whole.skops", {}, set())
    assert (tmp_path / "model.skops").read_bytes() == (
        tmp_path / "whole.skops"
    ).read_bytes()
    assert all(vars(model)[key] is value for key, value in before.items())


@pytest.mark.parametrize("name", MODELS)
def test_it_is_read_back_and_is_the_same_model(name, tmp_path):
    model = MODELS[name]()
    read = saved(model, tmp_path)()
    rows = RNG.normal(size=(3, model.n_features_in_))
    assert np.array_equal(read.predict(rows), model.predict(rows))
    for kept, array in arrays_of(model).items():
        found = arrays_of(read)[kept]
        assert np.array_equal(found, array)
        assert found.dtype == array.dtype
        assert found.flags.writeable
    assert fingerprints_of(read) == fingerprints_of(model)


def arrays_of(model):
    parts = [model, *(step for _, step in getattr(model, "steps", []))]
    return {
        (at, name): value
        for at, part in enumerate(parts)
        for name, value in vars(part).items()
        if isinstance(value, np.ndarray)
    }


def test_what_is_held_twice_is_held_twice_when_read_back(tmp_path):
    read = saved(twice(), tmp_path)()
    first, (second, one) = read.again_["in"]
    assert first is second is read.coef_
    assert one == 1


def test_a_byte_changed_in_the_file_is_a_number_changed_in_what_is_read_back(tmp_path):
    model = wide()
    read = saved(model, tmp_path)
    file = tmp_path / "model.skops"
    content = bytearray(file.read_bytes())
    at = content.index(WIDE[300, 7].tobytes())
    content[at : at + 8] = np.float64(12.5).tobytes()
    file.chmod(0o644)
    file.write_bytes(content)
    assert read().coef_[300, 7] == 12.5


def test_to_change_what_is_read_back_leaves_the_file_as_it_is(tmp_path):
    read = saved(wide(), tmp_path)
    read().coef_[:] = 0
    assert np.array_equal(read().coef_, WIDE)


def test_a_class_that_takes_up_its_numbers_itself_gets_them_whole():
    model = Halving()
    model.coef_ = WIDE
    assert not Thinned(model).arrays


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
