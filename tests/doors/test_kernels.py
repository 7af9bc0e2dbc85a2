"""Real kernels, driven by the front ends that people use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from trackbook.book import Book
from trackbook.runs import search

CELLS = (
    "%load_ext trackbook",
    "from sklearn.datasets import load_iris\nfrom sklearn.tree import DecisionTreeClassifier\n"
    "X, y = load_iris(return_X_y=True)",
    "depth = 2\ntree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y)",
    "acc = tree.score(X, y)",
)


class ThisPython(KernelManager):
    """Starts kernels of the interpreter that runs the tests."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, language="python", display_name="this")


def notebook_of(*sources: str):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


def execute(notebook, folder: Path):
    NotebookClient(
        notebook,
        resources={"metadata": {"path": str(folder)}},
        kernel_manager_class=ThisPython,
    ).execute()
    return notebook


def runs_in(folder: Path):
    book = Book(folder)
    try:
        return search(book.store, limit=None)[::-1]
    finally:
        book.close()


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    for name in ("TRACKBOOK_PROJECT", "TRACKBOOK_NOTEBOOK", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))


def test_a_notebook_without_a_name_is_recorded_all_the_same(tmp_path) -> None:
    execute(notebook_of(*CELLS), tmp_path)
    (run,) = runs_in(tmp_path)
    assert (run.status, run.notebook, run.params["depth"]) == ("FINISHED", None, "2")
    assert run.metrics["acc"] > 0.9
    assert len(run.notebook_hash) == 32


def test_the_notebook_hash_survives_execution_and_changes_with_code(tmp_path) -> None:
    file = tmp_path / "iris.ipynb"
    hashes = []
    for sources in (CELLS, CELLS, (*CELLS[:2], CELLS[2].replace("2", "3"), CELLS[3])):
        notebook = notebook_of(*sources)
        nbformat.write(notebook, file)
        os.environ["TRACKBOOK_NOTEBOOK"] = str(file)
        try:
            nbformat.write(execute(notebook, tmp_path), file)
        finally:
            del os.environ["TRACKBOOK_NOTEBOOK"]
        hashes.append(runs_in(tmp_path)[-1].notebook_hash)
    assert hashes[0] == hashes[1]
    assert hashes[1] != hashes[2]
    assert {run.experiment for run in runs_in(tmp_path)} == {"iris"}


def test_a_kernel_started_anew_goes_on_with_the_tree_of_variations(tmp_path) -> None:
    for _ in range(2):
        execute(notebook_of(*CELLS[:2], "import time; time.sleep(2)", CELLS[2]), tmp_path)
    first, second = runs_in(tmp_path)
    assert second.parent_run_id == first.run_id
    assert (first.name, second.name) == (
        "DecisionTreeClassifier-1",
        "DecisionTreeClassifier-2",
    )


def test_papermill_parameters_are_params(tmp_path) -> None:
    notebook = notebook_of("level = 1", *CELLS)
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.cells.insert(0, notebook.cells.pop(1))
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "language": "python",
        "display_name": "p",
    }
    nbformat.write(notebook, tmp_path / "in.ipynb")
    subprocess.run(
        [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "-p", "level", "7"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (run,) = runs_in(tmp_path)
    assert run.params["level"] == "7"


def test_several_kernels_work_on_one_project_at_once(tmp_path) -> None:
    code = (
        "import sys, nbformat; sys.path.insert(0, sys.argv[1]); import test_kernels as t\n"
        "from pathlib import Path\n"
        "t.execute(t.notebook_of(*t.CELLS, *[t.CELLS[2]] * 5, '%track runs'), Path(sys.argv[2]))"
    )
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)]
        )
        for _ in range(4)
    ]
    assert [job.wait(240) for job in jobs] == [0, 0, 0, 0]
    assert len(runs_in(tmp_path)) == 24


def test_a_front_end_that_sends_cell_ids_gets_parents_for_edited_cells(tmp_path) -> None:
    manager = ThisPython()
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        for source, cell in (
            (CELLS[0], "a"),
            (CELLS[1], "b"),
            (CELLS[2], "c"),
            (CELLS[2].replace("2", "4"), "c"),
        ):
            content = {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
            }
            message = client.session.msg(
                "execute_request", content, metadata={"cellId": cell}
            )
            client.shell_channel.send(message)
            assert client.get_shell_msg(timeout=60)["content"]["status"] == "ok"
        reply = client.complete("%track sho", reply=True, timeout=60)
        assert "show" in str(reply["content"]["matches"])
        reply = client.complete("%track show Dec", reply=True, timeout=60)
        assert "DecisionTreeClassifier-2" in str(reply["content"]["matches"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    first, second = runs_in(tmp_path)
    assert second.parent_run_id == first.run_id
    assert (first.params["depth"], second.params["depth"]) == ("2", "4")
    book = Book(tmp_path)
    rows = book.store.rows("SELECT DISTINCT cell_id FROM cells ORDER BY 1").rows
    assert rows == [("b",), ("c",)]


def test_what_a_killed_kernel_recorded_is_there(tmp_path) -> None:
    manager = ThisPython()
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    source = "import trackbook, os, signal\ntrackbook.start_run('doomed')\ntrackbook.log_metric('loss', 1.5)\n"
    client.execute_interactive(CELLS[0], timeout=60)
    client.execute(source + "os.kill(os.getpid(), signal.SIGKILL)")
    while manager.is_alive():
        pass
    client.stop_channels()
    manager.cleanup_resources()
    (run,) = runs_in(tmp_path)
    assert (run.name, run.status, dict(run.metrics)) == ("doomed", "KILLED", {"loss": 1.5})
    assert json.dumps(dict(run.metrics))
