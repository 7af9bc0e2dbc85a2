"""Pinned predictions tell whether a model behaves the same, and say how far it is off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LinearRegression, LogisticRegression

from trackbook.errors import Damaged, NotFound
from trackbook.packages import load, probed, write
from trackbook.packages.probes import compared
from trackbook.packages.rows import Unstorable, packed, picked, unpacked

X = np.random.default_rng(0).normal(size=(1000, 3))
TABLES = {
    "numbers": pd.DataFrame({"i": [1, 2], "f": [1.5, np.nan], "u": np.array([1, 2], "u1")}),
    "texts": pd.DataFrame({"t": ["a", None], "o": pd.Series(["x", None], dtype=object)}),
    "yes and no": pd.DataFrame({"b": [True, False], "m": pd.array([True, None], dtype="boolean")}),
    "whole numbers with gaps": pd.DataFrame({"n": pd.array([2**60 + 1, None], dtype="Int64")}),
    "categories": pd.DataFrame({
        "c": pd.Categorical(["x", None], categories=["y", "x"], ordered=True),
        "d": pd.Categorical([3, 1]),
    }),
    "times": pd.DataFrame({
        "d": pd.to_datetime(["2026-01-01", None]),
        "z": pd.to_datetime(["2026-01-01", None]).tz_localize("Europe/Berlin"),
    }),
    "names that are numbers": pd.DataFrame([[1, 2.5], [3, 4.5]]),
    "the same name twice": pd.DataFrame([[1, "a"], [3, "b"]], columns=["x", "x"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_back_as_it_was(name, tmp_path):
    np.savez(tmp_path / "a.npz", **packed(TABLES[name]))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as kept:
        found = unpacked(dict(kept))
    pd.testing.assert_frame_equal(found, TABLES[name])


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_texts_come_back_as_they_were(texts):
    assert unpacked(packed(texts)) == texts


def test_other_rows_come_back_as_they_were():
    assert (unpacked(packed(X)) == X).all()
    assert (unpacked(packed(csr_matrix(X))) != csr_matrix(X)).nnz == 0
    both = unpacked(packed({"a": X, "b": X.astype("i4")}))
    assert (both["b"].dtype, both["a"].shape) == (np.dtype("i4"), X.shape)
    series = pd.Series([1, 2], name="s")
    pd.testing.assert_series_equal(unpacked(packed(series)), series)


def test_objects_are_not_stored():
    with pytest.raises(Unstorable, match="a dict"):
        packed(pd.DataFrame({"o": [{}, {}]}))


def test_rows_are_taken_evenly():
    assert picked(np.arange(1000), 5).tolist() == [0, 250, 500, 749, 999]
    assert picked(list("abc"), 5) == list("abc")
    assert picked(pd.DataFrame({"x": range(1000)}), 3).x.tolist() == [0, 500, 999]


def test_256_rows_are_pinned_and_hold(tmp_path):
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    package = write(model, tmp_path, example=X[:10], probes=X)
    assert package.probe_count == 256
    loaded = load(package.folder, package.package_digest)
    found = probed(package.folder, package.package_digest, loaded)
    assert found == (True, "256 pinned predictions hold", 0.0)


def test_of_a_large_model_fewer_rows_are_pinned(tmp_path):
    model = LinearRegression()
    model.coef_ = np.random.default_rng(0).normal(size=(2_200, 2_000))
    model.intercept_ = np.zeros(2_200)
    package = write(model, tmp_path, probes=np.ones((300, 2_000)))
    assert package.size_bytes > 32 << 20
    assert package.probe_count == 32


def test_another_model_does_not_pass_for_it(tmp_path):
    package = write(LinearRegression().fit(X, X[:, 0]), tmp_path, probes=X)
    other = LinearRegression().fit(X, X[:, 0] * 1.001)
    found = probed(package.folder, package.package_digest, other)
    assert not found.holds
    assert "are apart by up to" in found.words
    assert found.largest == pytest.approx(0.001, rel=0.01)


def test_a_changed_probability_is_seen_under_the_same_labels(tmp_path):
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    package = write(model, tmp_path, probes=X)
    model.coef_ = model.coef_ * 1.01
    found = probed(package.folder, package.package_digest, model)
    assert (found.holds, found.words[:7]) == (False, "scores:")


def test_a_model_that_changes_on_its_way_is_not_written(tmp_path, monkeypatch):
    from trackbook.packages.flavour_sklearn import Sklearn

    save = Sklearn.save

    def spoil(self, model, folder):
        other = LinearRegression().fit(X, X[:, 1])
        save(self, other, folder)

    monkeypatch.setattr(Sklearn, "save", spoil)
    with pytest.raises(Damaged, match="predicts otherwise than in memory"):
        write(LinearRegression().fit(X, X[:, 0]), tmp_path, probes=X)
    assert not list((tmp_path / "packages").glob("??"))


def test_rows_that_cannot_be_pinned_are_a_reason_and_no_failure(tmp_path):

    class Odd(LinearRegression):
        def predict(self, rows):
            return np.zeros(len(rows))

    rows = pd.DataFrame({"o": [{}, {}, {}]})
    package = write(Odd(), tmp_path, probes=rows, unsafe_pickle=True)
    assert (package.probe_count, package.probe_why) == (
        0,
        "rows that hold a dict cannot be pinned",
    )
    with pytest.raises(NotFound, match="no predictions are pinned"):
        probed(package.folder, package.package_digest, Odd())


CLOSE = [
    ([1.0, 2.0], [1.0, 2.0 + 1e-9], True), ([1.0, np.nan], [1.0, np.nan], True),
    ([1.0, np.inf], [1.0, np.inf], True), ([1.0, np.inf], [1.0, -np.inf], False),
    ([1.0, 2.0], [1.0, np.nan], False), ([1.0], [1.0, 2.0], False),
    (["a", "b"], ["a", "c"], False), ([1, 2], [1, 2], True), ([0.0, 0.0], [0.0, 1e-12], True),
    ([1e-30, 1.0], [2e-30, 1.0], True), ([], [], True), ([True], [False], False),
    ([np.nan, np.nan], [np.nan, np.nan], True),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "holds"), CLOSE)
def test_how_predictions_are_compared(before, after, holds):
    words, _ = compared(np.array(before), np.array(after), 1e-7)
    assert (words == "") == holds
