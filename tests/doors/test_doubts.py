"""Doubts about runs in real kernels, driven by front ends that tell cell ids and that do not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from trackbook.book import Book
from trackbook.runs import search

CELLS = {
    "load": "%load_ext trackbook",
    "data": "import numpy as np\nfrom sklearn.linear_model import Ridge\n"
    "X = np.arange(20.0).reshape(10, 2); y = X[:, 0] * 2 + 1",
    "rate": "lr = 0.1",
    "fit": "model = Ridge(alpha=lr).fit(X, y)\nacc = model.score(X, y)",
}


class ThisPython(KernelManager):
    """Starts kernels of the interpreter that runs the tests."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="this")


class Lab:
    """A kernel that is told the cells' ids, as JupyterLab does, and the notebook's file."""

    def __init__(self, folder):
        self.file = folder / "work.ipynb"
        self.numbers = {}
        self.manager = ThisPython()
        env = {
            **os.environ,
            "JPY_SESSION_NAME": str(self.file),
            "TRACKBOOK_PROJECT": str(folder),
        }
        self.manager.start_kernel(cwd=str(folder), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def save(self, cells, *, in_s=0):
        cells = [
            nbformat.v4.new_code_cell(s, id=name, execution_count=self.numbers.get(name))
            for name, s in cells.items()
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), self.file)
        when = time.time() + in_s
        os.utime(self.file, (when, when))

    def run(self, cell_id, source):
        """Execute one cell; return what it showed, as text."""
        content = {"code": source, "silent": False, "store_history": True,
                   "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        asked = self.client.session.msg(
            "execute_request", content, metadata={"cellId": cell_id}
        )
        self.client.shell_channel.send(asked)
        shown = []
        while True:
            got = self.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
                continue
            if got["msg_type"] in ("display_data", "execute_result"):
                shown.append(got["content"]["data"]["text/plain"])
            if got["msg_type"] == "execute_input":
                self.numbers[cell_id] = got["content"]["execution_count"]
            if got["msg_type"] == "error":
                raise AssertionError(got["content"]["traceback"])
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                return " ".join(" ".join(shown).split())

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path)
    yield made
    made.close()


def test_an_edit_shows_on_the_next_card_in_track_and_in_the_shell(lab, tmp_path) -> None:
    lab.save(CELLS, in_s=-60)
    assert "⚠" not in "".join([lab.run(name, source) for name, source in CELLS.items()])
    lab.save({**CELLS, "rate": "lr = 0.01"})
    words = "`lr` is 0.01 on screen, the run saw 0.1 (cell [3] was edited)"
    assert words in lab.run("more", "import time; time.sleep(0.3)\n" + CELLS["fit"])
    assert words in lab.run("ask", "%track")
    assert words in lab.run("ask", "%track show last")
    lab.run("ask", "%unload_ext trackbook")
    shown = subprocess.run(
        [Path(sys.executable).with_name("trackbook"), "show", "last~1"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "TRACKBOOK_PROJECT": str(tmp_path)},
    )  # fmt: skip
    assert "`lr` is 0.01 on screen, the run saw 0.1" in " ".join(shown.stdout.split())


def test_a_notebook_run_from_the_top_by_a_runner_has_nothing_against_it(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("TRACKBOOK_PROJECT", str(tmp_path))
    monkeypatch.setenv("TRACKBOOK_NOTEBOOK", str(tmp_path / "work.ipynb"))
    cells = [
        CELLS["load"],
        "lr = 0.5",
        "# Parameters\nlr = 0.1",
        CELLS["data"],
        CELLS["fit"],
        CELLS["fit"],
    ]
    saved = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in cells if "#" not in c]
    )
    nbformat.write(saved, tmp_path / "work.ipynb")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(
        notebook,
        resources={"metadata": {"path": str(tmp_path)}},
        kernel_manager_class=ThisPython,
    ).execute()
    nbformat.write(saved, tmp_path / "work.ipynb")
    book = Book(tmp_path)
    runs = search(book.store, limit=None)
    assert [list(book.doubts.now(run)) for run in runs] == [[], []]
    book.close()
