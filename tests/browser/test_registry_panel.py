"""The registry panel in JupyterLab, as somebody who releases models uses it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

PANELS = Path(__file__).parent.parent / "panels"
CELLS = [
    f"import sys\nsys.path.insert(0, {str(PANELS)!r})\n"
    "from sample_registry import furnished\n"
    "from trackbook.panels import RegistryPanel\n"
    "desk = furnished()",
    "panel = RegistryPanel(desk, every_s=0.5)\npanel",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("registry", CELLS, samples=False, size=(1500, 1150))
    opened.run()
    opened.page.wait_for_selector(".tb-registry .tb-vcard", timeout=90_000)
    yield opened
    opened.harmless()


@pytest.fixture
def page(notebook):
    page = notebook.page
    page.get_by_role("searchbox", name="Filter versions").fill("")
    return page


def kernel(page, code):
    """Execute in the kernel, leaving no trace in the notebook."""
    return page.evaluate(
        "async (code) => { const kernel = jupyterapp.shell.currentWidget.sessionContext"
        ".session.kernel; const asked = kernel.requestExecute({code, silent: true,"
        " store_history: false}); await asked.done; }",
        code,
    )


def value_of(page, expression):
    """Return what the kernel says of an expression."""
    return page.evaluate(
        "async (code) => { const kernel = jupyterapp.shell.currentWidget.sessionContext"
        ".session.kernel; const asked = kernel.requestExecute({code: '', silent: true,"
        " user_expressions: {it: code}}); const told = await asked.done;"
        " const it = told.content.user_expressions.it;"
        " return it.data ? it.data['text/plain'] : it.evalue; }",
        expression,
    )


def column(page, state):
    return page.locator(".tb-column", has=page.locator(".tb-state", has_text=state))


def card(page, name):
    return page.locator(".tb-vcard", has=page.get_by_role("button", name=name, exact=True))


def focused(page):
    return page.evaluate("() => document.activeElement.innerText ?? ''")


def test_each_version_has_its_card_in_its_state(notebook, page, tmp_path):
    assert column(page, "PRODUCTION").locator(".tb-vcard").count() == 1
    assert column(page, "DEVELOPMENT").locator(".tb-vcard").count() == 4
    card(page, "churn@1.5.0").get_by_text("approved 1").wait_for()
    words = card(page, "churn@1.5.0").inner_text()
    for one in (
        "▲ +0.015 better",
        "▼ -0.03 better",
        "reproduced",
        "scanned",
        "prod/canary",
    ):
        assert one in words
    assert "▼ -0.425 worse" in card(page, "churn@1.4.0").inner_text()
    assert "unsafe pickle" in card(page, "fraud/cards@1.0.0").inner_text()
    assert "forced" in card(page, "fraud/cards@1.1.0").inner_text()
    prod = page.get_by_role("row", name=re.compile("^prod"))
    assert prod.get_by_role("button").all_inner_texts() == [
        "churn@1.1.0", "churn@1.5.0", "churn@1.0.0",
    ]  # fmt: skip
    notebook.shot("board", tmp_path)


def test_hostile_names_and_reasons_are_text(page):
    card(page, "churn@1.5.0").click()
    page.locator(".tb-numbers th", has_text="<img src=x onerror=alert(1)>").wait_for()
    page.locator(".tb-reason", has_text="<img src=x onerror=alert(1)>").first.wait_for()
    assert page.locator(".tb-registry img").count() == 0
    page.keyboard.press("Escape")


def test_a_filter_narrows_cards_and_slots(page):
    page.get_by_role("searchbox", name="Filter versions").fill("fraud 1.1")
    page.get_by_text("1 of 9 versions").wait_for()
    assert page.locator(".tb-vcard").count() == 1
    assert page.locator(".tb-slots button").count() == 0


def test_a_gate_that_fails_says_what_keeps_the_version_out(notebook, page, tmp_path):
    card(page, "churn@1.4.0").click()
    page.get_by_role("button", name="Promote to STAGING").click()
    page.get_by_text("1 check keeps it out").first.wait_for()
    first = page.locator(".tb-task .tb-checks li").first
    assert "perf.threshold(accuracy)" in first.inner_text()
    assert "failed" in first.inner_text()
    assert page.get_by_role("textbox", name="Why?").count() == 0
    page.wait_for_timeout(300)
    notebook.shot("kept-out", tmp_path)
    page.get_by_role("button", name="Close", exact=True).click()
    assert focused(page) == "Promote to STAGING"
    card(page, "churn@1.4.0").get_by_text("staging gate failed (1)").wait_for()


def test_a_gate_can_be_watched_and_stopped(notebook, page, tmp_path):
    kernel(page, "desk.slow(60)")
    card(page, "churn@1.3.0").click()
    page.get_by_role("button", name="Promote to STAGING").click()
    page.get_by_text("Check 4 of 7: patience:check").first.wait_for()
    promote = page.get_by_role("button", name="Promote to STAGING")
    assert promote.get_attribute("aria-disabled") == "true"
    bar = page.get_by_role("progressbar", name="Checks done")
    assert bar.evaluate("bar => [bar.value, bar.max]") == [3, 7]
    page.wait_for_timeout(1200)
    assert re.search(r"\d\.\d s", page.locator(".tb-checks li").last.inner_text())
    notebook.shot("examining", tmp_path)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("stopped: nothing was decided").first.wait_for()
    page.get_by_role("button", name="Close", exact=True).click()
    kernel(page, "desk.slow(0)")
    assert card(page, "churn@1.3.0").locator(".tb-badge").count() == 0


def test_the_keyboard_alone_promotes(notebook, page, tmp_path):
    page.get_by_role("searchbox", name="Filter versions").focus()
    while not page.locator(".tb-vname:focus").count():
        page.keyboard.press("Tab")
    for key in [*["ArrowLeft"] * 4, "Home", "ArrowRight", "ArrowDown"]:
        page.keyboard.press(key)
    assert focused(page) == "churn@1.5.0"
    page.keyboard.press("Enter")
    page.locator(".tb-title:focus", has_text="churn@1.5.0").wait_for()
    page.get_by_role("button", name="Promote to PRODUCTION").wait_for()
    for _ in range(5):
        page.keyboard.press("Tab")
        if focused(page) == "Promote to PRODUCTION":
            break
    page.keyboard.press("Enter")
    reason = page.get_by_role("textbox", name="Why?")
    reason.wait_for(timeout=60_000)
    page.locator("textarea:focus").wait_for()
    notebook.shot("asking", tmp_path)
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").get_by_text("say why first").wait_for()
    page.keyboard.type("beats the champion")
    page.keyboard.press("Escape")
    reason.wait_for(state="hidden")
    page.locator(":focus", has_text="Promote to PRODUCTION").wait_for()
    page.keyboard.press("Enter")
    reason.wait_for(timeout=60_000)
    page.locator("textarea:focus").wait_for()
    assert reason.input_value() == "beats the champion"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".tb-task-words", has_text="churn@1.5.0 is in PRODUCTION now").wait_for()
    page.locator(":focus", has_text="Close").wait_for()
    card(page, "churn@1.5.0").get_by_text("prod/champion").wait_for()
    assert "DEPRECATED" in value_of(page, "desk.at('churn@1.1.0').state")
    assert "beats the champion" in value_of(page, "desk.at('churn@1.5.0').reason")
    notebook.shot("done", tmp_path)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".tb-vname:focus", has_text="churn@1.5.0").wait_for()
    page.locator(".tb-detail").wait_for(state="hidden")


def test_a_rollback_says_what_it_changes_and_then_does_it(notebook, page, tmp_path):
    prod = page.get_by_role("row", name=re.compile("^prod"))
    prod.get_by_role("button", name="churn@1.5.0").first.click()
    archive = page.get_by_role("button", name="Archive")
    archive.press("Enter")
    page.get_by_text("Archive: it is champion of prod").wait_for()
    page.get_by_role("button", name="Roll churn back").click()
    page.get_by_text("churn@1.1.0 becomes champion of prod again").first.wait_for()
    page.get_by_role("textbox", name="Why?").fill("it slept on Sundays")
    notebook.shot("rollback", tmp_path)
    page.locator(".tb-task").get_by_role("button", name="Roll churn back").click()
    page.get_by_text("churn@1.1.0 is champion of prod again").first.wait_for()
    page.locator(".tb-line-of-time li", has_text="it slept on Sundays").wait_for()
    notebook.shot("history", tmp_path)
    page.get_by_role("button", name="Close", exact=True).click()


def test_a_refusal_is_shown_in_place_and_the_words_stay(page):
    card(page, "churn@1.2.0").click()
    page.get_by_role("button", name="Promote to STAGING").click()
    page.get_by_role("textbox", name="Why?").fill("now")
    kernel(page, "desk.archive('churn@1.2.0', reason='somebody was first')")
    column(page, "ARCHIVED").get_by_role("button", name="churn@1.2.0").wait_for()
    page.locator(".tb-task").get_by_role("button", name="Promote to STAGING").click()
    page.get_by_role("alert").get_by_text("ARCHIVED").wait_for()
    assert page.get_by_role("textbox", name="Why?").input_value() == "now"
    page.get_by_role("button", name="Close", exact=True).click()


def test_what_others_decide_appears_while_the_kernel_is_busy(page):
    page.evaluate(
        "() => { void jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({code: \"import time; desk.new('late', metrics={}); time.sleep(20)\","
        " silent: true, store_history: false}); }"
    )
    card(page, "late@1.0.0").wait_for(timeout=18_000)
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )


def test_the_keyboard_keeps_its_place_when_a_button_goes_away(page):
    card(page, "late@1.0.0").click()
    page.get_by_role("button", name="Archive").focus()
    kernel(page, "desk.archive('late@1.0.0', reason='nobody asks for it')")
    page.get_by_role("button", name="Archive").wait_for(state="hidden")
    page.keyboard.press("Escape")
    page.locator(".tb-vname:focus", has_text="late@1.0.0").wait_for()


def test_a_thousand_versions_stay_usable(notebook, page, tmp_path):
    kernel(page, "desk.many(1000)")
    page.get_by_text("1,000 versions").wait_for(timeout=60_000)
    assert page.locator(".tb-vcard").count() < 40
    more = column(page, "DEVELOPMENT").get_by_role(
        "button", name=re.compile("^Show 24 more")
    )
    more.click()
    assert column(page, "DEVELOPMENT").locator(".tb-vcard").count() == 32
    assert page.locator(".tb-vname:focus").count() == 1
    page.get_by_role("searchbox", name="Filter versions").fill("many@1.7.0")
    card(page, "many@1.7.0").wait_for()
    notebook.shot("thousand", tmp_path)


@pytest.mark.parametrize("width", [1500, 700])
@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_nothing_sticks_out_in_any_theme_and_width(notebook, page, tmp_path, theme, width):
    notebook.command("apputils:change-theme", {"theme": theme})
    page.set_viewport_size({"width": width, "height": 1150})
    card(page, "churn@1.1.0").click()
    page.get_by_role("heading", name="History of churn").wait_for()
    page.wait_for_timeout(1500)
    wide = page.evaluate(
        "() => { const panel = document.querySelector('.tb-registry');"
        " return panel.scrollWidth - panel.clientWidth; }"
    )
    assert wide <= 0
    notebook.shot(f"{theme.split()[1].lower()}-{width}-detail", tmp_path)
    page.get_by_role("searchbox", name="Filter versions").scroll_into_view_if_needed()
    notebook.shot(f"{theme.split()[1].lower()}-{width}", tmp_path)


def test_a_reopened_notebook_shows_the_table_and_no_error(
    notebook, open_notebook, lab, tmp_path
):
    page = notebook.page
    page.set_viewport_size({"width": 1500, "height": 1150})
    page.mouse.move(5, 5)
    page.evaluate("() => document.activeElement?.blur()")
    page.locator(".tb-registry").dispatch_event("pointerleave")
    page.wait_for_timeout(3000)
    book = notebook.save()
    kinds = {kind for cell in book.cells for out in cell.outputs for kind in out.data}
    assert kinds == {"text/html", "text/plain"}
    html = book.cells[1].outputs[0].data["text/html"]
    assert "churn@1.1.0" in html
    assert "many@1" in html
    nbformat.write(book, lab[1] / "reopened-registry.ipynb")
    other = open_notebook("reopened-registry")
    other.page.locator(".jp-OutputArea td", has_text="churn@1.1.0").first.wait_for()
    assert other.page.locator(".tb-registry").count() == 0
    assert not other.dialogs
    other.shot("reopened", tmp_path)


def test_reloading_the_page_finds_the_decision_and_the_words_again(notebook, page):
    card(page, "churn@1.0.0").click()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("textbox", name="Why?").fill("not needed any more")
    page.wait_for_timeout(1000)
    notebook.save()
    notebook.load()
    reason = page.get_by_role("textbox", name="Why?")
    reason.wait_for()
    assert reason.input_value() == "not needed any more"
    assert page.locator(".tb-detail-head", has_text="churn@1.0.0").count() == 1
    page.get_by_role("button", name="Close", exact=True).click()
