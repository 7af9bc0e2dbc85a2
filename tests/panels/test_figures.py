"""Figures, seen as the numbers and words that Plotly gets."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import HOSTILE, Shelf, run

from trackbook.panels.curves import curves_figure, smooth
from trackbook.panels.spread import parallel_figure, scatter_figure

NAMES, COLORS = {"a": HOSTILE, "b": "b"}, {"a": "#112233", "b": "#445566"}
FINITE = st.floats(-1e6, 1e6)


def curve(points, *, run_id="a", name="loss", shown=None):
    shelf = Shelf([run(1, run_id=run_id, metrics={name: 0.1})], points=points)
    return shelf.curves([run_id], [name], max_points=shown or points)[0]


def figure_of(*curves, **looks):
    return curves_figure(curves, names=NAMES, colors=COLORS, **looks)


def test_each_metric_has_its_plot_and_each_run_its_colour():
    figure = figure_of(*(curve(5, run_id=r, name=m) for m in ("loss", "f1") for r in "ab"))
    assert {(t["yaxis"], t["line"]["color"]) for t in figure["data"]} == {
        ("y", "#112233"), ("y", "#445566"), ("y2", "#112233"), ("y2", "#445566"),
    }  # fmt: skip
    assert [t["showlegend"] for t in figure["data"]] == [True, True, False, False]


def test_plots_do_not_overlap():
    layout = figure_of(*(curve(5, name=n) for n in "xyz"))["layout"]
    spans = [layout[f"yaxis{row}"]["domain"] for row in ("", 2, 3)]
    assert spans[0][1] == 1.0
    assert all(upper[0] > lower[1] for upper, lower in pairwise(spans))
    assert min(low for low, _ in spans) == pytest.approx(0.0, abs=1e-9)


def test_a_thinned_curve_shows_the_band_of_what_was_left_out():
    low, high, line = figure_of(curve(100_000, shown=50))["data"]
    assert high["fill"] == "tonexty"
    assert all(a < y < b for a, y, b in zip(low["y"], line["y"], high["y"], strict=True))
    assert len(figure_of(curve(50))["data"]) == 1


def test_smoothing_keeps_the_raw_line_faint():
    raw, line = figure_of(curve(50), smoothing=0.9)["data"]
    assert raw["line"]["color"] == "rgba(17,34,51,0.35)"
    assert raw["y"] != line["y"]


@given(st.lists(FINITE, min_size=1), st.floats(0, 0.99))
def test_a_moving_average_stays_within_what_it_averages(values, weight):
    averaged = smooth(values, weight)
    slack = 1e-6
    assert averaged[0] == pytest.approx(values[0], abs=slack)
    assert all(min(values) - slack <= one <= max(values) + slack for one in averaged)


@given(FINITE, st.floats(0, 0.99), st.integers(1, 50))
def test_the_average_of_a_constant_is_that_constant(value, weight, count):
    assert smooth([value] * count, weight) == pytest.approx([value] * count)


def test_a_diverged_point_is_a_gap_and_spoils_nothing_after_it():
    averaged = smooth([1.0, math.nan, 1.0], 0.5)
    assert math.isnan(averaged[1])
    assert averaged[2] == pytest.approx(1.0)
    held = curve(3)
    held.y[1] = math.inf
    assert figure_of(held)["data"][0]["y"][1] is None


def test_a_log_scale_is_on_every_plot():
    layout = figure_of(curve(5), curve(5, name="f1"), log_y=True)["layout"]
    assert {layout[axis]["type"] for axis in ("yaxis", "yaxis2")} == {"log"}


def test_every_kind_of_param_finds_a_place_on_its_axis():
    runs = [
        run(1, params={"lr": "0.001", "kind": "b", "n": "2"}, metrics={"m": 1.0}),
        run(2, params={"lr": "1", "kind": "a", "n": "10"}, metrics={"m": 2.0}),
        run(3, params={"lr": "0.1", "n": "4"}, metrics={"m": 3.0}),
    ]
    keys = ["params.lr", "params.kind", "params.n"]
    figure = parallel_figure(runs, keys, "metrics.m", direction="min")
    lr, kind, n, m = figure["data"][0]["dimensions"]
    assert lr["label"] == "lr (log)"
    assert lr["values"] == [-3, 0, -1]
    assert (kind["ticktext"], kind["values"]) == (["a", "b", "(none)"], [1, 0, 2])
    assert n["values"] == [2, 10, 4]
    assert figure["data"][0]["line"]["reversescale"] is True
    assert m["values"] == [1, 2, 3]


def test_runs_without_the_metric_are_left_out_and_counted():
    runs = [run(1), run(2, metrics={}), run(3, metrics={"accuracy": math.nan})]
    figure = parallel_figure(
        runs, ["params.max_depth"], "metrics.accuracy", direction="max"
    )
    assert figure["note"] == "2 runs left out: a value is missing"
    assert len(figure["data"][0]["dimensions"][0]["values"]) == 1


def test_a_scatter_rings_the_picked_runs_and_knows_every_point():
    runs = [run(1, run_id="a"), run(2, run_id="b")]
    points, rings = scatter_figure(
        runs, "params.max_depth", "metrics.loss", picked={"b": "#445566"}
    )["data"]
    assert points["customdata"] == ["a", "b"]
    assert rings["customdata"] == ["b"]
    assert rings["marker"]["color"] == ["#445566"]


def test_words_can_be_an_axis_too():
    figure = scatter_figure([run(1), run(2)], "params.booster", "metrics.loss")
    assert figure["layout"]["xaxis"]["type"] == "category"


@pytest.mark.parametrize(
    "figure",
    [
        figure_of(curve(5, name=HOSTILE)),
        scatter_figure([run(1, name=HOSTILE, params={HOSTILE: HOSTILE})], f"params.{HOSTILE}", "metrics.loss"),
        parallel_figure([run(1, params={HOSTILE: HOSTILE})], [f"params.{HOSTILE}"], "metrics.loss", direction=None),
    ],
)  # fmt: skip
def test_a_hostile_name_is_no_markup_in_any_figure(figure):
    assert "<img" not in json.dumps(figure, allow_nan=False)
    assert "&lt;img src=x" in json.dumps(figure)
