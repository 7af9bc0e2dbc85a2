"""A program's run executed again from the code that really ran."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from trackbook.errors import Misused, NotFound
from trackbook.launch import program_of, reproduce_program, run
from trackbook.reproduce import Terms
from trackbook.runs import search
from trackbook.store import Store

TRAIN = """\
import argparse, random
import helper, trackbook
options = argparse.ArgumentParser()
options.add_argument("--lr", type=float, default=0.1)
options.add_argument("--far", action="store_true")
options.add_argument("--out", default="out.txt")
given = options.parse_args()
random.seed(3)
trackbook.log_metric("loss", given.lr * helper.factor() + random.random() * given.far)
with trackbook.start_run("inner", nested=True):
    trackbook.log_metric("depth", 2 + helper.factor())
open(given.out, "a").write("was here\\n")
"""
HELPER = "def factor():\n    return 2.0\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with a program of two files."""
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "helper.py").write_text(HELPER)
    return tmp_path


def launched(folder, target="train.py", params=None):
    done = run(folder / target, params or {}, project=folder)
    assert done.status == "FINISHED", done.error


def recorded(folder):
    store = Store(folder / ".trackbook")
    return store, search(store, "", limit=None)


def test_a_program_is_executed_again_as_it_was_and_changes_nothing(
    folder, monkeypatch
) -> None:
    monkeypatch.chdir(folder)
    launched(folder, params={"lr": 0.5, "far": True, "out": str(folder / "out.txt")})
    (folder / "helper.py").write_text("def factor():\n    return 5.0\n")
    (folder / "train.py").unlink()
    before = {file.name: file.read_bytes() for file in folder.glob("*.*") if file.is_file()}
    store, runs = recorded(folder)
    assert {one.name for one in runs} == {"train-1", "inner"}
    for one in runs:  # the one that it opened itself too
        proven = reproduce_program(store, one)
        assert proven.found.verdict == "identical", proven.found
        assert proven.found.execution_count == 1
    after = {file.name: file.read_bytes() for file in folder.glob("*.*") if file.is_file()}
    assert after == before
    assert len(recorded(folder)[1]) == 2  # no new runs in the project


def test_what_goes_by_chance_is_told_with_how_far(folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "train.py").write_text(
        "import random, trackbook\ntrackbook.log_metric('loss', random.random())\n"
    )
    launched(folder)
    store, (one,) = recorded(folder)
    proven = reproduce_program(store, one)
    assert (proven.found.verdict, proven.found.cause) == ("different", "nondeterministic")
    assert "loss" in proven.found.differences[0]
    assert any("no seed is set" in said for said in proven.found.blames)
    proven = reproduce_program(store, one, Terms(tries=3))
    assert [noise.metric for noise in proven.noise] == ["loss"]


def test_a_program_that_fails_now_or_takes_too_long_is_told(folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "train.py").write_text(
        "import time, trackbook\nfrom pathlib import Path\n"
        "trackbook.log_metric('rows', len(Path('data.txt').read_text()))\n"
        "time.sleep(30 * (Path('data.txt').read_text() == 'slow'))\n"
    )
    (folder / "data.txt").write_text("fast")
    launched(folder)
    store, (one,) = recorded(folder)
    (folder / "data.txt").write_text("slow")
    found = reproduce_program(store, one, Terms(timeout_s=5)).found
    assert found.verdict == "failed" and "more than 5 s" in found.differences[0]
    (folder / "data.txt").unlink()
    found = reproduce_program(store, one).found
    assert found.verdict == "failed"
    assert (
        "data.txt" in found.differences[0] and "FileNotFoundError" in found.differences[0]
    )


