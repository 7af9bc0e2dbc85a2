"""The compare panel as seen from Python: its choices, what it sends, what it leaves."""

from __future__ import annotations

import gc
import math
import time

import pytest
from sample_runs import HOSTILE, Shelf, run

from trackbook.errors import Busy, NotFound
from trackbook.panels import ComparePanel, PlotPanel, RunTable
from trackbook.panels.follow import Follower
from trackbook.panels.live import displays_first


def panel_of(shelf, runs=None, **more):
    """Return a panel and the list of what it sends."""
    panel, sent = ComparePanel(shelf, runs, **more), []
    panel.send = lambda content, buffers=None: sent.append({**content, "buffers": buffers})
    return panel, sent


def shelf_of(count=5):
    return Shelf([run(n) for n in range(count)])


def wait_until(holds):
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_the_newest_runs_are_picked_unless_said_otherwise():
    assert ComparePanel(shelf_of()).selected == [run(n).run_id for n in (4, 3, 2)]
    assert ComparePanel(shelf_of(), [run(0).run_id]).selected == [run(0).run_id]


def test_a_run_that_is_not_there_is_refused_by_name():
    with pytest.raises(NotFound, match="no run named 'nope'"):
        ComparePanel(shelf_of(), ["nope"])


@pytest.mark.parametrize(
    ("tab", "holds"),
    [("values", "beside"), ("curves", "figure"), ("parallel", "figure"), ("scatter", "figure"), ("code", "code"), ("resources", "figure")],
)  # fmt: skip
def test_choosing_a_tab_sends_that_view(tab, holds):
    panel, sent = panel_of(shelf_of(), tab="values" if tab != "values" else "curves")
    panel.tab = tab
    assert sent[-1]["tab"] == tab
    assert holds in sent[-1]


@pytest.mark.parametrize("tab", ["values", "curves", "code", "resources"])
def test_with_nothing_picked_a_tab_says_what_to_do(tab):
    panel, sent = panel_of(shelf_of(), [], tab="scatter")
    panel.tab = tab
    assert "pick" in sent[-1]["words"]


@pytest.mark.parametrize(
    "tab", ["values", "curves", "parallel", "scatter", "code", "resources"]
)
def test_no_runs_at_all_is_no_error(tab):
    panel, sent = panel_of(Shelf([]))
    panel.tab = "curves" if tab == "values" else "values"
    panel.tab = tab
    assert sent[-1]["words"]
    assert "no rows" in panel.static_html()


def test_a_run_keeps_its_colour_when_others_come_and_go():
    panel, _ = panel_of(shelf_of())
    before = dict(panel.colors)
    last = panel.selected[2]
    panel.selected = [last, run(0).run_id]
    assert panel.colors[last] == before[last]
    assert len(set(panel.colors.values())) == 2


def test_smoothing_asks_the_source_no_second_time():
    shelf = shelf_of()
    panel, _ = panel_of(shelf, tab="curves")
    panel.refresh()
    asked = len(shelf.questions)
    panel.smoothing = 0.5
    panel.log_y = True
    assert len(shelf.questions) == asked


def test_many_runs_and_metrics_are_asked_for_fewer_points_each():
    shelf = Shelf([run(n) for n in range(60)], points=1_000_000)
    panel, sent = panel_of(shelf, [one.run_id for one in shelf.held], tab="values")
    panel.tab = "curves"
    ids, names, _, points = shelf.questions[-1]
    assert len(ids) * len(names) * points <= 40_000
    assert sent[-1]["note"] == "the first 24 of 60 picked runs"


def test_curves_over_time_have_what_was_used_beneath_them_unless_it_is_unwanted():
    panel, sent = panel_of(shelf_of(), tab="curves")

    def plots():
        layout = sent[-1]["figure"]["layout"]
        return [v["title"]["text"] for name, v in layout.items() if name[:5] == "yaxis"]

    panel.smoothing = 0.1
    assert "memory, MB" not in plots()
    panel.x = "time"
    assert plots()[-2:] == ["CPU, % of a core", "memory, MB"]
    panel.with_resources = False
    assert "memory, MB" not in plots()


