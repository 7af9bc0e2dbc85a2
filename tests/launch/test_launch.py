"""Launched runs, with real kernels and processes."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest

from trackbook.clock import new_id
from trackbook.errors import Misused, NotFound
from trackbook.launch import Typed, run, run_notebook
from trackbook.runs import search
from trackbook.store import Store

v4 = nbformat.v4


def cell(source: str, *tags: str):
    return v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def written(file: Path, *cells) -> Path:
    nbformat.write(v4.new_notebook(cells=list(cells)), file)
    return file


def rows(project: Path, question: str):
    store = Store(project / ".trackbook")
    try:
        return store.rows(question).rows
    finally:
        store.close()


def every(project: Path):
    store = Store(project / ".trackbook")
    try:
        return search(store, limit=None)
    finally:
        store.close()


def runs(project: Path):
    return {run.name: run for run in every(project)}


TRAINING = (
    cell("import trackbook\nlr = 0.5\nlabel = 'none'\nfolds: int", "parameters"),
    cell("assert isinstance(folds, int)\nprint('lr is', lr)\nloss = lr * 2 / folds"),
    cell(
        "with trackbook.start_run('mine') as run:\n"
        "    trackbook.log_metric('inner', 1.0)\n"
        "run"
    ),
    cell(
        "with trackbook.start_run('second'):\n    trackbook.log_metric('inner', 2.0)\n"
        "trackbook.log_metric('after', 3.0)"
    ),
)


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """Two runs of one notebook at the same time, each from a process of its own."""
    folder = tmp_path_factory.mktemp("launched")
    project = folder / "project"
    file = written(folder / "train.ipynb", *TRAINING)
    before = file.read_bytes()
    parent = new_id()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        given = {"folds": 2, "label": "x'; import os #\n\"\\"}
        first = pool.submit(run_notebook, file, {"lr": 0.1, **given}, project=project)
        second = pool.submit(
            run_notebook,
            file,
            {"lr": 0.2, **given},
            project=project,
            parent_run_id=parent,
            name="trial",
            experiment="sweep/one",
        )
        ended = first.result(), second.result()
    assert file.read_bytes() == before
    return project, ended, parent, file


def test_a_notebook_is_one_run_with_its_params(launched) -> None:
    project, (first, second), parent, file = launched
    assert first.status == second.status == "FINISHED"
    found = runs(project)
    own = found["mine"]  # nobody named it, so its first start_run() did
    assert own.run_id == first.run_id
    assert own.params["lr"] == "0.1"
    assert own.params["label"] == "x'; import os #\n\"\\"
    assert own.metrics == {"loss": 0.1, "inner": 1.0, "after": 3.0}
    assert (own.experiment, own.notebook, own.origin) == ("train", str(file), "launch")
    trial = found["trial"]
    assert (trial.run_id, trial.parent_run_id) == (second.run_id, parent)
    assert (trial.relation, trial.experiment) == ("child", "sweep/one")
    assert trial.metrics["loss"] == pytest.approx(0.2)
    origins = rows(
        project,
        f"SELECT name, origin FROM tb.param WHERE run_id = '{first.run_id}' AND name = 'lr'",
    )
    assert origins == [("lr", "launch")]


def test_runs_begun_inside_are_the_run_itself_and_then_its_children(launched) -> None:
    project, (first, _), _, _ = launched
    inner = [
        (run.name, run.relation, run.metrics)
        for run in every(project)
        if run.parent_run_id == first.run_id
    ]
    assert inner == [("second", "child", {"inner": 2.0})]


def test_what_was_executed_is_on_record_with_its_outputs(launched) -> None:
    project, (first, _), _, file = launched
    ((target, kind, params, digest),) = rows(
        project,
        "SELECT target, target_kind, params, target_digest FROM tb.launch"
        f" WHERE run_id = '{first.run_id}'",
    )
    assert (target, kind) == (str(file), "notebook")
    assert json.loads(params)["folds"] == 2
    ((path, artifact),) = rows(
        project, f"SELECT path, digest FROM tb.artifact WHERE run_id = '{first.run_id}'"
    )
    assert path == "train.ipynb"
    from trackbook.artifacts import Artifacts

    with Artifacts(project / ".trackbook" / "artifacts").open(artifact) as kept:
        notebook = nbformat.reads(kept.read().decode(), as_version=4)
    assert notebook.cells[1].metadata.tags == ["injected-parameters"]
    assert notebook.cells[2].outputs[0].text == "lr is 0.1\n"
    assert digest.startswith("b3-") and digest != artifact


def test_what_cannot_be_meant_starts_nothing(tmp_path) -> None:
    file = written(tmp_path / "train.ipynb", *TRAINING)
    with pytest.raises(NotFound, match="no param named 'fold': did you mean 'folds'"):
        run_notebook(file, {"fold": 1}, project=tmp_path)
    with pytest.raises(Misused, match=r"train.ipynb needs folds: give -P folds=VALUE"):
        run_notebook(file, {"lr": 1}, project=tmp_path)
    with pytest.raises(Misused, match="param 'lr' is 'fast': it must be a number"):
        run_notebook(file, {"lr": Typed("fast"), "folds": 2}, project=tmp_path)
    with pytest.raises(NotFound, match="no notebook, script or project"):
        run(tmp_path / "absent.ipynb", project=tmp_path)
    assert not (tmp_path / ".trackbook").exists()


def test_a_cell_that_fails_ends_the_run_and_keeps_what_came_before(tmp_path) -> None:
    file = written(
        tmp_path / "bad.ipynb",
        cell("score = sum([0.25, 0.5])"),
        cell("1 / 0"),
        cell("score = sum([9.0])"),
    )
    done = run_notebook(file, project=tmp_path)
    assert (done.status, done.error) == (
        "FAILED",
        "cell 2: ZeroDivisionError: division by zero",
    )
    found = runs(tmp_path)["bad-1"]
    assert (found.status, found.metrics) == ("FAILED", {"score": 0.75})
    done = run_notebook(
        written(tmp_path / "slow.ipynb", cell("import time; time.sleep(60)")),
        project=tmp_path,
        timeout_s=1,
    )
    assert (done.status, done.error) == ("FAILED", "it took more than 1 s")
    assert done.wall_s < 30
    dead = written(tmp_path / "dead.ipynb", cell("import os, signal"), cell("os._exit(3)"))
    done = run_notebook(dead, project=tmp_path)
    assert (done.status, done.error) == ("FAILED", "cell 2: the kernel died in it")
    assert {run.status for run in runs(tmp_path).values()} == {"FAILED"}


def test_all_that_a_launched_session_records_belongs_to_its_run(tmp_path) -> None:
    file = written(
        tmp_path / "all.ipynb",
        cell("%load_ext trackbook\nimport subprocess, sys, trackbook"),
        cell("from sklearn.linear_model import Ridge\nX, y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.5]"),
        cell("Ridge(alpha=1.0).fit(X, y)\nsecond = Ridge(alpha=2.0).fit(X, y)"),
        cell("%%track named\nloss = sum([0.5])"),
        cell("with trackbook.start_run():\n    pass\ntrackbook.end_run()\ntrackbook.log_metric('after', 1)"),
        cell(
            "said = \"import trackbook; trackbook.log_metric('from_a_child', 2.0)\"\n"
            "assert subprocess.run([sys.executable, '-c', said]).returncode == 0"
        ),
        cell("with trackbook.start_run('deep', nested=True):\n    trackbook.log_metric('deep', 3)"),
    )  # fmt: skip
    done = run_notebook(file, project=tmp_path, name="whole")
    assert (done.status, done.error) == ("FINISHED", None)
    found = every(tmp_path)
    (own,) = [run for run in found if run.run_id == done.run_id]
    assert (own.name, own.status, own.parent_run_id) == ("whole", "FINISHED", None)
    assert own.metrics == {"after": 1.0, "from_a_child": 2.0}
    children = {run.name: run for run in found if run is not own}
    assert set(children) == {"Ridge-1", "Ridge-2", "named", "deep"}
    assert {run.parent_run_id for run in children.values()} == {done.run_id}
    assert {run.relation for run in children.values()} == {"child"}
    assert children["named"].metrics == {"loss": 0.5}


LOOP = """
import sys, torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(20):
    optimizer.zero_grad()
    model(torch.ones(2, 4)).square().mean().backward()
    optimizer.step()
