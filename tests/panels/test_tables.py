"""Runs as columns for the browser, side by side, and as the table that stays."""

from __future__ import annotations

import math
from array import array

import pytest
from sample_runs import HOSTILE, run

from trackbook.panels.beside import beside, still_table
from trackbook.panels.columns import most_varying, packed
from trackbook.panels.fields import best_of, fields_of


def columns_of(runs, **given):
    message, buffers = packed(runs, runs, directions={}, **given)
    return {c["key"]: (c, b) for c, b in zip(message["columns"], buffers, strict=True)}


def numbers(buffer):
    return array("d", buffer).tolist()


def words(column, buffer):
    return [column["words"][code] for code in array("i", buffer)]


def test_numbers_travel_as_eight_bytes_each_and_words_once():
    columns = columns_of([run(1), run(2), run(3)])
    assert len(columns["metrics.loss"][1]) == 24
    assert numbers(columns["metrics.loss"][1])[0] == run(1).metrics["loss"]
    assert words(*columns["params.booster"]) == [
        run(n).params["booster"] for n in (1, 2, 3)
    ]


def test_a_diverged_metric_is_told_from_a_missing_one():
    column, buffer = columns_of([run(1, metrics={"m": math.nan}), run(2, metrics={})])[
        "metrics.m"
    ]
    assert all(math.isnan(value) for value in numbers(buffer))
    assert column["nan"] == [0]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [(["1", "0.5"], "number"), (["1e-05", None], "number"), (["0.10", "1"], "text"),
     (["1_0"], "text"), (["007"], "text"), (["nan"], "text")],
)  # fmt: skip
def test_a_param_is_a_number_only_if_nothing_of_its_text_is_lost(texts, kind):
    runs = [run(n, params={} if t is None else {"p": t}) for n, t in enumerate(texts)]
    assert columns_of(runs)["params.p"][0]["type"] == kind


def test_only_what_changed_is_packed_but_the_best_is_sought_in_all():
    runs = [
        run(1, run_id="a", metrics={"loss": 0.1}),
        run(2, run_id="b", metrics={"loss": 0.2}),
    ]
    message, buffers = packed(runs, runs[1:], directions={}, gone=["z"])
    assert (message["ids"], message["gone"]) == (["b"], ["z"])
    at = [c["key"] for c in message["columns"]].index("metrics.loss")
    assert len(buffers[at]) == 8
    assert message["columns"][at]["best"] == ["a"]


def test_about_a_dozen_columns_are_shown_and_they_tell_the_runs_apart():
    runs = [
        run(n, params={f"p{i}": str(n % (i + 1)) for i in range(40)}) for n in range(20)
    ]
    shown = most_varying(runs, fields_of(runs))
    assert len(shown) == 12
    assert {"name", "status", "metrics.accuracy"} <= shown
    assert "params.p0" not in shown


@pytest.mark.parametrize(
    ("values", "direction", "best"),
    [
        ([0.1, 0.3, 0.2], "max", [1]),
        ([0.1, 0.3, 0.1], "min", [0, 2]),
        ([0.1, math.nan, None], "max", []),
        ([math.nan, 2.0, 1.0], "min", [2]),
        ([1.0, 2.0], None, []),
        ([1.0, 1.0], "max", []),
    ],
)
def test_the_best_is_marked_where_it_means_something(values, direction, best):
    assert best_of(values, direction) == best


def test_side_by_side_says_what_differs_and_whose_metric_is_best():
    runs = [run(1, metrics={"loss": 0.2}), run(2, metrics={"loss": 0.1})]
    rows = {row["name"]: row for row in beside(runs, directions={})["rows"]}
    assert rows["learning_rate"]["differs"]
    assert not rows["seed"]["differs"]
    assert rows["loss"]["best"] == [1]
    assert rows["loss"]["direction"] == "min"


def test_the_reader_decides_which_way_is_better():
    runs = [run(1, metrics={"loss": 0.2}), run(2, metrics={"loss": 0.1})]
    for said, best in (("max", [0]), ("", [])):
        rows = {row["name"]: row for row in beside(runs, directions={"loss": said})["rows"]}
        assert rows["loss"]["best"] == best


def test_the_table_that_stays_is_small_and_marks_the_best():
    table = still_table([run(n) for n in range(30)], directions={})
    assert len(table) == 12
    assert len(table.columns) <= 12
    assert "seed" not in table.columns
    assert set(table.best) == {"accuracy", "loss", "auc"}
    assert "… 18 more" in table._repr_html_()


def test_a_hostile_name_stays_text_in_the_table_that_stays():
    assert "<img" not in still_table([run(1, name=HOSTILE)], directions={})._repr_html_()
