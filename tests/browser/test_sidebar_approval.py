"""The registry in the sidebar, where somebody else has to agree."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

POLICY = """\
version = 1
[targets.staging]
require = ["package.intact"]
[targets.production]
extends = "staging"
approvals = { count = 1, not_author = true }
"""
CELLS = [
    "%load_ext trackbook\n%track quiet\nimport os, trackbook\nfrom pathlib import Path\n"
    f"Path('trackbook.gates.toml').write_text({POLICY!r})",
    "from sklearn.datasets import load_iris\nfrom sklearn.linear_model import LogisticRegression\n"
    "X, y = load_iris(return_X_y=True, as_frame=True)\n"
    "model = LogisticRegression(C=0.1).fit(X, y)\naccuracy = model.score(X, y)",
    "%track register model roses",
]
BOB_AGREES = (
    "os.environ['JUPYTERHUB_USER'] = 'bob'; trackbook.approve('roses@1.0.0');"
    " del os.environ['JUPYTERHUB_USER']"
)
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def notebook(open_notebook, lab):
    (lab[1] / "roses/.trackbook").mkdir(parents=True)
    opened = open_notebook("roses/approval", CELLS, samples=False, size=(1300, 950))
    opened.run()
    opened.command("trackbook:show-registry")
    expect(card(opened.page)).to_be_visible(timeout=PATIENCE_MS)
    yield opened
    opened.harmless()


def card(page):
    side = page.get_by_role("region", name="trackbook")
    return side.get_by_role("article", name="roses@1.0.0")


def opened_dialog(page, button):
    card(page).get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=PATIENCE_MS)
    return dialog


def test_a_decision_cannot_be_pressed_before_its_reason_is_written(notebook) -> None:
    page = notebook.page
    dialog = opened_dialog(page, "Promote to staging")
    go = dialog.get_by_role("button", name="Promote roses@1.0.0 to staging")
    expect(go).to_be_disabled()
    dialog.get_by_role("textbox", name="Reason").fill("a first try")
    expect(go).to_be_enabled()
    go.click()
    expect(card(page)).to_contain_text("Promote to production", timeout=PATIENCE_MS)


def test_asking_for_an_approval_that_came_meanwhile_does_not_promote_unasked(
    notebook, tmp_path
) -> None:
    page = notebook.page
    dialog = opened_dialog(page, "Promote to production")
    expect(dialog).to_contain_text("0 of 1 approvals")
    notebook.shot("sidebar-registry-approval-missing", tmp_path)
    dialog.get_by_role("button", name="Ask for approval").click()
    expect(card(page)).to_contain_text("approval asked for PRODUCTION", timeout=PATIENCE_MS)
    dialog = opened_dialog(page, "Promote to production")
    notebook.say(BOB_AGREES)
    dialog.get_by_role("button", name="Ask for approval").click()
    reason = page.get_by_role("dialog").get_by_role("textbox", name="Reason")
    expect(reason).to_be_visible(timeout=PATIENCE_MS)
    expect(card(page)).not_to_contain_text("prod/champion")
    notebook.shot("sidebar-registry-approved-meanwhile", tmp_path)
    reason.fill("bob looked at it")
    page.get_by_role("dialog").get_by_role(
        "button", name="Promote roses@1.0.0 to production"
    ).click()
    expect(card(page)).to_contain_text("prod/champion", timeout=PATIENCE_MS)


def test_the_dashboard_lives_while_the_sidebar_is_hidden(notebook, tmp_path) -> None:
    page = notebook.page
    notebook.command("application:toggle-left-area")
    notebook.command("trackbook:open-dashboard")
    article = page.locator(".jp-trackbook-Main").get_by_role("article")
    expect(article).to_have_count(1, timeout=PATIENCE_MS)
    notebook.page.evaluate(
        "async () => { await jupyterapp.commands.execute('docmanager:save-all'); }"
    )
    page.wait_for_timeout(2000)
    page.reload()
    expect(article).to_have_count(1, timeout=PATIENCE_MS)
    notebook.shot("sidebar-registry-dashboard-alone", tmp_path)
