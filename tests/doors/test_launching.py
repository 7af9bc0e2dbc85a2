"""`trackbook run` and `%track run`, with real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

import trackbook
from trackbook.clock import new_id
from trackbook.doors.cli import main
from trackbook.doors.ipython import load
from trackbook.doors.session import Current
from trackbook.errors import Misused
from trackbook.runs import search
from trackbook.store import Store

v4 = nbformat.v4
SHELL = [sys.executable, "-c", "from trackbook.doors.cli import run; run()", "run"]

SCRIPT = """
import argparse, subprocess, sys, time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.5)
parser.add_argument("--batch-size", type=int, default=8)
parser.add_argument("--amp", action="store_true")
parser.add_argument("--label", default="plain")
parser.add_argument("--mode", choices=["good", "bad", "long"], default="good")
given = parser.parse_args()
Path("seen.txt").write_text(repr(vars(given)))

import trackbook

with trackbook.start_run("theirs"):
    trackbook.log_metric("loss", given.lr * 2)
print("password=hunter2hunter2", __name__)
if given.mode == "bad":
    raise ValueError("no good")
if given.mode == "long":
    kept = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("begun.txt").write_text(str(kept.pid))
    time.sleep(600)
"""

PROJECT = """
name: churn
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
      data: path
      label: {type: string, default: a b}
    command: "python train.py --lr {alpha} --label {label}"
  shell:
    parameters: {label: string, where: {type: uri, default: "s3://bucket/key"}}
    command: >
      printf '%s' {label} > bare.txt; printf '%s' "<{label}>" > double.txt;
      printf '%s' '<{label}>' > single.txt; python train.py --lr 3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project's folder with a script, an MLproject file and a long notebook."""
    made = tmp_path_factory.mktemp("project")
    (made / "train.py").write_text(SCRIPT)
    (made / "MLproject").write_text(PROJECT)
    (made / "data.csv").write_text("a,b\n1,2\n")
    cells = [
        v4.new_code_cell("lr = 0.5", metadata={"tags": ["parameters"]}),
        v4.new_code_cell("score = sum([lr, 0.25])"),
        v4.new_code_cell(
            "import subprocess, sys, time\nfrom pathlib import Path\n"
            "kept = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
            "Path('begun.txt').write_text(str(kept.pid))\ntime.sleep(600 * (lr > 0.6))"
        ),
    ]
    nbformat.write(v4.new_notebook(cells=cells), made / "note.ipynb")
    return made


def asked(folder: Path, *words: str):
    return subprocess.run(
        [*SHELL, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"TRACKBOOK_PROJECT": str(folder)},
        check=False,
    )


def every(folder: Path):
    store = Store(folder / ".trackbook")
    try:
        return {run.run_id: run for run in search(store, limit=None)}
    finally:
        store.close()


def rows(folder: Path, question: str, **values):
    store = Store(folder / ".trackbook")
    try:
        return store.rows(question, **values).rows
    finally:
        store.close()


def kept(folder: Path, run_id: str, path: str) -> str:
    from trackbook.artifacts import Artifacts

    ((digest,),) = rows(
        folder,
        "SELECT digest FROM tb.artifact WHERE run_id = $run AND path = $path",
        run=run_id,
        path=path,
    )
    with Artifacts(folder / ".trackbook" / "artifacts").open(digest) as file:
        return file.read().decode()


HOSTILE = "--x; rm -rf / $(touch pwned) `touch pwned` 'a' \"b\" \\ \n|&"


