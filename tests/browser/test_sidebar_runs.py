"""The sidebar in JupyterLab: what a run's buttons do, what is marked, and how it keeps up."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sidebar_page import faults, runs_in, side

CELLS = [
    "%load_ext trackbook\n%track quiet",
    "lr = 0.1",
    "import trackbook\nwith trackbook.start_run('first', experiment='a') as run:\n"
    "    trackbook.log_param('lr', lr)\n"
    "    for step in range(6):\n        trackbook.log_metric('accuracy', 0.5 + step * lr, step)",
    "with trackbook.start_run('second', experiment='b'):\n"
    "    trackbook.log_param('lr', lr * 2)\n"
    "    for step in range(6):\n        trackbook.log_metric('accuracy', 0.6 + step * lr, step)",
]
THIRD = (
    "with trackbook.start_run('{}', experiment='b'):\n"
    "    trackbook.log_metric('accuracy', 0.1, 0); trackbook.log_metric('accuracy', 0.2, 1)"
)
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    (lab[1] / "deeds/.trackbook").mkdir(parents=True)
    opened = open_notebook("deeds/runs", CELLS, samples=False, size=(1400, 900))
    opened.command("trackbook:show")
    opened.run()
    expect(runs_in(opened.page)).to_have_count(2, timeout=60_000)
    yield opened
    opened.harmless()


@pytest.fixture
def shoot(notebook, tmp_path):
    return lambda name: notebook.shot(f"sidebar-{name}", tmp_path)


def open_run(page, name):
    runs_in(page).filter(has_text=name).first.click()
    opened = side(page).get_by_role("region", name=f"Run {name}")
    expect(opened).to_be_visible()
    return opened


def test_a_note_is_written_and_stands_with_its_run(notebook) -> None:
    page = notebook.page
    opened = open_run(page, "first")
    opened.get_by_role("button", name="Note…").click()
    words = page.get_by_role("dialog").get_by_role("textbox", name="Note")
    go = page.get_by_role("dialog").get_by_role("button", name="A note on first")
    expect(go).to_be_disabled()
    words.fill("looks <b>good</b>\nsecond line")
    go.click()
    expect(opened.locator("blockquote")).to_have_text(re.compile("looks <b>good</b>"))
    page.keyboard.press("Escape")


def test_a_run_is_reproduced_by_its_button_and_carries_the_verdict(notebook, shoot) -> None:
    page = notebook.page
    opened = open_run(page, "first")
    opened.get_by_role("button", name="Reproduce").click()
    expect(
        page.get_by_text("Executing first again in a fresh kernel…").first
    ).to_be_visible()
    expect(page.get_by_text("first, executed again: identical").first).to_be_visible(
        timeout=120_000
    )
    expect(opened).to_contain_text("identical")
    shoot("reproduced")
    opened.get_by_role("button", name="Runs").click()


def test_a_cell_that_ran_again_is_marked_stale_until_the_run_is_new(
    notebook, shoot
) -> None:
    page = notebook.page
    stale = page.locator(".jp-Cell.jp-trackbook-isStale")
    expect(stale).to_have_count(0)
    cell = page.locator(".jp-Notebook .jp-Cell").nth(1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("lr = 0.05")
    page.keyboard.press("Control+Enter")
    expect(stale).to_have_count(1)
    expect(stale).to_contain_text("lr = 0.05")
    shoot("stale")
    notebook.run()
    expect(runs_in(page)).to_have_count(4, timeout=60_000)
    expect(stale).to_have_count(0)


def test_a_comparison_follows_the_news_and_comes_back_after_a_reload(
    notebook, shoot
) -> None:
    page = notebook.page
    for row in runs_in(page).all()[:2]:
        row.get_by_role("checkbox").check()
    side(page).get_by_role("button", name="Compare").click()
    shown = page.locator(".jp-trackbook-Main")
    expect(shown.locator("table").first).to_contain_text("accuracy", timeout=60_000)
    expect(shown.get_by_role("heading", name="Code")).to_be_visible()
    shoot("compare-two")
    subprocess.run(
        [Path(sys.executable).with_name("trackbook"), "tag", "news=heard"],
        cwd=notebook.path.parent,
        check=True,
    )
    expect(shown.get_by_role("region", name="Tags")).to_contain_text("heard")
    page.evaluate(
        "async () => { await jupyterapp.commands.execute('docmanager:save-all'); }"
    )
    page.wait_for_timeout(2000)
    page.reload()
    expect(shown.locator(".js-plotly-plot")).to_be_visible(timeout=60_000)
    notebook.load()
    notebook.command("trackbook:show")
    expect(runs_in(page)).to_have_count(4, timeout=60_000)


def test_news_comes_by_the_slow_look_where_events_do_not(browser, notebook, lab) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    try:
        page.route_web_socket(re.compile("api/events/subscribe"), lambda socket: None)
        page.goto(f"{lab[0]}/lab/tree/{notebook.name}?token=for-tests-only&reset")
        page.wait_for_function(
            "() => globalThis.jupyterapp?.commands.hasCommand('trackbook:show')"
        )
        page.evaluate("() => jupyterapp.restored.then(() => undefined)")
        page.evaluate("() => { void jupyterapp.commands.execute('trackbook:show'); }")
        expect(runs_in(page)).to_have_count(4, timeout=60_000)
        notebook.say(THIRD.format("unheard"))
        expect(runs_in(page)).to_have_count(5, timeout=30_000)
        expect(runs_in(page).first).to_contain_text("unheard")
    finally:
        page.close()


def test_nothing_is_asked_of_the_server_while_no_sidebar_is_open(notebook) -> None:
    page = notebook.page
    expect(runs_in(page)).to_have_count(5)
    notebook.command("application:toggle-left-area")
    expect(side(page)).to_be_hidden()
    page.wait_for_timeout(1000)
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/trackbook/" in one.url else 0)
    notebook.say(THIRD.format("unwatched"))
    page.wait_for_timeout(12_000)
    assert not asked
    notebook.command("application:toggle-left-area")
    expect(runs_in(page)).to_have_count(6)


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_stands_in_the_way_of_people_who_cannot_see_well(
    notebook, shoot, theme
) -> None:
    page = notebook.page
    notebook.command("apputils:change-theme", {"theme": theme})
    page.wait_for_timeout(1500)
    word = theme.removeprefix("JupyterLab ").lower().replace(" ", "-")
    found = []
    for tab in ("Runs", "Experiments", "Registry"):
        side(page).get_by_role("tab", name=tab).click()
        page.wait_for_timeout(300)
        found += faults(page, f"list {tab}")
    side(page).get_by_role("tab", name="Runs").click()
    shoot(f"runs-{word}")
    open_run(page, "second")
    found += faults(page, "one run")
    shoot(f"run-{word}")
    side(page).get_by_role("button", name="Runs").click()
    notebook.command("apputils:change-theme", {"theme": THEMES[0]})
    assert not found, "\n".join(found)


def test_at_its_narrowest_everything_can_be_reached(notebook, shoot) -> None:
    page = notebook.page
    wide = side(page).bounding_box()["width"]
    page.evaluate("() => jupyterapp.shell._hsplitPanel.setRelativeSizes([190, 1200, 40])")
    page.wait_for_timeout(500)
    shoot("narrow")
    opened = open_run(page, "second")
    box = side(page).bounding_box()
    assert box["width"] < wide - 20
    buttons = opened.get_by_role("button").all()
    assert len(buttons) > 6
    for button in buttons:
        place = button.bounding_box()
        assert place["x"] + place["width"] <= box["x"] + box["width"] + 1
    shoot("narrow-run")
    opened.get_by_role("button", name="Runs").click()
    page.evaluate("() => jupyterapp.shell._hsplitPanel.setRelativeSizes([300, 1060, 40])")


def test_a_server_without_the_extension_is_named_as_such(browser, notebook, lab) -> None:
    page = browser.new_page()
    try:
        # answered as a server answers that knows nothing of trackbook
        page.route(re.compile("/trackbook/api/"), lambda route: route.fulfill(status=404))
        page.goto(f"{lab[0]}/lab/tree/{notebook.name}?token=for-tests-only&reset")
        page.wait_for_function(
            "() => globalThis.jupyterapp?.commands.hasCommand('trackbook:show')"
        )
        page.evaluate("() => jupyterapp.restored.then(() => undefined)")
        page.evaluate("() => { void jupyterapp.commands.execute('trackbook:show'); }")
        words = "The server has no trackbook extension."
        expect(side(page).get_by_role("alert")).to_contain_text(words)
    finally:
        page.close()


def test_a_run_that_loses_its_loss_says_so_while_it_runs(notebook, shoot) -> None:
    page = notebook.page
    notebook.say(
        "lost = trackbook.start_run('lost')\n"
        "lost.log_metric('loss', 1.0); lost.log_metric('loss', float('nan'))"
    )
    words = "`loss` is NaN since step 1"
    row = runs_in(page).filter(has_text="lost").first
    expect(row.get_by_role("img", name=words)).to_have_text("⚠", timeout=30_000)
    opened = open_run(page, "lost")
    expect(opened.get_by_label("What speaks against it")).to_contain_text(words)
    expect(opened.get_by_role("region", name="Course").locator("path")).to_have_count(1)
    shoot("lost")
    opened.get_by_role("button", name="Curves").click()
    expect(page.locator(".jp-trackbook-Main table").last).to_contain_text("NaN")
    notebook.command("application:close")
    notebook.say("lost.end()")
    opened.get_by_role("button", name="Runs").click()
    expect(row.get_by_role("img", name="finished")).to_be_attached(timeout=30_000)
