"""What a user sees of `%track lineage` in a kernel and in a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

CELLS = (
    "%load_ext trackbook",
    "from sklearn.datasets import load_iris\nfrom sklearn.tree import DecisionTreeClassifier\n"
    "X, y = load_iris(return_X_y=True)",
    "acc = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y).score(X, y)",
    "%track lineage last",
    "print(repr(get_ipython().run_line_magic('track', 'lineage last')))",
)


class ThisPython(KernelManager):
    """Starts kernels of the interpreter that runs the tests."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="this")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A folder with a project, and the notebook that made it, executed."""
    folder: Path = tmp_path_factory.mktemp("lineage")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook,
        resources={"metadata": {"path": str(folder)}},
        kernel_manager_class=ThisPython,
    ).execute()
    return folder, notebook


def trackbook(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from trackbook.doors.cli import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False,
        cwd=folder,
    )  # fmt: skip


def test_a_notebook_shows_a_panel_with_a_picture_that_stays(executed) -> None:
    _, notebook = executed
    (shown,) = notebook.cells[3].outputs
    assert "things within" in shown.data["text/html"]
    assert "data:image/svg+xml" in shown.data["text/html"]


def test_the_text_leads_from_a_run_to_its_cells_and_data(executed) -> None:
    _, notebook = executed
    text = notebook.cells[4].outputs[0].text
    assert text.startswith("DecisionTreeClassifier-1: ")
    below = text.partition("rests on\n")[2]
    assert "execution [2]" in below
    assert "dataset X" in below


def test_a_shell_gives_the_tree_the_graph_and_rows(executed) -> None:
    folder, _ = executed
    assert "DecisionTreeClassifier-1  acc 0.66667" in trackbook(folder, "lineage").stdout
    graph = trackbook(folder, "lineage", "last", "--form", "mermaid").stdout
    assert graph.startswith("flowchart LR\n")
    ties = json.loads(trackbook(folder, "lineage", "last", "--json").stdout)
    assert {"execution", "dataset"} <= {tie["from_kind"] for tie in ties}


def test_a_thing_that_is_not_there_is_one_clear_line(executed) -> None:
    folder, _ = executed
    told = trackbook(folder, "lineage", "nope")
    assert told.returncode == 2
    assert told.stderr.startswith(
        "trackbook: no run, dataset, cell, file, version or variable 'nope'"
    )
