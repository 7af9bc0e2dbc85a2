"""A sweep in a notebook: its panel stands under the cell, and its list answers elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

MODULE = "def score(x, k='a'):\n    return {'acc': x * 2.0}\n"
CELLS = (
    "%load_ext trackbook",
    "%track sweep toys:score x=1..3 k=a,<b> --metric acc --maximize --jobs 2",
    "%track sweeps",
)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A notebook that a real kernel has executed, and its project."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "toys.py").write_text(MODULE)
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKBOOK_PROJECT", str(folder))
        NotebookClient(
            notebook, resources={"metadata": {"path": str(folder)}}, timeout=120
        ).execute()
    return folder, notebook


def shell(folder, *words):
    done = subprocess.run(
        [sys.executable, "-c", "from trackbook.doors.cli import run; run()", *words],
        capture_output=True, text=True, check=False, cwd=folder,
        env=os.environ | {"TRACKBOOK_PROJECT": str(folder)},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_panel_of_a_sweep_stands_under_its_cell_with_its_last_picture(swept) -> None:
    _, notebook = swept
    pictures = [
        output.data["text/html"]
        for output in notebook.cells[1].outputs
        if "trackbook-live-" in output.get("data", {}).get("text/html", "")
    ]
    assert len(pictures) == 1
    assert "sweep-1: finished, 6 of 6 done; best acc 6" in pictures[0]
    assert "<b>" not in pictures[0]


def test_sweeps_are_listed_and_one_is_told_with_its_trials(swept) -> None:
    folder, _ = swept
    code, said = shell(folder, "sweeps", "--json")
    (row,) = json.loads(said)
    assert (code, row["name"], row["best_value"], row["done"]) == (0, "sweep-1", 6.0, 6)
    code, said = shell(folder, "sweeps", "last")
    assert code == 0
    assert "sweep-1" in said and "6" in said
    code, said = shell(folder, "sweeps", "sweep-1/1", "--json")
    assert code == 0 and len(json.loads(said)) == 6


def test_what_is_no_sweep_is_said(swept) -> None:
    folder, _ = swept
    code, said = shell(folder, "sweeps", "nothing")
    assert code == 2
    assert "no run" in said


PROJECT = """\
name: apples
entry_points:
  main:
    command: "python -c 'raise SystemExit(3)'"
  short:
    parameters: {x: float, y: {type: float, default: 1}}
    command: "python short.py {x} {y}"
"""
SCRIPT = """\
import sys, trackbook
trackbook.log_metric("product", float(sys.argv[1]) * float(sys.argv[2]))
"""


def test_an_entry_point_of_a_project_is_swept_and_gone_on_with(tmp_path) -> None:
    (tmp_path / "apples").mkdir()
    (tmp_path / "apples" / "MLproject").write_text(PROJECT)
    (tmp_path / "apples" / "short.py").write_text(SCRIPT)
    better = "--metric", "product", "--maximize", "--jobs", "2"
    words = "sweep", "apples", "-e", "short", "x=1,2,4", *better
    code, said = shell(tmp_path, *words, "--budget", "2")
    assert code == 0, said
    code, said = shell(tmp_path, "sweep", "--resume", "last", "--budget", "3")
    assert code == 0, said
    code, said = shell(tmp_path, "sweeps", "last", "--json")
    assert [row["product"] for row in json.loads(said)] == [4.0, 2.0, 1.0]
    code, said = shell(tmp_path, "sweep", "apples:short", "x=3", *better)
    assert code == 0 and "best product 3" in said


def test_an_entry_point_of_what_has_none_is_refused(tmp_path) -> None:
    (tmp_path / "MLproject").write_text(PROJECT)
    (tmp_path / "short.py").write_text(SCRIPT)
    code, said = shell(tmp_path, "sweep", "short.py", "-e", "short", "x=1")
    assert (code, "leave -e out" in said) == (2, True)
    code, said = shell(tmp_path, "sweep", ".", "-e", "shrt", "x=1")
    assert (code, "did you mean 'short'" in said) == (2, True)
    code, said = shell(tmp_path, "sweep", ".", "-e", "short", "z=1")
    assert (code, "z" in said) == (2, True)
