"""The graph of what rests on what in JupyterLab: five hundred things, and a real session's."""

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
SESSION = [
    "%load_ext trackbook\n%track quiet",
    "import pandas as pd\nfrom sklearn.tree import DecisionTreeClassifier as Tree\n"
    "from sklearn.datasets import load_iris",
    "iris = load_iris(as_frame=True)\nX, y = iris.data, iris.target",
    "depth = 1",
    "tree = Tree(max_depth=depth, random_state=0).fit(X, y)\nacc = tree.score(X, y)",
    "%track lineage",
    "%track lineage last",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("lineage", [MANY])
    opened.run()
    opened.page.wait_for_selector(".tb-plot .scatterlayer .trace", state="attached")
    yield opened
    assert not opened.strangers
    assert not opened.dialogs
    assert not opened.errors


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
    notebook.shot("lineage-chosen", tmp_path)


def test_a_real_session_shows_its_tree_and_its_graph(open_notebook, tmp_path):
    opened = open_notebook("session", SESSION, samples=False, size=(1000, 1500))
    page = opened.page
    for _ in range(2):
        opened.run()
        page.locator(".tb-plot .scatterlayer").nth(1).wait_for(state="attached")
        page.wait_for_timeout(1500)
    opened.shot("lineage-session", tmp_path)
    saved = opened.save()
    html = "".join(
        output["data"].get("text/html", "")
        for cell in saved.cells
        for output in cell.get("outputs", ())
        if output.output_type in ("display_data", "execute_result")
    )
    assert html.count("data:image/svg+xml") == 2
    assert "2 runs and what changed between them, acc" in nbformat.writes(saved)
    assert not opened.errors
