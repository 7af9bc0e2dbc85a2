"""Fingerprints of data: the same for the same values, another for any other."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.fingerprint import look_at, sketched
from trackbook.fingerprint.data import digest_of_data


def digest(value):
    return digest_of_data(look_at(value).columns).digest


def frame(rows=300):
    rng = np.random.default_rng(0)
    made = pd.DataFrame(
        {
            "number": rng.normal(size=rows),
            "count": rng.integers(0, 9, rows),
            "word": rng.choice(["a", "bb", "ünï"], rows),
            "when": pd.date_range("2020-01-01", periods=rows, freq="h"),
            "flag": rng.random(rows) > 0.5,
        }
    )
    made.loc[3, "number"] = math.nan
    made.loc[5, "word"] = None
    return made


SAME = {
    "a copy": lambda df: df.copy(),
    "texts as objects": lambda df: df.astype({"word": "object"}),
    "texts as categories": lambda df: df.astype({"word": "category"}),
    "moments in microseconds": lambda df: df.astype({"when": "datetime64[us]"}),
    "pandas' own types": lambda df: df.convert_dtypes(),
    "types of arrow": lambda df: df.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas,
    "a table of arrow": lambda df: pa.Table.from_pandas(df, preserve_index=False),
    "arrow in many parts": lambda df: pa.concat_tables(
        pa.Table.from_pandas(df[a : a + 7], preserve_index=False)
        for a in range(0, len(df), 7)
    ),
    "columns of another layout": lambda df: pd.DataFrame({n: df[n].copy() for n in df}),
}  # fmt: skip


@pytest.mark.parametrize("how", SAME)
def test_the_same_values_have_the_same_fingerprint(how) -> None:
    df = frame()
    assert digest(SAME[how](df)) == digest(df)
    assert look_at(SAME[how](df)).quick == look_at(df).quick


NUMBERS = {
    "numbers": lambda rng: rng.normal(size=(300, 90)),
    "numbers that are missing": lambda rng: np.where(rng.random((70, 5)) < 0.5, -np.nan, 2),
    "numbers by column": lambda rng: np.asfortranarray(rng.normal(size=(300, 7))),
    "numbers of another machine": lambda rng: rng.normal(size=(300, 7)).astype(">f8"),
    "short ones": lambda rng: rng.normal(size=(20, 41)).astype("f4"),
    "counts": lambda rng: rng.integers(0, 9, (300, 3)),
    "yes and no": lambda rng: rng.random((300, 3)) > 0.5,
    "no rows": lambda rng: rng.normal(size=(0, 3)),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_an_array_shows_at_once_what_the_same_table_shows(kind) -> None:
    array = NUMBERS[kind](np.random.default_rng(0))
    ours = array.astype(array.dtype.newbyteorder("="))  # pandas looks into no other
    assert look_at(array).quick == look_at(pd.DataFrame(ours)).quick


def test_an_array_shows_at_once_that_a_row_it_looks_at_is_another() -> None:
    array = np.random.default_rng(0).normal(size=(300, 90))
    other = array.copy()
    other[-1, 88] += 1e-9
    assert look_at(other).quick != look_at(array).quick


OTHER = {
    "one value": lambda df: df.assign(number=df.number.where(df.index != 7, 0.0)),
    "a missing value more": lambda df: df.assign(number=df.number.where(df.index != 7)),
    "a missing text as an empty one": lambda df: df.assign(word=df.word.fillna("")),
    "rows in another order": lambda df: df.iloc[::-1].reset_index(drop=True),
    "rows chosen": lambda df: df.sample(len(df), random_state=0),
    "a column's name": lambda df: df.rename(columns={"number": "numbers"}),
    "columns in another order": lambda df: df[["count", "number", "word", "when", "flag"]],
    "another type": lambda df: df.astype({"count": "int32"}),
    "a row less": lambda df: df[:-1],
    "a nanosecond": lambda df: df.assign(
        when=df.when.astype("datetime64[ns]")
        + pd.to_timedelta((df.index == 9).astype("i8"), unit="ns")
    ),
    "texts cut elsewhere": lambda df: df.assign(word=df.word.shift(1)),
}


@pytest.mark.parametrize("how", OTHER)
def test_other_values_have_another_fingerprint(how) -> None:
    df = frame()
    assert digest(OTHER[how](df)) != digest(df)


ARRAYS = {
    "in columns": np.asfortranarray,
    "big-endian": lambda x: x.astype(">f8"),
    "a part of a larger one": lambda x: np.hstack([x, x])[:, : x.shape[1]],
    "with another NaN": lambda x: np.where(np.isnan(x), np.float64(-np.nan), x),
}


@pytest.mark.parametrize("how", ARRAYS)
def test_an_arrays_layout_does_not_count(how) -> None:
    x = np.random.default_rng(1).normal(size=(50, 4))
    x[3, 1] = math.nan
    assert digest(ARRAYS[how](x)) == digest(x)


def test_whole_numbers_that_are_missing_are_known() -> None:
    whole = pd.Series([1, None, 3], dtype="Int64")
    assert digest(whole) == digest(pl.Series([1, None, 3]))
    assert digest(whole) != digest(pd.Series([1, 0, 3], dtype="Int64"))


def test_a_large_array_comes_to_the_same_in_parts_of_any_size(monkeypatch) -> None:
    x = np.random.default_rng(2).normal(size=(1000, 3))
    whole = digest(x)
    monkeypatch.setattr("trackbook.fingerprint.data.ROWS_AT_ONCE", 17)
    assert digest(x) == whole


@pytest.mark.parametrize(
    "value",
    [
        scipy.sparse.random(40, 9, format="csr", random_state=0),
        scipy.sparse.random(40, 9, format="csc", random_state=0).tocsc(),
        np.zeros((5, 4, 3), dtype="u1"),
        np.zeros((20, 784)),
        [[1, 2], [3, 4]],
        [0.5, 1.5],
        pd.DataFrame({"o": [1, "a", [1, {"k": Decimal(2)}], dt.date(2020, 1, 1), None]}),
        pl.DataFrame({"l": [[1, 2], None], "s": [{"a": 1}, {"a": 2}], "d": [dt.date(2020, 1, 1)] * 2}),
        pd.DataFrame(index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        pd.DataFrame(),
        np.array(["a", "bb"]),
        pd.Series(pd.date_range("2020", periods=3, tz="Europe/Paris")),
        pd.Series(pd.period_range("2020", periods=3, freq="M").astype(str)),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_data_of_many_kinds_have_a_fingerprint(value) -> None:
    assert digest(value).startswith("fp1:")
    json.loads(json.dumps(sketched(look_at(value).columns, most=9)[1]))


class Loud:
    def __repr__(self):
        raise AssertionError("asked")

    __eq__ = __len__ = __iter__ = __hash__ = __repr__


def test_objects_of_the_users_own_are_never_asked() -> None:
    mixed = pd.DataFrame({"a": [1.0, 2.0], "o": pd.Series([Loud(), Loud()], dtype=object)})
    digested, _ = sketched(look_at(mixed).columns, most=9)
    assert digested.digest == ""
    assert [bool(one) for one in digested.column_digests] == [True, False]
    assert look_at(Loud()) is None
    assert look_at([Loud()]) is None


class Frame(pd.DataFrame):
    """As geopandas has one: it may read its columns as it likes."""


@pytest.mark.parametrize("value", [1, "text", {"a": 1}, None, Frame({"a": [1]}), [], ["a"]])
def test_what_is_no_data_is_left_alone(value) -> None:
    assert look_at(value) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=20))
def test_lists_of_texts_have_one_fingerprint_each(texts) -> None:
    series = pl.Series("values", texts, dtype=pl.String)
    assert digest(series) == digest(pd.Series(texts, dtype=object))
    if texts:
        assert digest(series) != digest(pl.Series("values", texts[:-1], dtype=pl.String))


def test_a_sketch_says_what_a_column_holds() -> None:
    df = frame(2000)
    sketches = [json.loads(one) for one in sketched(look_at(df).columns, most=9)[1]]
    number, count, word, when, _flag = sketches
    assert number["missing"] == 1
    assert number["mean"] == pytest.approx(df.number.mean(), rel=1e-6)
    assert number["deviation"] == pytest.approx(df.number.std(ddof=0), rel=1e-6)
    edges = np.quantile(df.number.dropna(), np.linspace(0, 1, 201))
    assert np.allclose(number["edges"], edges, rtol=1e-5, atol=1e-6)
    assert dict(count["top"]) == df["count"].value_counts().to_dict()
    assert word["distinct"] == 3
    assert dict(word["top"]) == df.word.value_counts().to_dict()
    assert when["least"] == df.when.min().timestamp()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.integers(1, 9),
)
def test_moments_do_not_depend_on_how_the_rows_come(numbers, at_once) -> None:
    from trackbook.fingerprint.column import Part
    from trackbook.fingerprint.sketch import Sketch

    sketch = Sketch(len(numbers))
    for first in range(0, len(numbers), at_once):
        sketch.take(Part(np.array(numbers[first : first + at_once])))
    said = json.loads(sketch.as_json())
    assert said["mean"] == pytest.approx(np.mean(numbers), rel=1e-5, abs=1e-5)
    assert said["deviation"] == pytest.approx(np.std(numbers), rel=1e-5, abs=1e-5)


def test_no_value_makes_a_warning(recwarn) -> None:
    odd = np.array([1e308, 1e308, -1e308, np.inf, -np.inf, np.nan, 5e-324, -0.0])
    for value in (odd, pd.DataFrame({"a": odd}), np.float16([6e4, 6e4]), odd.astype("c16")):
        sketched(look_at(value).columns, most=9)
    assert [str(one.message) for one in recwarn] == []
