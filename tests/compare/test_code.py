"""A run's code is what it needed, and a diff shows just what changed in it."""

from __future__ import annotations

from trackbook.compare import code_diff
from trackbook.compare.cells import cells_of, latest, needed, paired


def test_code_that_did_not_matter_is_left_out(project):
    project.cell("import x", binds={"x"}, key="imports", count=1)
    project.cell("plot()", reads={"plot"}, key="noise", count=2)
    project.cell("data = x.load()", reads={"x"}, binds={"data"}, key="load", count=3)
    project.cell(
        "data = data.clean()", reads={"data"}, binds={"data"}, key="clean", count=4
    )
    fit = project.cell(
        "m = fit(data)", reads={"data", "fit"}, binds={"m"}, key="fit", count=5
    )
    run = project.found(project.run(execution=fit))
    project.cell("data = None", binds={"data"}, key="later", count=6)
    assert [cell.cell_key for cell in cells_of(project.store, run)] == [
        "imports",
        "load",
        "clean",
        "fit",
    ]


def test_what_was_bound_anew_hides_what_was_bound_before(project):
    project.cell("lr = 1", binds={"lr"}, key="a")
    project.cell("lr = 2", binds={"lr"}, key="b")
    fit = project.cell("fit(lr)", reads={"lr"}, key="fit")
    run = project.found(project.run(execution=fit))
    assert [cell.source for cell in cells_of(project.store, run)] == ["lr = 2", "fit(lr)"]


def test_a_run_measured_in_a_later_cell_includes_that_cell(project):
    fit = project.cell("m = fit()", binds={"m"}, key="fit")
    run_id = project.run(execution=fit)
    score = project.cell("acc = m.score()", reads={"m"}, binds={"acc"}, key="score")
    project.journal.put_several(
        run_id, {"acc": 1.0}, step=0, origin="computed", execution_id=score
    )
    cells = cells_of(project.store, project.found(run_id))
    assert [cell.cell_key for cell in cells] == ["fit", "score"]


def test_a_changed_cell_is_shown_as_a_diff(project):
    runs = []
    for n, lr in enumerate((0.1, 0.2)):
        project.cell("import x", binds={"x"}, key="imports", count=1 + 3 * n)
        project.cell(f"lr = {lr}\nn = 5", binds={"lr", "n"}, key="params", count=2 + 3 * n)
        fit = project.cell(
            "x.fit(lr, n)", reads={"x", "lr", "n"}, key="fit", count=3 + 3 * n
        )
        runs.append(project.found(project.run(f"run{n}", execution=fit)))
    assert code_diff(project.store, *runs) == (
        "--- run0 [2]\n+++ run1 [5]\n@@ -1,2 +1,2 @@\n-lr = 0.1\n+lr = 0.2\n n = 5"
    )


def test_cells_without_ids_are_paired_by_their_place(project):
    runs = []
    for n in (1, 2):
        project.cell("import x", binds={"x"})
        project.cell(f"k = {n}", binds={"k"})
        fit = project.cell("x.fit(k)", reads={"x", "k"})
        runs.append(project.found(project.run(f"run{n}", execution=fit)))
    assert code_diff(project.store, *runs).splitlines()[3:] == ["-k = 1", "+k = 2"]


def test_a_cell_that_is_only_in_one_run_is_shown_whole(project):
    fit = project.cell("fit()", reads={"fit"}, key="fit")
    a = project.found(project.run("a", execution=fit))
    project.cell("def fit(): ...", binds={"fit"}, key="new")
    fit = project.cell("fit()", reads={"fit"}, key="fit")
    b = project.found(project.run("b", execution=fit))
    assert code_diff(project.store, a, b).splitlines() == [
        "--- a (no such cell)", "+++ b [1]", "@@ -0,0 +1 @@", "+def fit(): ...",
    ]  # fmt: skip


def test_runs_of_a_script_have_no_cells(project):
    runs = [project.found(project.run(name)) for name in "ab"]
    assert code_diff(project.store, *runs) == ""


def test_cells_that_changed_places_are_still_paired(project):
    one = project.cell("a = 1", binds={"a"}, key="a")
    two = project.cell("b = a", reads={"a"}, binds={"b"}, key="b")
    run = project.found(project.run(execution=two))
    cells = cells_of(project.store, run)
    assert [cell.execution_id for cell in needed(cells, {two})] == [one, two]
    pairs = paired(cells, cells[::-1])
    assert all(old.cell_key == new.cell_key for old, new in pairs)
    assert latest([*cells, *cells]) == cells
