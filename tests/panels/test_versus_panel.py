"""Versions side by side as a panel: its figure, what a page is told, what a saved notebook keeps."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime

import html5lib
import pytest

from trackbook.panels import VersusPanel, forest_figure, forest_svg
from trackbook.registry import VersionRow
from trackbook.versus import Cell, Change, Judged, Line, Section, Side, Verdict, Versus

EVIL = "</style><script>alert(1)</script>\"'\u202e<img src=x onerror=alert(2)>"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def side(version, **known):
    facts = dict.fromkeys(VersionRow.__annotations__, "") | {
        "model": "churn", "version": version, "version_id": version, "state": "STAGING",
        "slots": [], "aliases": [], "is_unsafe": False, "forced": False, "registered_at": NOON,
        "state_since": NOON, "sunset_at": None,
    }  # fmt: skip
    return Side(
        row=VersionRow(**facts | known), parent="", varies="", run=None, gone="", params={}, metrics={},
        inputs=[], cells=[], packages={}, around={},
    )  # fmt: skip


def verdict(version, outcome, gain, *, metric="accuracy", part="", low=None, high=None):
    return Verdict(
        metric=metric, version=f"churn@{version}", outcome=outcome, n=120, part=part, gain=gain,
        low=gain - 0.02 if low is None else low, high=gain + 0.02 if high is None else high,
        p_value=0.01, p_holm=0.02, words=f"{outcome} {EVIL}",
    )  # fmt: skip


@pytest.fixture
def judged():
    return Judged(
        metrics=["accuracy", "log_loss"],
        verdicts=[
            verdict("1.1.0", "better", 0.05), verdict("1.2.0", "undecided", -0.001),
            verdict("1.1.0", "worse", -0.3, metric="log_loss"),
            verdict("1.2.0", "same", 0.0, metric="log_loss", low=0.0, high=0.0),
        ],
        slices=[verdict("1.1.0", "better", 0.1, part=f"region={EVIL}")],
    )  # fmt: skip


@pytest.fixture
def versus(judged):
    sides = [
        side("1.0.0"),
        side(
            "1.1.0",
            state="PRODUCTION",
            slots=["prod/champion"],
            aliases=[EVIL],
            is_unsafe=True,
        ),
        side("1.2.0"),
    ]
    lines = [
        Line(name=EVIL, differs=True, cells=tuple(
            Cell(value=EVIL, words=EVIL, verdict=EVIL, tone="better") for _ in sides)),
        Line(name="alike", differs=False, cells=tuple(Cell(value=float("nan")) for _ in sides)),
    ]  # fmt: skip
    diff = f"--- a [1]\n+++ b [1]\n@@ -1 +1 @@\n-{EVIL}\n+lr = 0.2"
    change = Change(name="churn@1.1.0", words="1 cell changed", diff=diff)
    sections = [
        Section(key="measured", title="Measured", lines=lines, words=[EVIL]),
        Section(key="code", title="Code", lines=lines, code=[change]),
    ]
    return Versus(sides=sides, sections=sections, judged=judged)


def test_the_figure_has_a_band_for_each_measure_and_one_for_slices(judged) -> None:
    figure = forest_figure(judged)
    json.dumps(figure, allow_nan=False)
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert [one for one in titles if "<b>" in one] == [
        "<b>accuracy</b>", "<b>log_loss</b>", "<b>accuracy by slice</b>",
    ]  # fmt: skip
    gains = {(t["name"], t["xaxis"]): t["x"] for t in figure["data"]}
    assert gains == {
        ("better", "x"): [0.05], ("not told apart", "x"): [-0.001], ("worse", "x2"): [-0.3],
        ("not told apart", "x2"): [0.0], ("better", "x3"): [0.1],
    }  # fmt: skip
    (better,) = [t for t in figure["data"] if (t["name"], t["xaxis"]) == ("better", "x")]
    assert better["error_x"]["array"] == pytest.approx([0.02])
    forms = {t["name"]: t["marker"]["symbol"] for t in figure["data"]}
    assert len(set(forms.values())) == 3


def test_zero_is_always_in_sight_and_measures_stand_beside_each_other_where_wide(
    judged,
) -> None:
    layouts = forest_figure(judged)["layouts"]
    for layout in layouts.values():
        for axis in ("xaxis", "xaxis2", "xaxis3"):
            low, high = layout[axis]["range"]
            assert low < 0 < high
    assert (
        layouts["narrow"]["xaxis"]["domain"]
        == layouts["narrow"]["xaxis2"]["domain"]
        == [0, 1]
    )
    left, right = (layouts["wide"][axis]["domain"] for axis in ("xaxis", "xaxis2"))
    assert left[1] < right[0]
    assert layouts["wide"]["height"] < layouts["narrow"]["height"]


def test_nothing_to_draw_is_no_figure() -> None:
    assert forest_figure(Judged()) is None
    assert forest_svg(Judged(), "churn@1.0.0") == ""


def test_hostile_words_are_words_everywhere(versus) -> None:
    panel = VersusPanel(versus)
    figure = json.loads(panel.view)["figure"]
    drawn = json.dumps([[t["text"] for t in figure["data"]], figure["layout"]])
    assert "<script" not in drawn and "<img" not in drawn
    still = panel.static_html()
    tree = html5lib.parse(still, namespaceHTMLElements=False)
    assert not list(tree.iter("script"))
    images = list(tree.iter("img"))
    assert [one.get("src")[:26] for one in images] == ["data:image/svg+xml;base64,"]
    svg = base64.b64decode(images[0].get("src").partition(",")[2]).decode()
    assert "<script" not in svg and "\u202e" not in svg
    assert "<script" not in still and "\u202e" not in still
    assert "\u202e" not in repr(panel._repr_mimebundle_()[0]["text/plain"])


def test_a_page_is_told_heads_and_lines_as_strict_json(versus) -> None:
    view = json.loads(VersusPanel(versus).view, parse_constant=pytest.fail)
    first, second, _ = view["versions"]
    assert first["is_first"] and not second["is_first"]
    assert [badge["words"] for badge in second["badges"]][:2] == [
        "PRODUCTION",
        "prod/champion",
    ]
    assert "⚠ unsafe pickle" in [badge["words"] for badge in second["badges"]]
    assert [line["differs"] for line in view["sections"][0]["lines"]] == [True, False]
    assert [row["kind"] for row in view["sections"][1]["code"][0]["rows"]] == [
        "hunk",
        "del",
        "add",
    ]
    assert "churn@1.1.0 in accuracy: better" in view["figure_words"]


def test_a_saved_notebook_keeps_what_differs_and_the_verdicts(versus) -> None:
    bundle, _ = VersusPanel(versus)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    shown = re.sub(r"<[^>]+>", " ", bundle["text/html"])
    assert "1 of 2 differ" in shown and "alike" not in shown
    assert "gains over churn@1.0.0" in bundle["text/html"]
    assert bundle["text/plain"].startswith(
        "against churn@1.0.0, churn@1.1.0: better in accuracy,"
    )


def test_one_version_alone_shows_all_of_it(versus) -> None:
    alone = Versus(sides=versus.sides[:1], sections=[
        Section(key="about", title="What it is", lines=[
            Line(name="state", cells=(Cell(value="STAGING"),), differs=False)])], judged=None)  # fmt: skip
    panel = VersusPanel(alone)
    assert not panel.only_different
    assert "STAGING" in panel.static_html()
