"""A cell that was edited and not executed stands on the card of the next run."""

from __future__ import annotations

import pytest

CELLS = (
    "%load_ext trackbook",
    "import numpy as np\nfrom sklearn.linear_model import Ridge\n"
    "X = np.arange(20.0).reshape(10, 2); y = X[:, 0] * 2 + 1",
    "alpha = 0.1",
    "lr = 0.1",
    "model = Ridge(alpha=lr * alpha).fit(X, y)\nacc = model.score(X, y)",
)
WRITE = (
    "([at, text]) => { jupyterapp.shell.currentWidget.content.widgets[at]"
    ".model.sharedModel.setSource(text); }"
)
GO = "(at) => { jupyterapp.shell.currentWidget.content.activeCellIndex = at; }"


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("doubts", CELLS, samples=False)
    opened.run()
    opened.page.locator(".tb-card").first.wait_for()
    return opened


def run_cell(notebook, at):
    notebook.page.evaluate(GO, at)
    notebook.command("notebook:run-cell")


@pytest.fixture(scope="module")
def edited(notebook):
    """The notebook after an edit that was saved and not executed, and another run."""
    assert notebook.page.locator(".tb-doubt").count() == 0
    notebook.page.evaluate(WRITE, [3, "lr = 0.01  # on screen"])
    notebook.save()
    run_cell(notebook, 4)
    notebook.page.locator(".tb-doubt").first.wait_for()
    return notebook


def test_the_card_says_what_is_on_screen_and_what_the_run_saw(edited) -> None:
    (said,) = edited.page.locator(".tb-doubt").all_inner_texts()
    assert "lr is 0.01 on screen, the run saw 0.1 (cell [4] was edited)" in said


def test_several_unfold_on_the_card_and_stay_readable(edited, tmp_path) -> None:
    edited.page.evaluate(WRITE, [2, "alpha = 7"])
    edited.page.evaluate(WRITE, [1, CELLS[1].replace("* 2", "* 3")])
    edited.save()
    run_cell(edited, 4)
    folded = edited.page.locator("details.tb-doubt")
    folded.wait_for()
    assert "and 2 more" in folded.locator("summary").inner_text()
    folded.locator("summary").click()
    assert folded.locator("li").count() == 2
    for theme in ("Light", "Dark"):
        edited.command("apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        for width in (1400, 560):
            edited.page.set_viewport_size({"width": width, "height": 900})
            edited.page.wait_for_timeout(1500)
            folded.scroll_into_view_if_needed()
            edited.shot(f"doubts-{theme}-{width}", tmp_path)
            box = folded.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width


def test_track_says_it_too(edited, tmp_path) -> None:
    edited.page.evaluate(WRITE, [0, "%track"])
    run_cell(edited, 0)
    edited.page.locator(".tb-note", has_text="`lr` is 0.01 on screen").first.wait_for()
    edited.page.evaluate(WRITE, [0, "%track show last"])
    run_cell(edited, 0)
    edited.page.locator(".tb-page", has_text="`lr` is 0.01 on screen").wait_for()
    edited.page.set_viewport_size({"width": 1200, "height": 900})
    edited.shot("doubts-page", tmp_path)
