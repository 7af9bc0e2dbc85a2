"""The picture that stays in a saved notebook."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_runs import HOSTILE, Shelf, run

from trackbook.panels import static_picture
from trackbook.panels.picture import ticks

SVG = "{http://www.w3.org/2000/svg}"


def drawn(runs, *, points=20, names=("loss",)):
    shelf = Shelf(runs, points=points)
    curves = shelf.curves([one.run_id for one in runs], names)
    colors = {one.run_id: "#3b7ddd" for one in runs}
    return ET.fromstring(static_picture(runs, curves, colors=colors))


def test_curves_are_drawn_one_plot_for_each_metric():
    root = drawn([run(1), run(2)], names=("loss", "accuracy"))
    assert len(root.findall(f"{SVG}polyline")) == 4
    assert root.find(f"{SVG}title").text == "curves of loss, accuracy"


def test_without_curves_bars_are_drawn():
    root = drawn([run(1), run(2)], points=1)
    bars = [one for one in root.findall(f"{SVG}rect") if one.get("rx")]
    assert len(bars) == 2
    assert len(root.findall(f"{SVG}polyline")) == 0


def test_with_neither_there_is_no_picture():
    assert static_picture([run(1, metrics={})], [], colors={}) == ""


@pytest.mark.parametrize("points", [1, 20])
def test_a_hostile_name_is_text_and_the_picture_well_formed(points):
    root = drawn(
        [run(1, name=HOSTILE + "\x00\ufffe\x1b", metrics={"loss": 1.0})], points=points
    )
    assert any(
        "<img src=x onerror" in (text.text or "") for text in root.findall(f"{SVG}text")
    )
    assert root.find(f".//{SVG}img") is None


def test_a_diverged_curve_has_a_gap():
    shelf = Shelf([run(1)], points=9)
    held = shelf.curves([run(1).run_id], ["loss"])
    held[0].y[4] = math.nan
    root = ET.fromstring(static_picture([run(1)], held, colors={}))
    assert len(root.findall(f"{SVG}polyline")) == 2


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
@example(0.0, 0.3)
@example(0.0, 3000.0)
def test_ticks_are_few_rising_and_within(low, width):
    high = low + width
    found = ticks(low, high)
    slack = 1e-6 * max(abs(low), abs(high), width)
    assert 1 <= len(found) <= 8
    assert found == sorted(found)
    assert all(low - slack <= one <= high + slack for one in found)
