"""What the panel of a lineage says of a real notebook's runs, their parts and what changed."""

from __future__ import annotations

import pytest

from trackbook.doors.graph import lineage
from trackbook.records import Trash

IMPORTS = (
    "from sklearn.datasets import load_iris\nfrom sklearn.model_selection import GridSearchCV\n"
    "from sklearn.tree import DecisionTreeClassifier as Tree\nX, y = load_iris(return_X_y=True)"
)
SEARCH = (
    "grid = GridSearchCV(Tree(random_state=0), {'max_depth': [1, 2, 3]}, cv=3).fit(X, y)"
)
FIT = "model = Tree(max_depth=depth, random_state=0).fit(X, y)\nacc = model.score(X, y)"


@pytest.fixture
def book(sheet):
    """A tree trained with depth 1 and then 2, by other code, and a search of three."""
    sheet.ok(IMPORTS, "%track quiet")
    sheet.ok("depth = 1", cell_id="depth")
    sheet.ok(FIT, cell_id="fit")
    sheet.ok("depth = 2", cell_id="depth")
    sheet.ok(FIT + "  # again", cell_id="fit")
    sheet.ok(SEARCH, cell_id="search")
    return sheet


def named(panel, start):
    """Return the id of the thing whose name begins so."""
    return next(
        one.id for one in panel._seen.things if one.name.lstrip("▾▸ ").startswith(start)
    )


def facts(panel):
    return {(group, name): value for group, name, value, _ in panel.told["facts"]}


def test_a_run_that_is_clicked_tells_its_metrics_and_params(book) -> None:
    panel = lineage(book.book).panel()
    panel.click(named(panel, "DecisionTreeClassifier-2"))
    told = facts(panel)
    assert told["", "status"] == "FINISHED"
    assert told["params", "depth"] == "2"
    assert told["metrics", "acc"] == "0.96"
    (_, made_from, _) = panel.told["beside"]
    assert [row["name"] for row in made_from["rows"]] == ["DecisionTreeClassifier-1"]


def test_a_tie_that_is_clicked_tells_all_that_changed_code_too(book) -> None:
    panel = lineage(book.book).panel()
    first, second = (named(panel, f"DecisionTreeClassifier-{n}") for n in (1, 2))
    panel.click(f"{first}\x1f{second}")
    told = facts(panel)
    assert told["params", "depth"] == "1 → 2"
    assert "+acc = model.score(X, y)  # again" in told["code", ""]


def test_a_search_is_a_sweep_with_its_parts_and_the_best_of_them(book) -> None:
    shown = lineage(book.book)
    assert shown.headline == "3 runs (3 parts) and what changed between them, acc"
    panel = shown.panel()
    (sweep,) = [one for one in panel._seen.things if one.kind == "sweep"]
    assert sweep.name.endswith(": 3 parts")
    assert sweep.detail.startswith("best mean_test_score 0.96")
    panel.click(sweep.id)
    assert facts(panel)["params", "cv"] == "3"
    parts = panel.told["beside"][0]["rows"]
    assert len(parts) == 3
    labels = [tie.label for tie in panel._seen.ties if tie.source == sweep.id]
    assert [label.split(":")[0] for label in labels] == [
        f"max_depth {n}" for n in (1, 2, 3)
    ]


def test_a_cell_and_a_dataset_of_a_graph_tell_their_source_and_rows(book) -> None:
    panel = lineage(book.book, "DecisionTreeClassifier-2").panel()
    kinds = {one.kind: one.id for one in panel._seen.things}
    panel.choose(kinds["dataset"])
    assert "150 rows" in facts(panel)["", ""]
    source = {one.id for one in panel._seen.things if "# again" in one.detail}
    panel.choose(source.pop())
    assert facts(panel)["", ""] == FIT + "  # again"


def test_a_run_put_into_the_trash_meanwhile_is_said_to_be_gone(book) -> None:
    panel = lineage(book.book).panel()
    run = book.runs()[0]
    book.book.put(Trash(trashed=True), run.run_id)
    panel.click(named(panel, run.name))
    assert "no run" in facts(panel)["", ""]
