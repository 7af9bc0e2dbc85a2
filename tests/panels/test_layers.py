"""A graph is laid out in layers, the same each time, and drawn with any name."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.panels import LineagePanel, Thing, Tie, lineage_svg
from trackbook.panels.layers import places_of
from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.lineage_things import related

EVIL = '"><script>alert(1)</script>'


def test_every_edge_leads_to_the_right() -> None:
    dice = random.Random(0)
    nodes = [str(n) for n in range(200)]
    edges = [(str(dice.randrange(n)), str(n)) for n in range(1, 200) for _ in range(2)]
    places = places_of(nodes, edges)
    assert all(places[a][0] < places[b][0] for a, b in edges)
    assert len(set(places.values())) == 200


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_any_edges_have_a_place_for_each_node(edges) -> None:
    nodes = [str(n) for n in range(10)]
    pairs = [(str(a), str(b)) for a, b in edges]
    places = places_of(nodes, pairs)
    assert len(set(places.values())) == 10
    assert places == places_of(nodes, pairs)


def test_straight_lines_do_not_cross() -> None:
    nodes = ["a1", "a2", "b2", "b1"]
    places = places_of(nodes, [("a1", "b1"), ("a2", "b2")])
    assert (places["a1"][1] > places["a2"][1]) == (places["b1"][1] > places["b2"][1])


def three(name="x"):
    things = [Thing(str(n), "run", name, name) for n in range(3)]
    return things, [Tie("0", "1", name), Tie("1", "2", name)]


def test_a_hostile_name_is_text_in_picture_and_figure() -> None:
    things, ties = three(EVIL)
    assert "<script" not in lineage_svg(things, ties)
    assert "<script" not in lineage_svg(things, ties, is_tree=True)
    assert "<script" not in str(lineage_figure(things, ties))


def test_what_is_tied_to_a_thing_goes_both_ways() -> None:
    ties = [Tie("a", "b", ""), Tie("b", "c", ""), Tie("x", "c", "")]
    assert related(ties, "b") == {"a", "b", "c"}


def test_a_click_picks_a_thing_and_a_second_one_lets_go() -> None:
    things, ties = three()
    panel = LineagePanel(things, ties)
    first = panel.figure
    panel.click("1")
    assert panel.figure != first
    panel.click("1")
    assert panel.figure == first


def test_the_panel_says_alive_what_its_picture_says() -> None:
    things, ties = three()
    panel = LineagePanel(things, ties, words="3 runs <b>and</b> what changed")
    assert panel.words == "3 runs <b>and</b> what changed"
    html = panel._repr_mimebundle_()[0]["text/html"]
    assert "<p>3 runs &lt;b&gt;and&lt;/b&gt; what changed</p>" in html


def test_an_empty_graph_is_no_picture() -> None:
    assert lineage_svg([], []) == ""
    assert lineage_figure([], [])["data"]
