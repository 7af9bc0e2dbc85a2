"""The panel of a graph: what a click, a key or a name shows, without a browser."""

from __future__ import annotations

import json

from trackbook.errors import NotFound
from trackbook.panels import Fact, LineagePanel, Score, Thing, Tie
from trackbook.panels.folds import folded
from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.tree_figure import ROW_PX
from trackbook.panels.tree_rows import tree_rows

EVIL = '"><script>alert(1)</script>\u202e'


def chain(count, *, name="run {}"):
    things = [
        Thing(
            str(n),
            "run",
            name.format(n),
            f"finished {n}",
            False,
            Score("acc", n / 10, "max"),
        )
        for n in range(count)
    ]
    return things, [Tie(str(n), str(n + 1), f"lr {n} → {n + 1}") for n in range(count - 1)]


def fork():
    """Two branches of one run: a long one and a short one."""
    things = [Thing(one, "run", one, "") for one in ("a", "long", "longer", "short")]
    return things, [Tie("a", "long", ""), Tie("long", "longer", ""), Tie("a", "short", "")]


def drawn(panel):
    return json.loads(panel.figure)


def said(panel):
    return [(name, value) for _, name, value, _ in panel.told["facts"]]


def test_a_row_is_as_high_in_a_short_tree_as_in_a_long_one() -> None:
    figures = [lineage_figure(*chain(count), is_tree=True) for count in (2, 3, 300)]
    heights = [figure["layout"]["height"] for figure in figures]
    assert heights[1] - heights[0] == ROW_PX
    assert heights[2] - heights[1] == 297 * ROW_PX


def test_side_branches_stand_below_their_run_and_the_longest_goes_straight_on() -> None:
    assert tree_rows(*fork()) == {
        "a": (0, 0), "short": (1, 1), "long": (0, 2), "longer": (0, 3),
    }  # fmt: skip


def test_opening_a_branch_does_not_turn_the_tree_around() -> None:
    things = [Thing(str(n), "run", str(n), "") for n in range(14)]
    ties = [Tie(str(n), str(n + 1), "") for n in range(6)]
    ties += [Tie("0", "7", ""), *(Tie(str(n), str(n + 1), "") for n in range(7, 13))]
    orders = []
    closed = folded(things, ties)
    for opened in (set(), {"chain\x1f1"}, {"chain\x1f7"}, set(closed.folds)):
        shown = folded(things, ties, opened=opened)
        rows = tree_rows(shown.things, shown.ties)
        orders.append(rows["6"][1] > rows["13"][1])
    assert len(set(orders)) == 1


def test_every_run_of_a_circle_has_a_row() -> None:
    things = [Thing(one, "run", one, "") for one in "abc"]
    rows = tree_rows(things, [Tie("a", "b", ""), Tie("b", "a", ""), Tie("c", "c", "")])
    assert sorted(row for _, row in rows.values()) == [0, 1, 2]


def test_what_is_known_of_a_thing_stands_beside_the_graph() -> None:
    panel = LineagePanel(
        *fork(), is_tree=True, facts=lambda one: [Fact("lr", f"{one} 0.1", "params")]
    )
    assert "title" not in panel.told
    panel.click("long")
    assert panel.told["title"] == "long"
    assert panel.told["facts"] == [["params", "lr", "long 0.1", "text"]]
    beside = {
        one["title"]: [row["name"] for row in one["rows"]] for one in panel.told["beside"]
    }
    assert beside == {"in it": [], "made from": ["a"], "from it were made": ["longer"]}


def test_the_triangle_of_a_tie_shows_what_changed_there() -> None:
    asked = []
    things, ties = fork()
    panel = LineagePanel(
        things, ties, is_tree=True,
        changes=lambda a, b: asked.append((a, b)) or [Fact("lr", "0.1 → 0.2", "params")],
    )  # fmt: skip
    ids = [one for trace in drawn(panel)["data"] for one in trace.get("ids", ())]
    assert ties[2].id in ids
    panel.click(ties[2].id)
    assert asked == [("a", "short")]
    assert panel.told["title"] == "a → short"
    assert said(panel) == [("lr", "0.1 → 0.2")]


def test_what_can_no_longer_be_had_is_said_and_raises_nothing() -> None:
    def gone(one):
        raise NotFound(f"no run {one!r}: it is in the trash")

    panel = LineagePanel(*fork(), facts=gone)
    panel.click("a")
    assert said(panel) == [("", "no run 'a': it is in the trash")]


