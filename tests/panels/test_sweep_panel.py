"""A sweep as a panel: its figures, what a page is told, what a saved notebook keeps."""

from __future__ import annotations

import json

import html5lib
import pytest
from sample_sweeps import EVIL, Shelf, told_of

from trackbook.panels import SweepPanel
from trackbook.panels.sweep_axes import axis_of
from trackbook.panels.sweep_figure import (
    best_so_far,
    parallel_view,
    progress_figure,
    slices_figure,
)
from trackbook.panels.sweep_rows import runs_of
from trackbook.panels.sweep_svg import sweep_svg


@pytest.fixture(scope="module")
def told():
    return told_of(60)


def panel_of(shelf) -> SweepPanel:
    """Return a panel whose params are weighed."""
    panel = SweepPanel(shelf)
    if panel._weighing is not None:
        panel._weighing.join()
    return panel


def test_the_best_so_far_only_gets_better_whichever_way_that_is(told) -> None:
    ups = [y for _, y in best_so_far(told)]
    assert ups == sorted(ups) and ups[-1] == told.sweep.best_value
    downs = [y for _, y in best_so_far(told_of(60, direction="min"))]
    assert downs == sorted(downs, reverse=True)
    assert best_so_far(told_of(60, direction=None)) == []


def test_every_trial_is_in_the_figure_the_failed_ones_below(told) -> None:
    traces = {one["name"]: one for one in progress_figure(told)["data"]}
    assert {name: len(one["x"]) for name, one in traces.items() if name != "best so far"} == {
        "done": 48, "pruned": 6, "failed": 6,
    }  # fmt: skip
    assert max(traces["failed"]["y"]) < min(traces["done"]["y"])
    assert EVIL not in json.dumps(progress_figure(told)) and "<img" not in str(traces)


def test_axes_are_numbers_powers_or_words() -> None:
    lr = axis_of("lr", {"low": 1e-4, "high": 1, "log": True}, [0.01])
    assert lr.at(0.01) == pytest.approx(0.5)
    assert [text for _, text in lr.ticks] == ["0.0001", "0.001", "0.01", "0.1", "1"]
    assert axis_of("lr", {"values": [0.001, 0.01, 0.1]}, []).is_log
    words = axis_of("kind", {"values": ["a", None, True]}, ["a"])
    assert [words.at(one) for one in ("a", None, True, "gone")] == [
        pytest.approx(1 / 6), pytest.approx(3 / 6), pytest.approx(5 / 6), None,
    ]  # fmt: skip
    assert axis_of("same", {}, [3, 3]).at(3) == 0.5


def test_params_that_mattered_stand_first(told) -> None:
    view = parallel_view(told, ["kind", "lr"])
    assert [one["name"] for one in view["axes"]][:2] == ["kind", "lr"]
    assert len(view["lines"]) == 48 and view["lines"][-1]["best"]
    figure = slices_figure(told, ["kind", "lr"])
    assert figure["layout"]["annotations"][0]["text"] == "<b>kind</b>"
    assert slices_figure(told_of(1)) is None and parallel_view(told_of(0)) is None


def test_a_page_hears_all_once_and_then_only_what_changed(told) -> None:
    shelf = Shelf(told_of(60, status="RUNNING"))
    panel, sent = panel_of(shelf), []
    panel.send = lambda content, buffers=None: sent.append(content)
    shelf.go_on(told)
    panel.refresh()
    (rows,) = [one for one in sent if one["kind"] == "rows"]
    assert sorted(rows["ids"]) == ["run-58", "run-59"] and not rows["reset"]
    assert json.loads(panel.head)["state"] == "finished"
    assert json.loads(panel.weights)["bars"][0][0] == "lr"


def test_buttons_reach_the_sweep_and_nothing_else_does() -> None:
    shelf = Shelf(told_of(5, status="RUNNING"))
    panel = panel_of(shelf)
    for content in (
        {"ask": "stop"},
        {"ask": "prune", "number": 4},
        {"ask": "prune", "number": "x"},
        3,
    ):
        panel._asked(None, content, None)
    assert shelf.heard == ["stop", 4]
    assert "too few" in json.loads(panel.weights)["words"]


def test_a_saved_notebook_keeps_words_a_picture_and_the_best_trials(told) -> None:
    panel = panel_of(Shelf(told))
    html = panel.static_html()
    assert "<img src=x" not in html and "What mattered: lr" in html
    parsed = html5lib.HTMLParser(strict=True).parseFragment(f"<div>{html}</div>")
    assert parsed is not None
    assert "48 of 60 done" in html and "and 50 more trials" in html
    assert sweep_svg(told).count("<circle") == 48 and "<img" not in sweep_svg(told)
    assert sweep_svg(told_of(0)) == ""


def test_trials_are_rows_of_the_table_of_runs(told) -> None:
    runs = runs_of(told)
    assert [run.name for run in runs[:2]] == ["trial 59", "trial 58"]
    assert {run.status for run in runs} == {"FINISHED", "FAILED", "PRUNED"}
