"""The graph of what rests on what in JupyterLab: five hundred things, a tree, a real session's."""

from __future__ import annotations

import nbformat
import pytest

MANY = """
import random
from trackbook.panels import Thing, Tie, LineagePanel
dice = random.Random(0)
kinds = ["execution"] * 6 + ["run"] * 3 + ["dataset"] * 2 + ["model"]
things = [Thing(str(n), dice.choice(kinds), f"thing {n}", f"detail of {n}\\n<b>{n}</b>") for n in range(500)]
ties = [Tie(str(dice.randrange(max(0, n - 40), n)), str(n), f"x, y {n}") for n in range(1, 500) for _ in range(2)]
panel = LineagePanel(things, ties, root="250", words="a graph")
panel
"""
RUNS = """
import random
from trackbook.panels import Fact, LineagePanel, Score, Thing, Tie
dice, value = random.Random(3), 0.5
runs, steps = [], []
for n in range(500):
    value += dice.uniform(-0.001, 0.0015)
    name = HOSTILE if n == 2 else f"Forest-{n}"
    runs.append(Thing(str(n), "run", name, "finished", score=Score("acc", value, "max")))
    if n:
        parent = n - 1 if dice.random() < 0.9 or n < 30 else dice.randrange(n)
        steps.append(Tie(str(parent), str(n), f"depth {n - 1} → {n}: acc {value:.4f}"))
tree = LineagePanel(
    runs, steps, words="500 runs and what changed between them, acc", is_tree=True,
    facts=lambda one: [Fact("depth", one, "params"), Fact("tag", HOSTILE, "tags")],
    changes=lambda a, b: [Fact("depth", f"{a} → {b}", "params"), Fact("", "--- a\\n+++ b\\n-x\\n+y", "code")],
)
tree
"""
SESSION = [
    "%load_ext trackbook\n%track quiet",
    "import pandas as pd\nfrom sklearn.tree import DecisionTreeClassifier as Tree\n"
    "from sklearn.model_selection import GridSearchCV\nfrom sklearn.datasets import load_iris",
    "iris = load_iris(as_frame=True)\nX, y = iris.data, iris.target",
    "depth = 1",
    "tree = Tree(max_depth=depth, random_state=0).fit(X, y)\nacc = tree.score(X, y)",
    "grid = GridSearchCV(Tree(random_state=0), {'max_depth': [1, 2, 3]}, cv=3).fit(X, y)",
    "%track lineage",
    "%track lineage last",
]
ROW_PX = 24


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("lineage", [MANY])
    opened.run()
    opened.page.wait_for_selector(".tb-plot .scatterlayer .trace", state="attached")
    yield opened
    opened.harmless()


@pytest.fixture(scope="module")
def tree(open_notebook):
    opened = open_notebook("tree", [RUNS], size=(1300, 1100))
    opened.run()
    opened.page.wait_for_selector(".tb-plot .scatterlayer .trace", state="attached")
    yield opened
    opened.harmless()


def drawn(page):
    """Wait until all that was asked for is drawn."""
    page.locator(".tb-lineage[aria-busy=false]").first.wait_for()


def click_row(page, row, x=60):
    """Click into a row of a tree, as it stands when nothing is scrolled."""
    drawn(page)
    page.wait_for_timeout(400)  # Plotly takes two clicks within 300 ms for a double click
    page.locator(".tb-stage").first.evaluate("stage => (stage.scrollTop = 0)")
    box = page.locator(".tb-stage .nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + ROW_PX * (row + 0.5))


def names(page):
    return page.locator(".tb-stage .textpoint text").all_text_contents()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_five_hundred_things_are_drawn_in_both_themes(notebook, tmp_path, theme):
    page = notebook.page
    notebook.command("apputils:change-theme", {"theme": theme})
    page.wait_for_timeout(1500)
    assert page.locator(".tb-plot .legend .traces").count() == 4
    assert page.locator(".tb-plot .points path").count() >= 500
    assert page.locator(".tb-headline").inner_text() == "a graph"
    notebook.shot(f"lineage-500-{theme[-5:].strip().lower()}", tmp_path)


def test_a_click_shows_what_a_thing_is_tied_to(notebook, tmp_path):
    page = notebook.page
    point = (
        page.locator(".tb-plot .scatterlayer .trace").last.locator(".points path").nth(3)
    )
    box = point.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.tb-plot .points path')]"
        ".filter((one) => Number(one.style.opacity) < 0.5).length > 50"
    )
    told = page.locator(".tb-told")
    assert told.locator(".tb-told-title").inner_text().startswith("thing ")
    assert "<b>" in told.locator("pre").inner_text()
    notebook.shot("lineage-chosen", tmp_path)
    told.get_by_role("button", name="let go").click()
    page.wait_for_selector(".tb-told .tb-empty")


