"""The registry panel in JupyterLab, as somebody who releases models uses it."""

from __future__ import annotations

from pathlib import Path

import pytest

PANELS = Path(__file__).parent.parent / "panels"
CELLS = [
    f"import sys\nsys.path.insert(0, {str(PANELS)!r})\n"
    "from sample_registry import furnished\n"
    "from trackbook.panels import RegistryPanel\n"
    "desk = furnished()\ndesk.slow(1.5)",
    "panel = RegistryPanel(desk, every_s=0.5)\npanel",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("registry", CELLS, samples=False, size=(1500, 1100))
    opened.run()
    opened.page.wait_for_selector(".tb-registry .tb-vcard", timeout=90_000)
    yield opened
    assert not opened.strangers
    assert not opened.dialogs
    assert not opened.errors


def test_look(notebook, tmp_path):
    page = notebook.page
    page.get_by_role("button", name="churn@1.5.0").first.wait_for()
    page.wait_for_timeout(1500)
    notebook.shot("board", tmp_path)
    page.locator(".tb-vcard", has_text="churn@1.5.0").click()
    page.get_by_role("heading", name="History of churn").wait_for()
    page.wait_for_timeout(500)
    notebook.shot("detail", tmp_path)
    page.get_by_role("button", name="Promote to PRODUCTION").click()
    page.wait_for_timeout(1200)
    notebook.shot("examining", tmp_path)
    page.get_by_role("textbox", name="Why?").wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    notebook.shot("asking", tmp_path)
    page.get_by_role("button", name="Close", exact=True).click()
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(2500)
    notebook.shot("dark", tmp_path)
