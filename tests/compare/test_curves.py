"""A thinned curve keeps what matters: its ends, its peaks, its order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.compare import curves, sparks
from trackbook.errors import Misused

NAN = math.nan


def series(project, values, steps=0, name="loss"):
    run_id = project.run()
    steps = steps if isinstance(steps, int) else memoryview(np.array(steps, "i8"))
    project.journal.put_batch(run_id, name, memoryview(np.array(values, "f8")), steps=steps)
    return run_id


def test_a_short_curve_comes_as_it_is_with_x_rising(project):
    run_id = series(project, [3.0, 1.0, 2.0], steps=[3, 1, 2])
    (curve,) = curves(project.store, [run_id], ["loss"])
    assert (curve.x, curve.y, curve.low, curve.high) == (
        [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0],
    )  # fmt: skip
    assert (curve.run_id, curve.name, curve.point_count) == (run_id, "loss", 3)


def test_curves_come_in_the_order_asked_for(project):
    ids = [series(project, [1.0], name="a") for _ in range(3)]
    for run_id in ids[:2]:
        project.journal.put_several(run_id, {"b": 1.0}, step=0, origin="logged")
    found = curves(project.store, ids[::-1], ["b", "a", "no such"])
    assert [(c.run_id, c.name) for c in found] == [
        (ids[2], "a"), (ids[1], "b"), (ids[1], "a"), (ids[0], "b"), (ids[0], "a"),
    ]  # fmt: skip


def test_points_sorted_into_place_and_recent_ones_are_one_curve(project):
    run_id = series(project, np.arange(50.0))
    project.store.compact()
    project.journal.put_batch(run_id, "loss", memoryview(np.arange(50.0, 80.0)), steps=50)
    (curve,) = curves(project.store, [run_id], ["loss"])
    assert curve.y == list(np.arange(80.0))


def test_a_thinned_curve_keeps_ends_and_peaks(project):
    values = np.zeros(100_000)
    values[[0, 31_415, 77_777, -1]] = [5.0, 99.0, -99.0, 7.0]
    (curve,) = curves(project.store, [series(project, values)], ["loss"], max_points=100)
    assert len(curve.x) == 100
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0.0, 5.0, 99_999.0, 7.0)
    assert (max(curve.high), min(curve.low)) == (99.0, -99.0)
    assert curve.point_count == 100_000


def test_time_is_counted_from_the_start_of_the_run(project):
    run_id = project.run(status="RUNNING")
    for step in (5, 3, 9):
        project.journal.put_several(run_id, {"loss": step / 2}, step=step, origin="logged")
    (curve,) = curves(project.store, [run_id], ["loss"], x="time")
    assert curve.x == sorted(curve.x)
    assert 0 <= curve.x[0] < 60
    (thin,) = curves(project.store, [run_id], ["loss"], x="time", max_points=2)
    assert 1 <= len(thin.x) <= 2


def test_diverged_values_are_gaps_and_never_the_peak(project):
    run_id = series(project, [1.0, math.nan, 3.0])
    (curve,) = curves(project.store, [run_id], ["loss"])
    assert math.isnan(curve.y[1])
    values = np.full(10_000, math.nan)
    values[5_000] = 2.0
    (curve,) = curves(project.store, [series(project, values)], ["loss"], max_points=10)
    assert np.nanmax(curve.high) == 2.0
    assert math.isnan(curve.y[-1])


def test_a_curve_has_two_ends(project):
    with pytest.raises(Misused, match="two ends"):
        curves(project.store, [], [], max_points=1)


def test_no_curves_are_asked_of_runs_that_have_none(project):
    assert curves(project.store, [project.run()], ["loss"]) == []
    assert curves(project.store, ["no such run"], ["loss"]) == []


VALUE = st.floats(-1e6, 1e6) | st.just(math.nan)


@given(
    points=st.lists(st.tuples(st.integers(-50, 50), VALUE), min_size=1, max_size=60),
    most=st.integers(2, 20),
)
@settings(max_examples=25, deadline=None)
def test_thinning_loses_no_extreme_and_no_end(tmp_path_factory, open_project, points, most):
    project = open_project(tmp_path_factory.mktemp("curve") / ".trackbook")
    run_id = series(project, [value for _, value in points], [step for step, _ in points])
    (curve,) = curves(project.store, [run_id], ["loss"], max_points=most)
    project.close()
    steps = [step for step, _ in points]
    assert len(curve.x) <= most
    assert curve.x == sorted(curve.x)
    assert (curve.x[0], curve.x[-1]) == (min(steps), max(steps))
    known = [value for _, value in points if not math.isnan(value)]
    assert not known or min(known) == np.nanmin(curve.low)
    assert not known or max(known) == np.nanmax(curve.high)


def test_a_spark_has_few_points_in_order_and_no_nan(project):
    falling = series(project, np.arange(1000.0)[::-1])
    broken = series(project, [1.0, NAN, 3.0])
    single = series(project, [1.0])
    found = sparks(project.store, [falling, broken, single], ["loss"], most=10)
    assert found[falling, "loss"] == [900.0 - 100 * n for n in range(10)]
    assert found[broken, "loss"] == [1.0, 3.0]
    assert (single, "loss") not in found