@pytest.mark.parametrize("tab", ["values", "curves", "resources"])
def test_of_runs_that_still_run_it_is_said_how_far_they_are(tab):
    runs = [run(0), run(1, status="RUNNING")]
    panel, sent = panel_of(Shelf(runs), tab="code")
    panel.tab = tab
    told = f"{runs[1].name}: 3/50 epochs, ⚠ `loss` is NaN since step 2"
    assert sent[-1]["note"] == told


def test_only_new_and_changed_runs_are_sent():
    shelf = shelf_of()
    panel, sent = panel_of(shelf)
    shelf.add(run(9))
    shelf.add(run(0, status="FAILED"))
    shelf.held.remove(run(1))
    panel.refresh()
    assert set(sent[0]["ids"]) == {run(9).run_id, run(0).run_id}
    assert sent[0]["gone"] == [run(1).run_id]
    assert not sent[0]["reset"]


def test_a_new_run_is_followed_from_another_thread_until_the_panel_rests():
    shelf = shelf_of()
    panel, sent = panel_of(shelf, every_s=0.01)
    panel._asked(panel, {"ask": "follow"}, [])
    shelf.add(run(9))
    wait_until(lambda: any(message["kind"] == "rows" for message in sent))
    panel._asked(panel, {"ask": "rest"}, [])
    wait_until(lambda: not panel._follower.is_following)


@pytest.mark.parametrize(
    ("error", "words"),
    [(Busy("the store is busy"), "the store is busy"), (ZeroDivisionError("no"), "following stopped")],
)  # fmt: skip
def test_a_failing_source_is_told_in_the_panel_and_prints_nothing(error, words, capfd):
    shelf = shelf_of()
    panel, sent = panel_of(shelf, every_s=0.01)

    def fail():
        raise error

    shelf.version = fail
    panel._follower.follow()
    wait_until(lambda: any(words in message.get("text", "") for message in sent))
    panel.close()
    wait_until(lambda: not panel._follower.is_following)
    assert capfd.readouterr() == ("", "")


def test_following_keeps_nobody_alive():
    class Owner:
        def look(self):
            pass

    owner = Owner()
    follower = Follower(owner.look, every_s=0.01)
    follower.follow()
    assert follower.is_following
    del owner
    gc.collect()
    wait_until(lambda: not follower.is_following)


def test_what_is_displayed_is_a_picture_under_the_widgets_name():
    panel, _ = panel_of(Shelf([run(1, name=HOSTILE), run(2)]))
    bundle, _ = panel._repr_mimebundle_()
    html = bundle["text/html"]
    assert html.startswith(f'<div class="trackbook-live-{panel.model_id}">')
    assert "&lt;img src=x" in html
    assert "<img src=x" not in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert set(bundle) == {"text/html", "text/plain"}


def test_a_front_end_that_starts_widgets_only_on_display_gets_the_widget_too(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setenv("VSCODE_PID", "1")
    assert displays_first()
    bundle, _ = RunTable([run(1)])._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_diverged_run_can_be_compared():
    runs = [run(1, metrics={"loss": math.nan}), run(2, metrics={"loss": math.inf})]
    panel, sent = panel_of(Shelf(runs))
    for tab in ("curves", "parallel", "scatter", "code", "values"):
        panel.tab = tab
    assert sent[-1]["beside"]["rows"][0]["cells"] == ["Infinity", "NaN"]


def test_plotly_goes_to_a_page_that_asks():
    panel, sent = PlotPanel({"data": [], "layout": {}}), []
    panel.send = lambda content, buffers: sent.append((content, buffers))
    panel._asked(panel, {"ask": "plotly.js"}, [])
    assert sent[0][0] == {"kind": "plotly.js"}
    assert len(sent[0][1][0]) > 1_000_000


def test_a_table_sends_what_changed_and_nothing_if_nothing_did():
    table, sent = RunTable([run(1), run(2)]), []
    table.send = lambda content, buffers: sent.append(content)
    table.update([run(1), run(2)])
    assert sent == []
    table.update([run(2), run(3)])
    assert (sent[0]["ids"], sent[0]["gone"]) == ([run(3).run_id], [run(1).run_id])