def test_a_neighbour_in_the_box_is_reached_by_keyboard(notebook):
    page = notebook.page
    page.locator(".tb-stage").focus()
    page.keyboard.press("ArrowRight")
    first = page.wait_for_selector(".tb-told-title").inner_text()
    assert first == "thing 250"
    page.locator(".tb-told .tb-near button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('.tb-told-title').textContent !== 'thing 250'"
    )
    assert page.evaluate("() => document.activeElement.className") == "tb-told"


def test_a_tree_of_five_hundred_runs_is_folded_and_scrolls(tree, tmp_path):
    page = tree.page
    heights = page.locator(".tb-stage").evaluate("s => [s.clientHeight, s.scrollHeight]")
    assert heights[0] <= 560 < heights[1]
    assert page.locator(".tb-plot .points path").count() < 600  # runs and triangles
    assert any(" runs, acc +" in name for name in names(page))
    tree.shot("lineage-tree", tmp_path)


def test_a_click_opens_a_chain_and_another_closes_it(tree, tmp_path):
    page = tree.page
    closed = len(names(page))
    click_row(page, 1)
    page.get_by_role("button", name="fold away the").wait_for()
    drawn(page)
    assert len(names(page)) > closed
    tree.shot("lineage-opened", tmp_path)
    hostile = page.locator(".tb-near button").filter(has_text="<img")
    hostile.first.click()
    page.locator(".tb-told-title", has_text="<img").wait_for()
    assert page.locator(".tb-told img").count() == 0
    click_row(page, 1)
    page.get_by_role("button", name="show the").wait_for()
    page.wait_for_function(
        f"() => document.querySelectorAll('.tb-stage .textpoint text').length === {closed}"
    )


def test_the_words_and_the_triangle_of_a_tie_show_what_changed(tree, tmp_path):
    page = tree.page
    click_row(page, 2, x=400)
    page.locator(".tb-kind", has_text="what changed").wait_for()
    assert page.locator(".tb-facts pre .tb-add").inner_text() == "+y\n"
    title = page.locator(".tb-told-title").inner_text()
    tree.shot("lineage-changed", tmp_path)
    page.keyboard.press("Escape")
    page.wait_for_selector(".tb-told .tb-empty")
    drawn(page)
    arrows = page.locator(".tb-stage .scatterlayer .trace").nth(1).locator(".points path")
    told = page.locator(".tb-kind", has_text="what changed")
    for _ in range(5):  # a click that comes while the plot is drawn anew goes nowhere
        page.wait_for_timeout(600)
        box = arrows.nth(1).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(1500)
        if told.count():
            break
    told.wait_for()
    assert " → " in title


def test_what_is_searched_for_is_found_where_it_is_folded_away(tree, tmp_path):
    page = tree.page
    search = page.get_by_label("Find by name")
    search.fill("forest-7")
    page.locator(".tb-hits", has_text="folded away").wait_for()
    search.press("Enter")
    page.locator(".tb-told-title", has_text="Forest-7").wait_for()
    search.press("Enter")
    page.locator(".tb-hits", has_text="2 of 11").wait_for()
    drawn(page)
    title = page.locator(".tb-told-title").inner_text()
    row = page.locator(".tb-stage .textpoint text", has_text=title).first.bounding_box()
    stage = page.locator(".tb-stage").bounding_box()
    assert stage["y"] <= row["y"] <= stage["y"] + stage["height"]
    tree.shot("lineage-found", tmp_path)


def test_in_a_narrow_window_the_box_stands_below_in_the_dark_too(tree, tmp_path):
    page = tree.page
    page.set_viewport_size({"width": 620, "height": 1100})
    tree.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(1500)
    stage, told = (page.locator(one).bounding_box() for one in (".tb-stage", ".tb-told"))
    assert told["y"] >= stage["y"] + stage["height"]
    right = stage["x"] + stage["width"]
    for text in page.locator(".tb-stage .textpoint text").all()[:40]:
        box = text.bounding_box()
        assert box["x"] + box["width"] <= right + 1
    tree.shot("lineage-narrow", tmp_path)


def test_a_real_session_shows_its_tree_and_its_graph(open_notebook, tmp_path):
    opened = open_notebook("session", SESSION, samples=False, size=(1000, 1500))
    page = opened.page
    for _ in range(2):
        opened.run()
        page.locator(".tb-plot .scatterlayer").nth(1).wait_for(state="attached")
        page.wait_for_timeout(2500)
    assert any("3 parts" in name for name in names(page))
    click_row(page, 0)
    page.locator(".tb-facts dt", has_text="started").wait_for()
    opened.shot("lineage-session", tmp_path)
    saved = opened.save()
    html = "".join(
        output["data"].get("text/html", "")
        for cell in saved.cells
        for output in cell.get("outputs", ())
        if output.output_type in ("display_data", "execute_result")
    )
    assert html.count("data:image/svg+xml") == 2
    assert "4 runs (6 parts) and what changed between them, acc" in nbformat.writes(saved)
    assert not opened.errors, "\n".join(opened.errors)