def test_a_script_is_one_run_and_its_params_are_its_options(folder) -> None:
    done = asked(folder, "train.py", "-P", "lr=0.25", "-P", "batch_size=4", "-P",
                 "amp=true", "-P", f"label={HOSTILE}", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["name"], said["experiment"]) == ("theirs", "train")
    assert said["metrics"] == {"loss": 0.5}
    assert said["params"] == {
        "lr": "0.25",
        "batch_size": "4",
        "amp": "True",
        "label": HOSTILE,
        "mode": "good",
    }
    assert "__main__" in done.stderr  # what it prints is passed on
    seen = (folder / "seen.txt").read_text()
    assert repr(HOSTILE) in seen and "'amp': True" in seen
    assert not (folder / "pwned").exists()
    output = kept(folder, said["run_id"], "output.txt")
    assert "__main__" in output and "hunter2" not in output


def test_a_script_that_fails_is_a_failed_run(folder) -> None:
    done = asked(folder, "train.py", "-P", "mode=bad", "--name", "worse", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said["exit_code"], said["status"]) == (1, 1, "FAILED")
    assert said["error"] == "exit code 1: ValueError: no good"
    assert (said["name"], said["metrics"]) == ("worse", {"loss": 1.0})
    trace = kept(folder, said["run_id"], "output.txt")
    assert f'File "{folder}/train.py"' in trace and "trackbook" not in trace


