"""The compare panel in JupyterLab, as a reader uses it."""

from __future__ import annotations

import pytest

CELLS = [
    "shelf = Shelf([run(n) for n in range(9_990)] + [run(9998, name=HOSTILE), run(9999)])",
    "panel = ComparePanel(shelf, [one.run_id for one in shelf.held[:1]], every_s=0.5)\npanel",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("compare", CELLS)
    opened.run()
    opened.page.wait_for_selector(".tb-panel .tb-row")
    yield opened
    opened.harmless()


@pytest.fixture
def page(notebook):
    notebook.page.get_by_role("tab", name="Params & metrics").click()
    search = notebook.page.get_by_role("searchbox", name="Filter runs")
    search.fill("")
    notebook.page.locator('[aria-rowcount="9993"]').wait_for()
    return notebook.page


def value_of(notebook, expression):
    """Return what the kernel says of an expression, leaving no trace in the notebook."""
    return notebook.page.evaluate(
        "async (code) => { const kernel = jupyterapp.shell.currentWidget.sessionContext"
        ".session.kernel; const asked = kernel.requestExecute({code: '', silent: true,"
        " user_expressions: {it: code}}); const told = await asked.done;"
        " return told.content.user_expressions.it.data['text/plain']; }",
        expression,
    )


def rows(page):
    return page.locator(".tb-panel .tb-row")


def test_ten_thousand_runs_are_there_and_few_rows_exist(page):
    grid = page.get_by_role("grid", name="Runs")
    assert grid.get_attribute("aria-rowcount") == "9993"
    assert rows(page).count() < 60


def test_a_picked_run_comes_side_by_side_and_what_differs_is_marked(
    notebook, page, tmp_path
):
    rows(page).nth(2).click()
    page.locator(".tb-beside thead th").nth(1).wait_for()
    differing = page.locator(".tb-beside tr.tb-differs", has_text="learning_rate")
    assert differing.locator("[aria-label=differs]").count() == 1
    assert (
        page.locator(".tb-beside tr", has_text="seed")
        .locator("[aria-label=differs]")
        .count()
        == 0
    )
    assert page.locator(".tb-beside [aria-label=best]").count() >= 1
    assert value_of(notebook, "len(panel.selected)") == "2"
    notebook.shot("values", tmp_path)


def test_choosing_the_open_tab_again_waits_for_nothing(page):
    page.get_by_role("tab", name="Params & metrics").click()
    page.wait_for_timeout(2000)
    assert "busy" not in page.locator(".tb-note").inner_text()


def test_a_hostile_name_is_text(page):
    shown = page.locator(".tb-panel .tb-name", has_text="<img src=x onerror=alert(1)>")
    shown.first.wait_for()
    assert page.locator(".tb-panel img").count() == 0


def test_filtering_narrows_and_sorting_orders_and_picks_stay(notebook, page):
    picked = value_of(notebook, "list(panel.selected)")
    page.get_by_role("searchbox", name="Filter runs").fill("accuracy>0.93 booster=dart")
    page.get_by_text(" of 9,992 runs").first.wait_for()
    page.get_by_role("button", name="accuracy", exact=True).click()
    header = page.get_by_role("columnheader", name="accuracy")
    assert header.get_attribute("aria-sort") == "descending"
    at = page.locator(".tb-head .tb-cell").all_inner_texts().index("accuracy ↓")
    values = [float(row.locator("[role=gridcell]").nth(at).inner_text().strip("▲ "))
              for row in rows(page).all()[:10]]  # fmt: skip
    assert values == sorted(values, reverse=True)
    assert min(values) > 0.93
    assert value_of(notebook, "list(panel.selected)") == picked


def test_the_keyboard_alone_picks_runs(notebook, page):
    before = int(value_of(notebook, "len(panel.selected)"))
    page.get_by_role("grid", name="Runs").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown", " ", "End"):
        page.keyboard.press(key)
    assert page.locator(".tb-row.tb-active").get_attribute("aria-rowindex") == "9993"
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    assert int(value_of(notebook, "len(panel.selected)")) == before + 1


@pytest.mark.parametrize(
    ("tab", "sign"),
    [
        ("Curves", ".tb-plot .scatterlayer .trace"),
        ("Parallel coordinates", ".tb-plot .parcoords"),
        ("Scatter", ".tb-plot .gl-canvas"),
        ("Code", ".tb-code .tb-add"),
    ],
)
def test_every_tab_shows_something(notebook, page, tmp_path, tab, sign):
    page.get_by_role("tab", name=tab, exact=True).click()
    page.locator(f".tb-panel {sign}").first.wait_for(state="attached")
    page.wait_for_timeout(300)
    notebook.shot(tab.partition(" ")[0].lower(), tmp_path)


def test_what_runs_used_is_drawn_by_time(notebook, page, tmp_path):
    page.get_by_role("tab", name="Resources").click()
    lines = page.locator(".tb-plot .scatterlayer .trace")
    lines.first.wait_for(state="attached")
    assert page.locator(".tb-plot .ytitle", has_text="CPU, % of a core").count() == 1
    assert "seconds since the run began" in page.locator(".tb-plot").inner_text()
    notebook.shot("resources", tmp_path)


def test_smoothing_redraws_and_keeps_the_raw_line_faint(page):
    page.get_by_role("tab", name="Curves", exact=True).click()
    lines = page.locator(".tb-plot .scatterlayer .trace")
    lines.first.wait_for(state="attached")
    page.get_by_role("slider", name="smoothing").fill("0")
    page.wait_for_timeout(800)
    raw = lines.count()
    page.get_by_role("slider", name="smoothing").fill("0.8")
    page.wait_for_function(
        "count => document.querySelectorAll('.tb-plot .scatterlayer .trace').length > count",
        arg=raw,
    )


def test_a_new_run_appears_while_the_kernel_is_busy(notebook, page):
    notebook.page.evaluate(
        "() => { void jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({code: \"import time; shelf.add(run(10_000, name='late-comer'));"
        ' time.sleep(6)", silent: false, store_history: false}); }'
    )
    page.get_by_text("9,993 runs").wait_for(timeout=5000)
    status = "jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
    assert page.evaluate(status) == "busy"
    page.get_by_role("searchbox", name="Filter runs").fill("late-comer")
    page.get_by_text("1 of 9,993 runs").wait_for()
    page.wait_for_function(f"() => {status} === 'idle'")
    value_of(notebook, "shelf.held.pop(0)")
    page.get_by_text("9,992 runs").wait_for()
