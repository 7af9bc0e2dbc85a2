"""`%track registry` in JupyterLab: from a fitted model to production by buttons, with a second person."""

from __future__ import annotations

import pytest

POLICY = """\
version = 1
[targets.staging]
require = ["package.intact", "security.scan", "load.clean_process"]
[targets.production]
extends = "staging"
approvals = { count = 1, not_author = true }
"""
CELLS = [
    "%load_ext trackbook\n%track quiet\n"
    "import os, trackbook\n"
    "from trackbook.doors.session import current_book\n"
    f"(current_book().project / 'trackbook.gates.toml').write_text({POLICY!r})",
    "from sklearn.datasets import load_iris\nfrom sklearn.linear_model import LogisticRegression\n"
    "X, y = load_iris(return_X_y=True, as_frame=True)\n"
    "model = LogisticRegression(max_iter=500).fit(X, y)\naccuracy = model.score(X, y)",
    "%track register model iris",
    "%track registry",
]
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("registry_door", CELLS, samples=False, size=(1300, 1150))
    opened.run()
    opened.page.wait_for_selector(".tb-registry .tb-vcard", timeout=PATIENCE_MS)
    yield opened
    opened.harmless()


def card(page):
    return page.locator(
        ".tb-vcard", has=page.get_by_role("button", name="iris@1.0.0", exact=True)
    )


def test_buttons_lead_to_production_when_a_second_person_agrees(notebook, tmp_path) -> None:
    page = notebook.page
    card(page).click()
    page.get_by_role("button", name="Promote to STAGING").click()
    why = page.get_by_role("textbox", name="Why?")
    why.wait_for(timeout=PATIENCE_MS)
    why.fill("a first try")
    page.locator(".tb-task").get_by_role("button", name="Promote to STAGING").click()
    page.get_by_role("button", name="Promote to PRODUCTION").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Promote to PRODUCTION").click()
    page.get_by_text("1 check keeps it out").first.wait_for(timeout=PATIENCE_MS)
    page.get_by_text("0 of 1 approvals").first.wait_for()
    notebook.shot("approval-missing", tmp_path)
    page.get_by_role("button", name="Close", exact=True).click()
    notebook.say("os.environ['JUPYTERHUB_USER'] = 'bob'; trackbook.approve('iris@1.0.0');"
              " del os.environ['JUPYTERHUB_USER']")  # fmt: skip
    card(page).get_by_text("approved 1").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Promote to PRODUCTION").click()
    why.wait_for(timeout=PATIENCE_MS)
    why.fill("bob looked at it")
    page.locator(".tb-task").get_by_role("button", name="Promote to PRODUCTION").click()
    card(page).get_by_text("prod/champion").wait_for(timeout=PATIENCE_MS)
    notebook.shot("champion", tmp_path)
