"""One run's page holds all that is known of it, and shows it as nothing but text."""

from __future__ import annotations

import pytest

from trackbook.artifacts import Artifacts
from trackbook.clock import new_id
from trackbook.errors import NotFound
from trackbook.records import (
    Artifact,
    Environment,
    Execution,
    ExecutionEnd,
    Note,
    Param,
)  # fmt: skip
from trackbook.runs import find, gc, show, trash

EVIL = "<img src=x onerror=alert(1)>"


def cell(project, source, count=1):
    execution_id = new_id()
    begun = Execution(source=source, source_hash="h", cell_id="c", cell_key="c")
    project.journal.put(begun, None, execution_id)
    ended = ExecutionEnd(
        outcome="ok", duration_s=0.25, reads=[], binds=[], execution_count=count
    )
    project.journal.put(ended, None, execution_id)
    return execution_id


@pytest.fixture
def page(project):
    earlier = project.run("earlier")
    fit, score = cell(project, "lr = 0.1\nfit(lr)", 3), cell(project, "acc = score()", 4)
    run_id = project.run(
        "trial", params={"lr": 0.1}, tags={"owner": "ann"}, parent=earlier,
        relation="variation", execution=fit,
    )  # fmt: skip
    put = project.journal.put
    for step, acc in enumerate([0.5, 0.9, 0.7]):
        project.journal.put_several(
            run_id,
            {"acc": acc, "loss": acc},
            step=step,
            origin="computed",
            execution_id=score,
        )
    put(Param(name="n", value="5", type="int", origin="call"), run_id, fit)
    put(Note(words="looks good"), run_id)
    put(Artifact(path="plots/a.png", digest="b3-" + "0" * 64, size_bytes=7), run_id)
    put(Environment(digest="d", packages=["a==1", "b==2"]), run_id)
    project.run("part", parent=run_id, relation="child")
    return show(project.store, find(project.store, "trial"))


def test_a_page_holds_params_with_the_rule_that_caught_them(page):
    assert page.params().rows == [
        ("lr", "0.1", "float", "literal"),
        ("n", "5", "int", "call"),
    ]


def test_a_page_holds_the_last_and_the_best_of_each_metric(page):
    assert page.metrics().rows == [
        ("acc", 0.7, 0.9, 3, 2, "computed"),
        ("loss", 0.7, 0.5, 3, 2, "computed"),
    ]


def test_a_page_knows_the_runs_around_it(page):
    assert page.parent.name == "earlier"
    assert [row.name for row in page.children] == ["part"]
    assert page.surroundings.package_count == 2
    assert page.surroundings.program == "notebook"


def test_a_page_holds_the_cells_that_made_the_run(page):
    assert [cell.source for cell in page.cells] == ["lr = 0.1\nfit(lr)", "acc = score()"]
    assert page.artifacts()["path"] == ["plots/a.png"]


def test_a_page_shows_everything_as_text_and_as_html(page):
    for shown in (repr(page), page._repr_html_()):
        for words in (
            "trial",
            "owner",
            "ann",
            "looks good",
            "plots/a.png",
            "fit(lr)",
            "earlier",
        ):
            assert words in shown


def test_a_page_is_one_flat_row_for_programs(page):
    (row,) = page.table().dicts()
    assert (row["name"], row["params.lr"], row["metrics.acc"], row["tags.owner"]) == (
        "trial", "0.1", 0.7, "ann",
    )  # fmt: skip


def test_nothing_of_a_run_shows_as_anything_but_text(project):
    execution = cell(project, EVIL)
    run_id = project.run(
        EVIL,
        params={EVIL: EVIL},
        metrics={EVIL: 1.0},
        tags={EVIL: EVIL},
        execution=execution,
    )
    project.journal.put(Note(words=EVIL), run_id)
    project.journal.put(Artifact(path=EVIL, digest=EVIL, size_bytes=1), run_id)
    project.run(EVIL, parent=run_id, relation="child")
    html = show(project.store, find(project.store, run_id))._repr_html_()
    assert "<img" not in html
    assert html.count("&lt;img") >= 8


def test_a_run_that_is_gone_says_so(project, tmp_path):
    project.run("short-lived")
    run = find(project.store, "short-lived")
    trash(project.store, project.journal, [run])
    gc(project.store, Artifacts(tmp_path))
    with pytest.raises(NotFound, match=r"short-lived\) is gone"):
        show(project.store, run)
