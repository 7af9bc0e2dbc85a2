"""The sidebar in JupyterLab: runs of the notebook in front, live, and what can be done with them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sidebar_page import runs_in, side

CELLS = [
    "%load_ext trackbook\n%track quiet\nimport trackbook",
    "lr = 0.1\nwith trackbook.start_run('slow', experiment='churn') as run:\n"
    "    trackbook.log_param('lr', lr)\n"
    "    for step in range(8):\n        trackbook.log_metric('accuracy', 0.5 + step * lr / 2, step)",
    "lr = 0.12\nwith trackbook.start_run('<img src=x onerror=alert(1)>', experiment='churn/deep'):\n"
    "    trackbook.log_param('lr', lr)\n"
    "    for step in range(8):\n        trackbook.log_metric('accuracy', 0.5 + step * lr / 2, step)",
]


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    (lab[1] / "alone/.trackbook").mkdir(parents=True)
    opened = open_notebook("alone/sidebar", CELLS, samples=False, size=(1300, 900))
    opened.command("trackbook:show")
    yield opened
    opened.harmless()


@pytest.fixture
def shoot(notebook, tmp_path):
    return lambda name: notebook.shot(f"sidebar-{name}", tmp_path)


def test_a_run_appears_while_cells_run(notebook, shoot) -> None:
    page = notebook.page
    expect(side(page)).to_be_visible()
    expect(side(page)).to_contain_text(re.compile("[Nn]othing is recorded|No runs yet"))
    shoot("empty")
    notebook.run()
    rows = runs_in(page)
    expect(rows).to_have_count(2, timeout=60_000)
    expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(side(page).get_by_role("group", name="Best run")).to_contain_text("0.92")
    expect(rows.last).to_contain_text("slow")
    shoot("runs")


def test_a_filter_narrows_the_list_and_a_wrong_one_says_where(notebook, shoot) -> None:
    page = notebook.page
    box = side(page).get_by_role("searchbox", name="Filter runs")
    box.fill("params.lr < 0.11")
    rows = runs_in(page)
    expect(rows).to_have_count(1)
    box.fill("params.lr <")
    expect(side(page).get_by_role("alert")).to_contain_text("params.lr <")
    expect(side(page)).not_to_contain_text("No runs yet")
    shoot("refused-filter")
    box.fill("")
    expect(rows).to_have_count(2)


def test_a_run_opens_marks_its_cells_and_can_be_tagged(notebook, shoot) -> None:
    page = notebook.page
    runs_in(page).last.click()
    opened = side(page).get_by_role("region", name="Run slow")
    expect(opened).to_contain_text("accuracy")
    expect(page.locator(".jp-Cell.jp-trackbook-inSlice")).not_to_have_count(0)
    shoot("run")
    opened.get_by_role("button", name="Tag…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("owner=<b>ann</b>")
    page.keyboard.press("Enter")
    expect(opened).to_contain_text("owner=<b>ann</b>")
    opened.get_by_role("button", name="Insert cell").click()
    expect(page.locator(".jp-Notebook .cm-content").last).to_contain_text("%track show")
    opened.get_by_role("button", name="Runs").click()
    expect(page.locator(".jp-Cell.jp-trackbook-inSlice")).to_have_count(0)


def test_a_deleted_run_comes_back(notebook) -> None:
    page = notebook.page
    rows = runs_in(page)
    rows.last.click()
    side(page).get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)


def test_picked_runs_are_compared_in_the_main_area(notebook, shoot) -> None:
    page = notebook.page
    for box in side(page).get_by_role("checkbox").all():
        box.check()
    side(page).get_by_role("button", name="Compare").click()
    expect(page.locator(".jp-trackbook-Main .js-plotly-plot")).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-trackbook-Main table").first).to_contain_text("accuracy")
    shoot("compare")
    notebook.command("application:close")


def test_the_lineage_of_a_run_is_drawn(notebook, shoot) -> None:
    page = notebook.page
    runs_in(page).last.click()
    side(page).get_by_role("button", name="Lineage").click()
    drawn = page.locator(".jp-trackbook-Main")
    expect(drawn.locator(".js-plotly-plot")).to_be_visible(timeout=60_000)
    expect(drawn.locator("table")).to_contain_text("slow")
    shoot("lineage")
    notebook.command("application:close")
    side(page).get_by_role("button", name="Runs").click()


def test_a_run_is_restored_as_a_notebook_that_opens(notebook, shoot) -> None:
    page = notebook.page
    runs_in(page).last.click()
    side(page).get_by_role("button", name="Restore as notebook").click()
    tab = page.get_by_role("tab", name=re.compile(r"^slow-\w+\.ipynb"))
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(page.locator(".jp-NotebookPanel:visible")).to_contain_text("start_run('slow'")
    shoot("restored")
    (made,) = notebook.path.parent.glob("slow-*.ipynb")
    assert "start_run('slow'" in made.read_text()
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    notebook.command("docmanager:save")  # the kernel wrote its language into it
    page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate(
        "() => [...jupyterapp.shell.widgets('main')]"
        ".find(one => one.title.label.startsWith('slow-')).close()"
    )
    expect(tab).to_have_count(0)
    page.get_by_role("tab", name="sidebar.ipynb").click()


def test_recording_is_turned_off_and_on_in_the_status_bar(notebook) -> None:
    page = notebook.page
    page.locator(".jp-NotebookPanel").first.click()
    item = page.locator(".jp-trackbook-Status button")
    expect(item).to_have_attribute("aria-pressed", "true")
    item.click()
    expect(item).to_contain_text("recording off")
    item.click()
    expect(item).to_have_attribute("aria-pressed", "true")


def test_keys_alone_lead_through_the_list_and_the_tabs(notebook) -> None:
    page = notebook.page
    listed = side(page).get_by_role("grid", name="Runs")
    listed.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(side(page).get_by_role("region", name="Run slow")).to_be_visible()
    page.keyboard.press("Enter")
    side(page).get_by_role("tab", name="Runs", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(side(page).get_by_role("tab", name="Registry")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(side(page)).to_contain_text("nothing is registered")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(side(page).get_by_role("listitem").first).to_contain_text("churn")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")


def test_a_group_folds_by_its_own_key_and_escape_leads_back_from_a_run(notebook) -> None:
    page = notebook.page
    listed = side(page).get_by_role("grid", name="Runs")
    listed.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(listed).to_have_count(0)
    page.keyboard.press("Escape")
    expect(listed).to_be_focused()
    listed.get_by_role("button", name="churn/deep").press("Enter")
    expect(runs_in(page)).to_have_count(1)
    listed.get_by_role("button", name="churn/deep").press("Enter")
    expect(runs_in(page)).to_have_count(2)


def test_it_is_there_again_after_a_reload_and_in_the_dark(notebook, shoot) -> None:
    page = notebook.page
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    notebook.save()
    page.wait_for_timeout(500)
    notebook.load()
    notebook.command("trackbook:show")
    expect(runs_in(page)).to_have_count(2, timeout=60_000)
    page.wait_for_timeout(500)
    shoot("dark")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})


def test_without_a_kernel_the_runs_are_there_all_the_same(notebook) -> None:
    page = notebook.page
    page.evaluate(
        "async () => { await jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
    )
    side(page).get_by_role("searchbox", name="Filter runs").fill("slow")
    expect(runs_in(page)).to_have_count(1)
    expect(page.locator(".jp-trackbook-Status button")).to_have_count(0)


def test_in_notebook_7_the_sidebar_is_there_too(browser, lab, notebook, tmp_path) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    try:
        page.goto(f"{lab[0]}/notebooks/{notebook.name}?token=for-tests-only")
        page.wait_for_function(
            "() => globalThis.jupyterapp?.commands.hasCommand('trackbook:show')"
        )
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.evaluate("() => { void jupyterapp.commands.execute('trackbook:show'); }")
        expect(runs_in(page)).to_have_count(2, timeout=60_000)
        runs_in(page).last.click()
        expect(side(page).get_by_role("region", name="Run slow")).to_contain_text(
            "accuracy"
        )
        side(page).get_by_role("button", name="Lineage").click()
        expect(page.locator(".jp-trackbook-Main table")).to_be_visible(timeout=60_000)
        page.screenshot(
            path=Path(os.environ.get("TRACKBOOK_SHOTS", tmp_path)) / "sidebar-notebook7.png"
        )
    finally:
        page.close()
