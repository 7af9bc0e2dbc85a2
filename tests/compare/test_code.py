"""A diff of two runs shows just what changed in the code that they rest on."""

from __future__ import annotations

from types import SimpleNamespace

from trackbook.compare import code_diff
from trackbook.compare.cells import latest, paired


def cells(*sources, keyed=True, first=1):
    """Return executions of cells; without keys of their own, as front ends send none."""
    return [
        SimpleNamespace(
            execution_id=f"x{first + at:03}",
            cell_key=str(at) if keyed else f"src:{source}",
            execution_count=first + at,
            source=source,
        )
        for at, source in enumerate(sources)
    ]


def test_a_changed_cell_is_shown_as_a_diff():
    before = cells("import x", "lr = 0.1\nn = 5", "x.fit(lr, n)")
    after = cells("import x", "lr = 0.2\nn = 5", "x.fit(lr, n)", first=4)
    assert code_diff(before, after, "run0", "run1") == (
        "--- run0 [2]\n+++ run1 [5]\n@@ -1,2 +1,2 @@\n-lr = 0.1\n+lr = 0.2\n n = 5"
    )


def test_cells_without_ids_are_paired_by_their_place():
    before = cells("import x", "k = 1", "x.fit(k)", keyed=False)
    after = cells("import x", "k = 2", "x.fit(k)", keyed=False, first=4)
    assert code_diff(before, after, "a", "b").splitlines()[3:] == ["-k = 1", "+k = 2"]


def test_a_cell_that_is_only_in_one_run_is_shown_whole():
    after = cells("fit()", "def fit(): ...")
    assert code_diff(after[:1], after, "a", "b").splitlines() == [
        "--- a (no such cell)", "+++ b [2]", "@@ -0,0 +1 @@", "+def fit(): ...",
    ]  # fmt: skip


def test_cells_that_changed_places_are_still_paired():
    one = cells("a = 1", "b = a")
    assert all(old.cell_key == new.cell_key for old, new in paired(one, one[::-1]))
    assert latest([*one, *one]) == one


def test_what_a_run_does_not_rest_on_is_in_no_diff(sheet):
    sheet.ok("k = 1", "plot = 5", cell_id="k")
    sheet.run("loss = sum([k * 0.5])", cell_id="loss")
    sheet.run("k = 2", cell_id="k")
    sheet.ok("plot = 6")
    sheet.run("loss = sum([k * 0.5])", cell_id="loss")
    runs = sheet.runs()
    code = sheet.book.code_diff(*runs)
    assert [line for line in code.splitlines() if line[0] in "+-"][2:] == [
        "-k = 1",
        "+k = 2",
    ]


def test_runs_of_a_script_have_no_code(project, sheet):
    runs = [project.found(project.run(name)) for name in "ab"]
    assert sheet.book.code_diff(*runs) == ""
