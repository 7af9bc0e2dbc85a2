"""What a Table gives to programs: rows, JSON, data frames."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import Misused, NotFound
from trackbook.table import Table

NAN, INF = float("nan"), float("inf")


def runs() -> Table:
    return Table(
        ["name", "params", "accuracy"],
        [["a", {"lr": "0.1"}, 0.9], ["b", {"lr": "0.2", "depth": "3"}, None]],
    )


def test_rows_come_as_mappings_by_number_and_columns_by_name():
    table = runs()
    assert len(table) == 2
    assert table[-1]["name"] == "b"
    assert table["accuracy"] == [0.9, None]
    assert [row["name"] for row in table] == ["a", "b"]


def test_a_value_inside_a_mapping_is_a_column_with_a_dot():
    assert runs()["params.depth"] == [None, "3"]


def test_an_unknown_column_is_answered_with_the_nearest_one():
    with pytest.raises(NotFound, match="did you mean 'accuracy'"):
        runs()["acuracy"]


def test_a_row_of_another_length_is_refused_by_its_number():
    with pytest.raises(Misused, match="row 1 has 1 values for 2 columns"):
        Table(["a", "b"], [[1, 2], [3]])


def test_columns_of_one_name_are_kept_apart():
    assert Table(["a", "a", "a_1"], [[1, 2, 3]]).dicts() == [{"a": 1, "a_1": 2, "a_1_1": 3}]


def test_changing_what_a_table_gave_does_not_change_the_table():
    table = runs()
    table.rows.clear()
    table.dicts()[0]["name"] = "z"
    assert table["name"] == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "ready"),
    [
        (NAN, "NaN"),
        (INF, "Infinity"),
        (-INF, "-Infinity"),
        (Decimal("0.5"), 0.5),
        (Decimal("NaN"), "NaN"),
        (b"\x00\xff", "00ff"),
        (True, True),
        (None, None),
        (datetime(2026, 1, 2, 3, 4, 5, 6, UTC), "2026-01-02T03:04:05.000006Z"),
        (datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T22:00:00Z"),
        (datetime(2026, 1, 2), "2026-01-02T00:00:00"),  # noqa: DTZ001  # a naive one
        (timedelta(seconds=1.5), 1.5),
        ((1, NAN), [1, "NaN"]),
        ({3, 1}, [1, 3]),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("\udc80", "\\udc80"),
    ],
)
def test_every_value_has_a_plain_form_in_json(value, ready):
    assert json.loads(Table(["x"], [[value]]).json()) == [{"x": ready}]


def test_mappings_lie_flat_however_deep():
    row = {"cfg": {"opt": {"lr": "0.1"}, "n": [1]}}
    assert Table(["params"], [[row]]).dicts() == [
        {"params.cfg.opt.lr": "0.1", "params.cfg.n": [1]}
    ]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.datetimes(timezones=st.just(UTC)) | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(st.tuples(values, values), max_size=5))
def test_whatever_the_values_json_is_strict_and_every_face_shows(rows):
    table = Table(["a", "b"], rows)
    read = json.loads(table.json(), parse_constant=pytest.fail)
    assert len(read) == len(rows)
    assert not any(isinstance(value, dict) for row in read for value in row.values())
    assert repr(table)
    assert table._repr_html_().endswith("</div>")


def test_data_frames_keep_numbers_times_and_gaps():
    when = datetime(2026, 1, 2, tzinfo=UTC)
    table = Table(["at", "n", "m"], [[when, 1, {"loss": NAN}], [None, 2.5, {}]])
    assert table.df()["at"][0] == when
    assert table.arrow()["n"].to_pylist() == [1.0, 2.5]
    assert table.pl()["m.loss"].is_nan().to_list() == [True, None]


def test_columns_of_mixed_types_become_text_where_a_library_needs_one_type():
    table = Table(["x", "big"], [["a", 2**70], [1, 1]])
    assert table.arrow()["x"].to_pylist() == ["a", "1"]
    assert table.pl()["big"].to_list() == [str(2**70), "1"]
    assert table.df()["x"].to_list() == ["a", 1]


def test_an_empty_table_keeps_its_columns():
    assert list(Table(["a", "b"], []).df().columns) == ["a", "b"]
    assert Table(["a"], []).json() == "[]"
    assert "no rows" in repr(Table(["a"], []))


@pytest.mark.parametrize(
    ("face", "library"), [("df", "pandas"), ("arrow", "pyarrow"), ("pl", "polars")]
)
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    monkeypatch, face, library
):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Misused, match=f"%pip install {library}"):
        getattr(runs(), face)()
