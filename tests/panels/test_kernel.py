"""A panel in a real kernel: what it leaves in the notebook, and that it prints nowhere."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SAMPLES = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from sample_runs import HOSTILE, Shelf, run
from trackbook.panels import ComparePanel, RunTable
shelf = Shelf([run(1), run(2, name=HOSTILE), run(3)])
"""
CELLS = [
    SAMPLES,
    "panel = ComparePanel(shelf, every_s=0.05)\npanel",
    "import time\nshelf.add(run(9))\ntime.sleep(1)",
    "len(panel._runs), panel._follower.is_following",
    "RunTable(shelf.runs())",
]


@pytest.fixture(scope="module")
def cells():
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS]
    )
    NotebookClient(book, kernel_name="python3", timeout=120).execute()
    nbformat.validate(book)
    return book.cells


def test_a_panel_leaves_a_table_and_a_picture_and_no_widget(cells):
    (output,) = cells[1].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "&lt;img src=x onerror=alert(1)&gt;" in output.data["text/html"]
    assert "data:image/svg+xml;base64," in output.data["text/html"]
    assert "learning_rate" in output.data["text/plain"]


def test_following_adds_runs_and_prints_nothing_into_running_cells(cells):
    assert cells[2].outputs == []
    assert cells[3].outputs[0].data["text/plain"] == "(4, True)"


def test_a_table_of_runs_leaves_a_table(cells):
    assert "<table" in cells[4].outputs[0].data["text/html"]
