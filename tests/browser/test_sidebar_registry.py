"""The registry in the sidebar: promotion that a gate refuses and lets through, and rollback."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sidebar_page import faults, side

POLICY = """\
version = 1
[targets.staging]
require = ["package.intact", "security.scan"]
[targets.production]
extends = "staging"
checks = [{ check = "perf.threshold", metric = "accuracy", min = 0.99 }]
"""
EASY = POLICY.replace("0.99", "0.5")
CELLS = [
    "%load_ext trackbook\n%track quiet",
    "import trackbook\nfrom pathlib import Path\n"
    f"Path('trackbook.gates.toml').write_text({POLICY!r})",
    "from sklearn.datasets import load_iris\nfrom sklearn.linear_model import LogisticRegression\n"
    "X, y = load_iris(return_X_y=True, as_frame=True)\n"
    "model = LogisticRegression(C=0.02).fit(X, y)\naccuracy = model.score(X, y)",
    "%track register model flowers",
    "model = LogisticRegression(C=0.1).fit(X, y)\naccuracy = model.score(X, y)",
    "%track register model flowers",
]
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    (lab[1] / "flowers/.trackbook").mkdir(parents=True)
    opened = open_notebook(
        "flowers/sidebar_registry", CELLS, samples=False, size=(1300, 950)
    )
    opened.run()
    opened.command("trackbook:show-registry")
    expect(side(opened.page).get_by_role("article")).to_have_count(2, timeout=PATIENCE_MS)
    yield opened
    opened.harmless()


@pytest.fixture
def shoot(notebook, tmp_path):
    return lambda name: notebook.shot(f"sidebar-registry-{name}", tmp_path)


def version(page, number):
    return side(page).get_by_role("article", name=f"flowers@{number}")


def promote(page, number, to):
    version(page, number).get_by_role("button", name=f"Promote to {to}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=PATIENCE_MS)
    return dialog


def decide(page, dialog, reason):
    dialog.get_by_role("textbox", name="Reason").fill(reason)
    dialog.locator(".jp-mod-accept, .jp-mod-warn").last.click()
    expect(dialog).to_have_count(0)


def numbers(page):
    names = (
        side(page)
        .get_by_role("article")
        .evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    )
    return sorted(name.partition("@")[2] for name in names)


def test_a_gate_refuses_in_words_and_lets_through_after_its_dry_run(
    notebook, shoot
) -> None:
    page = notebook.page
    first, second = numbers(page)
    shoot("board")
    for number in (first, second):
        dialog = promote(page, number, "staging")
        expect(dialog.get_by_role("table")).to_contain_text("package.intact")
        shoot("dry-run")
        decide(page, dialog, "it is better")
        expect(version(page, number)).to_contain_text("Promote to production")
    dialog = promote(page, first, "production")
    expect(dialog).to_contain_text("perf.threshold")
    expect(dialog).to_contain_text(re.compile("kept out by"))
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    shoot("refused")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(version(page, first)).to_contain_text("Promote to production")


def test_production_is_reached_and_taken_back(notebook, shoot) -> None:
    page = notebook.page
    first, second = numbers(page)
    (notebook.path.parent / "trackbook.gates.toml").write_text(EASY)
    for number in (first, second):
        decide(page, promote(page, number, "production"), "the gate says yes")
        expect(version(page, number)).to_contain_text("prod/champion", timeout=PATIENCE_MS)
    shoot("production")
    found = faults(page, "cards")
    assert not found, "\n".join(found)
    version(page, second).get_by_role("button", name="Roll back").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"flowers@{first}")
    shoot("rollback")
    decide(page, dialog, "it was worse")
    expect(version(page, first)).to_contain_text("prod/champion", timeout=PATIENCE_MS)
    expect(version(page, second)).not_to_contain_text("prod/champion")
    version(page, first).get_by_role("button", name="History").click()
    expect(dialog).to_contain_text("it was worse")
    shoot("history")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)  # as it closes, the focus goes back to the button


def test_what_cannot_be_done_says_why_and_the_rest_is_foretold(notebook, shoot) -> None:
    page = notebook.page
    first, second = numbers(page)
    kept = version(page, first).get_by_role("button", name="Archive")
    expect(kept).to_have_attribute("aria-disabled", "true")
    kept.press("Enter")
    expect(page.get_by_text("it is champion of prod").first).to_be_visible()
    version(page, second).get_by_role("button", name="Archive").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"flowers@{second}: DEPRECATED → ARCHIVED")
    shoot("archive")
    decide(page, dialog, "nobody needs it")
    restore = version(page, second).get_by_role("button", name="Restore to staging")
    expect(restore).to_be_visible(timeout=PATIENCE_MS)
    restore.click()
    expect(dialog).to_contain_text("may enter STAGING", timeout=PATIENCE_MS)
    decide(page, dialog, "somebody does")
    down = version(page, second).get_by_role("button", name="Back to development")
    down.click()
    expect(dialog).to_contain_text("STAGING → DEVELOPMENT")
    decide(page, dialog, "not yet")
    expect(down).to_have_count(0)


def test_the_dashboard_shows_registry_and_experiments_side_by_side(notebook, shoot) -> None:
    page = notebook.page
    notebook.command("trackbook:open-dashboard")
    board = page.locator(".jp-trackbook-Main")
    expect(board.get_by_role("article")).to_have_count(2)
    expect(board.get_by_role("list", name="Experiments")).to_contain_text("run")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(500)
    shoot("dashboard-dark")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})