def test_a_hostile_name_is_text_without_a_turn_in_it() -> None:
    panel = LineagePanel(
        *chain(3, name=EVIL), is_tree=True, facts=lambda _: [Fact(EVIL, EVIL + "\n" + EVIL)]
    )
    panel.click("1")
    assert "\u202e" not in json.dumps(panel.told, ensure_ascii=False)
    assert panel.told["title"].startswith('"><script>')  # the page makes it a text node
    assert "<script" not in panel.figure


def test_keys_lead_along_the_ties_and_along_the_rows() -> None:
    panel = LineagePanel(*fork(), is_tree=True)

    def at(*keys):
        for key in keys:
            panel.walk(key)
        return panel.told.get("title")

    assert at("ArrowDown") == "a"
    assert at("ArrowDown") == "short"
    assert at("ArrowLeft", "ArrowRight") == "long"
    assert at("End") == "longer"
    assert at("ArrowDown", "Home", "ArrowUp") == "a"
    assert at("Escape") is None


def test_what_a_page_asks_that_is_not_there_shows_nothing() -> None:
    panel = LineagePanel(*fork())
    panel._asked(None, {"ask": "click", "of": "no such thing"}, [])
    assert "title" not in panel.told
    panel._asked(None, {"ask": "walk", "of": "F5"}, [])
    panel._asked(None, ["?"], [])


def test_a_click_opens_what_is_folded_away_and_another_closes_it() -> None:
    panel = LineagePanel(*chain(20), is_tree=True)
    names = [text for trace in drawn(panel)["data"] for text in trace.get("text", ())]
    assert "\xa0\xa0▸ 18 runs, acc +1.8" in names
    (fold,) = panel._seen.folds
    closed = panel.figure
    panel.click(fold)
    assert panel.folds == {"count": 1, "opened": 1}
    assert panel.told["act"] == "fold away the 18 runs"
    assert drawn(panel)["layout"]["height"] > json.loads(closed)["layout"]["height"]
    panel.click(fold)
    panel.walk("Escape")
    assert panel.figure == closed


def test_a_run_that_is_folded_away_comes_out_when_it_is_chosen() -> None:
    panel = LineagePanel(*chain(20), is_tree=True)
    panel.choose("7")
    assert panel.told["title"] == "run 7"
    assert any("7" in trace.get("ids", ()) for trace in drawn(panel)["data"])


def test_what_changed_over_a_whole_chain_stands_on_the_tie_to_it() -> None:
    panel = LineagePanel(
        *chain(20), is_tree=True, changes=lambda a, b: [Fact("", f"{a} to {b}")]
    )
    (fold,) = panel._seen.folds
    panel.click(Tie("0", fold, "").id)
    assert said(panel) == [("", "0 to 18")]


def test_enter_opens_and_closes_too_and_all_can_be_opened_at_once() -> None:
    panel = LineagePanel(*chain(20), is_tree=True)
    panel.walk("ArrowDown")
    panel.walk("ArrowDown")
    panel.walk("Enter")
    assert panel.folds["opened"] == 1
    panel.unfold("none")
    assert panel.folds["opened"] == 0
    panel.unfold("all")
    assert panel.folds["opened"] == 1


def test_a_name_that_is_searched_for_is_marked_also_where_it_is_folded_away() -> None:
    panel = LineagePanel(*chain(20), is_tree=True)
    (fold,) = panel._seen.folds
    panel.seek("RUN 1")
    marked = {
        one
        for trace in drawn(panel)["data"]
        if trace.get("meta") == "names"
        for one, width in zip(trace["ids"], trace["marker"]["line"]["width"], strict=True)
        if width == 3
    }
    assert marked == {fold, "19"}
    assert panel.hits == "11 found, 10 of them folded away: Enter leads to them"
    panel.seek("no such")
    assert panel.hits == "nothing is called so"
    panel.seek("")
    assert panel.hits == ""


def test_enter_leads_from_one_that_was_found_to_the_next_and_opens_its_fold() -> None:
    panel = LineagePanel(*chain(20), is_tree=True)
    panel.seek("run 1")
    reached = []
    for way in ("", "", "back", "back"):
        panel.next(way)
        reached.append((panel.told["title"], panel.hits))
    assert reached == [
        ("run 1", "1 of 11"), ("run 10", "2 of 11"), ("run 1", "1 of 11"),
        ("run 19", "11 of 11"),
    ]  # fmt: skip
    assert panel.folds["opened"] == 1
    panel.seek("run 1x")
    panel.next()
    assert panel.told["title"] == "run 19"