def test_a_program_may_not_write_where_it_worked_at_first(folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    here = repr(str(folder / "kept.txt"))
    (folder / "train.py").write_text(
        f"import trackbook\ntrackbook.log_metric('x', 1)\nopen({here}, 'a').write('once ')\n"
    )
    launched(folder)
    store, (one,) = recorded(folder)
    found = reproduce_program(store, one).found
    assert found.verdict == "failed" and "no cell change the files" in found.differences[0]
    assert (folder / "kept.txt").read_text() == "once "


PROJECT = """\
name: apples
entry_points:
  main: {parameters: {lr: float}, command: "python train.py --lr={lr}"}
  shell: {command: "echo hello"}
"""


def test_an_entry_point_is_executed_again_as_long_as_its_project_says_the_same(
    folder, tmp_path_factory, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    (folder / "MLproject").write_text(PROJECT)
    launched(folder, "", {"lr": 0.25})
    store, runs = recorded(folder)
    one = next(each for each in runs if each.name != "inner")
    assert reproduce_program(store, one).found.verdict == "identical"
    (folder / "MLproject").write_text(PROJECT.replace("apples", "pears"))
    with pytest.raises(NotFound, match="MLproject is not what it was when apples-1 ran"):
        reproduce_program(store, one)


def test_a_script_in_a_folder_without_a_project_file_is_executed_again(
    folder, tmp_path_factory, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    done = run(folder, {"lr": 0.5}, project=folder, entry="train.py")
    assert done.status == "FINISHED", done.error
    (folder / "train.py").write_text("raise SystemExit(3)")
    store, runs = recorded(folder)
    assert {reproduce_program(store, one).found.verdict for one in runs} == {"identical"}


def test_a_program_that_lies_elsewhere_is_executed_again_too(
    folder, tmp_path_factory, monkeypatch
) -> None:
    where = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(where)
    launched(folder)
    assert (where / "out.txt").read_text() == "was here\n"
    store, runs = recorded(folder)
    (folder / "helper.py").unlink()
    assert {reproduce_program(store, one).found.verdict for one in runs} == {"identical"}
    assert (where / "out.txt").read_text() == "was here\n"


def test_a_program_of_an_earlier_commit_is_executed_again_from_there(
    folder, monkeypatch
) -> None:
    def git(*words):
        person = "-c", "user.name=A", "-c", "user.email=a@b.c"
        subprocess.run(
            ["git", *person, *words], cwd=folder, check=True, capture_output=True
        )

    monkeypatch.chdir(folder)
    git("init", "-q", "-b", "main")
    git("add", "train.py", "helper.py")
    git("commit", "-q", "-m", "one")
    (folder / "helper.py").write_text("def factor():\n    return 7.0\n")
    git("commit", "-q", "-a", "-m", "two")
    done = run(folder / "train.py", {"lr": 1.0}, project=folder, revision="HEAD~1")
    assert done.status == "FINISHED", done.error
    (folder / "train.py").write_text("raise SystemExit(3)")
    git("commit", "-q", "-a", "-m", "three")  # HEAD~1 is another one now
    store, runs = recorded(folder)
    one = next(each for each in runs if each.name != "inner")
    assert one.metrics["loss"] == 2.0
    assert reproduce_program(store, one).found.verdict == "identical"


def test_a_module_that_lies_elsewhere_and_changed_is_blamed(
    folder, tmp_path_factory, monkeypatch
) -> None:
    monkeypatch.chdir(folder)
    shared = tmp_path_factory.mktemp("shared")
    (folder / "helper.py").rename(shared / "helper.py")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(shared), *sys.path]))
    launched(folder)
    # Of another size: in the same second Python would take its compiled code for the old.
    (shared / "helper.py").write_text("def factor():\n    return 30.0\n")
    store, runs = recorded(folder)
    one = next(each for each in runs if each.name != "inner")
    found = reproduce_program(store, one).found
    assert (found.verdict, found.cause) == ("different", "external")
    assert f"{shared / 'helper.py'} has changed" in found.blames[0]


def test_what_cannot_be_executed_as_it_was_is_refused_in_a_line(
    folder, monkeypatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "count.sh").write_text("echo 1\n")
    launched(folder, "count.sh")
    store, (one,) = recorded(folder)
    with pytest.raises(Misused, match="no metrics and no models"):
        reproduce_program(store, one)
    (folder / "train.py").write_text(
        "import argparse, trackbook\nask = argparse.ArgumentParser()\n"
        "ask.add_argument('--password')\nask.parse_args()\ntrackbook.log_metric('x', 1)\n"
    )
    launched(folder, params={"password": "tell-nobody"})
    store, runs = recorded(folder)
    with pytest.raises(
        Misused, match="had a secret for 'password', which is not on record"
    ):
        reproduce_program(store, next(each for each in runs if each.metrics))


def test_a_shells_own_metrics_are_not_run_again(folder, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "count.sh").write_text("python counts.py; rm -f data.txt\n")
    (folder / "counts.py").write_text("import trackbook\ntrackbook.log_metric('x', 1)\n")
    launched(folder, "count.sh")
    store, runs = recorded(folder)
    one = next(each for each in runs if each.metrics)
    assert program_of(store, one) is not None
    with pytest.raises(Misused, match="is no Python program's"):
        reproduce_program(store, one)


def test_the_shell_says_the_verdict(folder) -> None:
    def asked(*words):
        return subprocess.run(
            [sys.executable, "-c", "from trackbook.doors.cli import run; run()", *words],
            cwd=folder, capture_output=True, text=True, check=False,
            env=os.environ | {"TRACKBOOK_PROJECT": str(folder)},
        )  # fmt: skip

    assert asked("run", "train.py", "-P", "lr=0.3").returncode == 0
    (folder / "helper.py").unlink()
    done = asked("reproduce", "train-1")
    assert done.returncode == 0, done.stderr
    assert "train-1" in done.stdout and "identical, from 1 execution in" in done.stdout
    assert "✓ identical" in asked("runs").stdout
