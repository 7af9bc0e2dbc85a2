"""Ten thousand runs in the sidebar, and more than one project open at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sidebar_page import listed, side

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import RunEnd, RunStart
from trackbook.store import Store

COUNT = 10_000


def write(folder, names):
    """Write runs as a script would, and leave."""
    (folder / ".trackbook").mkdir(parents=True)
    journal = Journal(folder / ".trackbook/journal", new_id(), complain=print)
    for n, name in enumerate(names):
        run_id = new_id()
        journal.put(RunStart(name=name, experiment="sweep", origin="manual"), run_id)
        journal.put_several(run_id, {"accuracy": n / len(names)}, step=0, origin="logged")
        journal.put(RunEnd(status="FINISHED"), run_id)
    journal.close()
    store = Store(folder / ".trackbook")
    store.drain()
    store.close()


def middle(page):
    """A run that is on screen for sure."""
    rows = listed(page).get_by_role("gridcell")
    return rows.nth(rows.count() // 2)


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    write(lab[1] / "many", [f"run {n}" for n in range(COUNT)])
    write(lab[1] / "few", ["only one"])
    opened = open_notebook("many/look", ["1 + 1"], samples=False, size=(1200, 800))
    opened.command("trackbook:show")
    yield opened
    opened.harmless()


def test_ten_thousand_runs_of_a_script_scroll_and_only_some_rows_exist(
    notebook, tmp_path
) -> None:
    page = notebook.page
    expect(side(page)).to_contain_text("No runs yet")
    side(page).get_by_label("Of which runs").select_option("project")
    expect(side(page)).to_contain_text("10000 runs")
    expect(side(page).get_by_role("group", name="Best run")).to_contain_text("run 9999")
    rows = listed(page).get_by_role("gridcell")
    expect(rows.first).to_contain_text("run 9999")
    seen = set()
    for _ in range(12):
        listed(page).evaluate("box => { box.scrollTop = box.scrollHeight; }")
        page.wait_for_timeout(400)
        assert rows.count() < 60
        seen.add(rows.last.get_attribute("title"))
    assert len(seen) > 6
    notebook.shot("sidebar-many", tmp_path)


def test_one_comes_back_to_the_place_in_the_list_where_a_run_was_opened(notebook) -> None:
    page = notebook.page
    shown = "box => box.scrollTop"
    stood = listed(page).evaluate(shown)
    assert stood > 10_000
    middle(page).click()
    expect(side(page).get_by_role("button", name="Delete")).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed(page)).to_be_visible()
    assert listed(page).evaluate(shown) == stood


def test_a_run_far_down_that_is_deleted_leaves_the_list(notebook) -> None:
    page = notebook.page
    row = middle(page)
    name = row.get_attribute("title")
    row.click()
    side(page).get_by_role("button", name="Delete").click()
    expect(side(page)).to_contain_text("9999 runs")
    expect(listed(page)).to_be_visible()
    expect(listed(page).get_by_title(name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(side(page)).to_contain_text("10000 runs")


def test_a_filter_finds_three_of_ten_thousand(notebook) -> None:
    box = side(notebook.page).get_by_role("searchbox", name="Filter runs")
    box.fill("metrics.accuracy < 0.0003")
    expect(listed(notebook.page).get_by_role("gridcell")).to_have_count(3)
    box.fill("")


def test_the_sidebar_goes_over_to_the_project_of_the_notebook_in_front(
    notebook, open_notebook
) -> None:
    page = notebook.page
    other = open_notebook("few/other", ["1 + 1"], samples=False)
    other.page.close()
    notebook.command("docmanager:open", {"path": "few/other.ipynb"})
    expect(listed(page)).to_contain_text("only one", timeout=30_000)
    notebook.command("docmanager:open", {"path": "many/look.ipynb"})
    expect(listed(page)).to_contain_text("run 9999", timeout=30_000)
