"""What is left of panels in a saved notebook, and that a living kernel brings them back."""

from __future__ import annotations

import nbformat
import pytest

CELLS = [
    "shelf = Shelf([run(1), run(2, name=HOSTILE), run(3)])\npanel = ComparePanel(shelf)\npanel",
    "RunTable(shelf.runs())",
]


@pytest.fixture(scope="module")
def saved(open_notebook):
    notebook = open_notebook("saved", CELLS)
    notebook.run()
    notebook.page.wait_for_function(
        "() => document.querySelectorAll('.tb-grid').length === 2"
    )
    book = notebook.save()
    return notebook, book


def test_only_the_panel_is_seen_while_it_is_alive(saved):
    page = saved[0].page
    assert page.locator(".jp-OutputArea img").count() == 0
    assert page.locator(".jp-OutputArea .tb-box").count() == 0


def test_nothing_of_a_widget_is_in_the_file(saved):
    kinds = {kind for cell in saved[1].cells for out in cell.outputs for kind in out.data}
    assert kinds == {"text/html", "text/plain"}
    assert "widgets" not in saved[1].metadata


@pytest.mark.parametrize("trust", ["trusted", "from somebody else"])
def test_a_reopened_notebook_shows_table_and_plot_and_no_error(
    saved, open_notebook, lab, trust, tmp_path
):
    _, home = lab
    book = nbformat.from_dict(saved[1])
    if trust != "trusted":
        book.cells[1].outputs[0].data["text/html"] += "<p>changed by somebody</p>"
    nbformat.write(book, home / "reopened.ipynb")
    notebook = open_notebook("reopened")
    page = notebook.page
    page.get_by_role("img", name="plot of the runs compared").wait_for()
    assert (
        page.evaluate("() => document.querySelector('.jp-OutputArea img').naturalWidth")
        > 100
    )
    assert (
        page.locator(".jp-OutputArea td", has_text="<img src=x onerror=alert(1)>").count()
        == 2
    )
    assert page.locator("text=model not found").count() == 0
    assert page.locator(".tb-panel").count() == 0
    assert not notebook.dialogs
    assert not notebook.strangers
    notebook.shot(f"reopened-{trust.partition(' ')[0]}", tmp_path)


def test_the_picture_follows_what_was_picked(saved):
    notebook, _ = saved
    page = notebook.page
    page.locator(".tb-panel .tb-row[aria-selected=true]").first.click()
    page.mouse.move(5, 5)
    page.evaluate("() => document.activeElement?.blur()")
    page.wait_for_timeout(2500)
    assert "2 rows" in notebook.save().cells[1].outputs[0].data["text/html"]
    assert page.locator(".jp-OutputArea img").count() == 0


def test_reloading_the_page_finds_the_living_panel_again(saved):
    page = saved[0].page
    saved[0].load()
    page.wait_for_selector(".tb-panel .tb-row")
    assert page.locator(".jp-OutputArea img").count() == 0


def test_when_the_kernel_dies_the_picture_comes_back(saved):
    page = saved[0].page
    page.evaluate(
        "() => { void jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    page.get_by_role("img", name="plot of the runs compared").wait_for()
    assert page.locator(".tb-panel").count() == 0