sys.exit(CODE)
"""


@pytest.mark.parametrize(("code", "status"), [(0, "FINISHED"), (3, "FAILED")])
def test_the_losses_of_a_program_are_on_record_to_the_last(tmp_path, code, status) -> None:
    (tmp_path / "loop.py").write_text(LOOP.replace("CODE", str(code)))
    done = run(tmp_path / "loop.py", project=tmp_path)
    assert done.status == status
    question = "SELECT count(*), max(step) FROM metrics WHERE name = 'train.loss'"
    assert rows(tmp_path, question) == [(20, 20)]


WITHOUT_JUPYTER = """
import sys
from importlib.machinery import PathFinder
GONE = {"jupyter_client", "jupyter_core", "nbclient", "nbformat", "ipykernel", "papermill"}
class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in GONE else PathFinder.find_spec(name, path, target)
sys.meta_path[:] = [Finder if each is PathFinder else each for each in sys.meta_path]
from trackbook.doors.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_scripts_run_where_no_jupyter_is_installed_and_notebooks_say_what_is_missing(
    tmp_path,
) -> None:
    (tmp_path / "main.py").write_text("lr = 0.1\nprint(lr)\n")
    (tmp_path / "sheet.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )

    def said(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_JUPYTER, *words],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stderr.strip()

    assert said("run", "main.py")[0] == 0
    assert said("run", "sheet.ipynb") == (
        2,
        "trackbook: run needs nbclient and ipykernel and papermill for notebooks:"
        " pip install 'trackbook[run]'",
    )