def test_an_entry_point_is_one_run(folder) -> None:
    done = asked(folder, ".", "-P", "data=data.csv", "-P", f"label={HOSTILE}", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["experiment"] == "churn"
    assert said["params"]["data"] == str(folder / "data.csv")
    assert said["params"]["alpha"] == "0.1"
    assert repr(HOSTILE) in (folder / "seen.txt").read_text()


def test_a_command_that_needs_a_shell_gets_values_and_not_code(folder) -> None:
    done = asked(folder, ".", "-e", "shell", "-P", f"label={HOSTILE}", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (folder / "bare.txt").read_text() == HOSTILE
    assert (folder / "double.txt").read_text() == f"<{HOSTILE}>"
    assert (folder / "single.txt").read_text() == f"<{HOSTILE}>"
    assert not (folder / "pwned").exists()
    assert said["metrics"] == {"loss": 6.0}  # the script that it starts joined the run
    assert said["params"]["where"] == "s3://bucket/key"
    assert every(folder)[said["run_id"]].status == "FINISHED"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train.py", "-P", "lrr=1"], "no param named 'lrr': did you mean 'lr'? (train.py"),
        (["train.py", "-P", "lr=fast"], "param 'lr' is 'fast': it must be a number"),
        (
            ["train.py", "-P", "mode=odd"],
            "param 'mode' is 'odd': it can be good, bad, long",
        ),
        (["train.py", "-P", "lr"], "-P 'lr' is no NAME=VALUE"),
        (["train.py", "-P", "lr=1", "-P", "lr=2"], "-P lr stands there twice"),
        (["train.py", "-e", "main"], "train.py has no entry points"),
        (["."], "entry point 'main' of churn needs data: give -P data=VALUE"),
        (["MLproject", "-P", "data=no.csv"], "param 'data': no file or folder 'no.csv'"),
        ([".", "-P", "data=s3://a/b"], "nothing is fetched"),
        ([".", "-P", "data=data.csv", "-P", "alph=1"], "did you mean 'alpha'?"),
        ([".", "-e", "shell", "-P", "label=a", "-P", "where=here"], "an address such as"),
        ([".", "-e", "shel"], "no entry point named 'shel': did you mean 'shell'?"),
        (["data.csv"], "cannot run 'data.csv': name a notebook (.ipynb)"),
        (["absent.py"], "absent.py': check the path"),
        (["train.py", "--env", "project"], "says nothing of an environment"),
        (["train.py", "--version", "HEAD"], "not a git repository"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(
    folder, words, said, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TRACKBOOK_PROJECT", str(folder))
    monkeypatch.setattr(Current, "book", None)
    before = set(every(folder)) if (folder / ".trackbook").exists() else set()
    assert main(["run", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
    assert (set(every(folder)) if before else set()) == before


@pytest.mark.parametrize(
    ("target", "sign"), [("note.ipynb", signal.SIGINT), ("train.py", signal.SIGTERM)]
)
def test_an_interrupt_ends_everything_and_loses_nothing(folder, target, sign) -> None:
    begun = folder / "begun.txt"
    begun.unlink(missing_ok=True)
    before = set(every(folder)) if (folder / ".trackbook").exists() else set()
    words = ["-P", "lr=0.75"] if target == "note.ipynb" else ["-P", "mode=long"]
    child = subprocess.Popen(
        [*SHELL, target, *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TRACKBOOK_PROJECT": str(folder)},
    )
    while not (begun.exists() and begun.read_text()):
        assert child.poll() is None, child.stderr.read()
        time.sleep(0.05)
    child.send_signal(sign)
    _, error = child.communicate()
    assert child.returncode == 130
    assert error.strip().splitlines()[-1] == "trackbook: interrupted", error
    assert "never retrieved" not in error
    assert is_gone(int(begun.read_text()))
    found = every(folder)
    ((run_id, run),) = ((i, one) for i, one in found.items() if i not in before)
    assert (run.status, run.metrics.popitem()[1]) == ("KILLED", 1.0)
    assert rows(
        folder, "SELECT outcome FROM tb.session_end WHERE session_id = $s", s=run.session_id
    ) == [("ended",)]  # it had time for its last words
    path = target if target == "note.ipynb" else "output.txt"
    assert kept(folder, run_id, path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Input data was truncated"),
        ("[1]", "Expected `object`, got `array`"),
        ('{"run_id": "x"}', "missing required field `name`"),
        ('{"run_id": "../../x", "name": "a"}', "run_id is '../../x', which is no run's id"),
        ('{"run_id": "%s", "name": ""}', "cannot name a run"),
        ('{"run_id": "%s", "name": "a", "params": [1]}', "Expected `object`, got `array`"),
        ('{"run_id": "%s", "name": "a", "relation": "child"}', "names no parent_run_id"),
    ],
)
def test_a_hostile_environment_is_said_in_one_line(
    text, said, tmp_path, shell_in, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("TRACKBOOK_LAUNCH", text.replace("%s", new_id()))
    monkeypatch.setattr(Current, "book", None)
    with shell_in(tmp_path) as shell:
        with pytest.raises(Misused, match="not what `trackbook run` writes") as error:
            trackbook.log_metric("loss", 1.0)
        assert said in str(error.value) and "\n" not in str(error.value)
        load(shell)
        assert capsys.readouterr().err == f"trackbook: {error.value}\n"
        assert "track" not in shell.magics_manager.magics["line"]
    assert not list((tmp_path / ".trackbook").rglob("*.tbj"))


def test_a_notebook_launches_parts_of_its_open_run(sheet, folder) -> None:
    import shutil

    shutil.copy(folder / "note.ipynb", sheet.project)
    sheet.ok("%track start outer", "%track run note.ipynb -P lr=0.25 --name 'part one'")
    shown = sheet.run("%track run note.ipynb -P 'lr=0.5'").result
    sheet.ok("%track stop")
    assert shown.exit_code == 0
    found = {run.name: run for run in sheet.runs()}
    outer = found["outer"]
    assert found["part one"].metrics == {"score": 0.5}
    for name in ("part one", "note-1"):
        assert (found[name].parent_run_id, found[name].relation) == (outer.run_id, "child")
    page = sheet.run("%track show note-1").result
    assert page.launched().rows[0] == ("target", f"{sheet.project}/note.ipynb")
    assert [(one.name, one.value, one.origin) for one in page.param_rows] == [
        ("lr", "0.5", "launch")
    ]
    assert "without a word" not in repr(page)
    assert "<b>note-1" in shown._repr_html_()
    proof = sheet.run("%track reproduce note-1").result
    assert (proof.verdict, proof.found.differences) == ("identical", [])
    assert sheet.run("%track reproduce outer").error_in_exec is not None


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False
