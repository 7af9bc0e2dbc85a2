"""The shell's door, and plain scripts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

SCRIPT = """
import trackbook
with trackbook.start_run("one", experiment="exp"):
    trackbook.log_param("lr", 0.1)
    for step in range(10):
        trackbook.log_metric("loss", 1 / (step + 1), step=step)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRACKBOOK_PROJECT", raising=False)
    return tmp_path


def python(code: str, **kwargs):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, **kwargs
    )


def trackbook(*words: str):
    code = "from trackbook.doors.cli import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )


def test_a_script_records_and_the_shell_shows(project) -> None:
    assert python(SCRIPT).returncode == 0
    answer = trackbook("runs", "--json")
    (run,) = json.loads(answer.stdout)
    assert (run["name"], run["experiment"], run["status"]) == ("one", "exp", "FINISHED")
    assert (run["params.lr"], run["metrics.loss"]) == (0.1, 0.1)
    assert answer.stderr == ""


def test_json_is_always_an_array_of_flat_objects(project) -> None:
    python(SCRIPT)
    questions = (
        ["runs"],
        ["show", "one"],
        ["compare", "one", "one"],
        ["diff", "one", "one"],
        ["sql", "SELECT * FROM runs"],
        ["doctor"],
        ["status"],
        ["rm"],
    )
    for words in questions:
        rows = json.loads(trackbook(*words, "--json").stdout)
        assert isinstance(rows, list), words
        assert all(isinstance(row, dict) for row in rows), words
        assert not any(isinstance(v, dict) for row in rows for v in row.values()), words


def test_a_run_whose_process_was_killed_is_killed(project) -> None:
    code = SCRIPT.replace(
        "    for step", "    print('ready', flush=True)\n    for step"
    ) + ("    import time; time.sleep(60)\n")
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    assert json.loads(trackbook("runs", "--json").stdout)[0]["status"] == "RUNNING"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    (run,) = json.loads(trackbook("runs", "--json").stdout)
    assert run["status"] == "KILLED"
    (row,) = json.loads(
        trackbook("sql", "--json", "SELECT count(*) AS n FROM metrics").stdout
    )
    assert row["n"] == 10


def test_a_script_that_fails_leaves_a_failed_run(project) -> None:
    python("import trackbook\nwith trackbook.start_run('bad'):\n    1 / 0")
    python("import trackbook\ntrackbook.start_run('open')\nraise ValueError('no')")
    runs = {r["name"]: r["status"] for r in json.loads(trackbook("runs", "--json").stdout)}
    assert runs == {"bad": "FAILED", "open": "FAILED"}


def test_outside_a_project_one_line_says_what_to_do(project) -> None:
    answer = trackbook("runs")
    assert answer.returncode == 2
    assert "no trackbook project" in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (project / ".trackbook").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["runss"], "did you mean 'runs'"),
        (["show", "nothing"], "no run named 'nothing'"),
        (["runs", "metrics.acc >"], "metrics.acc >"),
        (["sql", "DROP TABLE run"], "only reads"),
        (["start"], "running notebook"),
    ],
)
def test_bad_input_gets_one_clear_line(project, words, says) -> None:
    python(SCRIPT)
    answer = trackbook(*words)
    assert answer.returncode == 2
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_same_functions_answer_in_python(project) -> None:
    code = SCRIPT + (
        "print(trackbook.runs('metrics.loss < 0.5')['name'])\n"
        "print(trackbook.search_runs('params.lr = 0.1').df()['metrics.loss'].tolist())\n"
        "print(trackbook.sql('SELECT count(*) AS n FROM metrics')['n'])\n"
        "print(type(trackbook.show('one')).__name__, len(trackbook.compare('one', 'one').table()))\n"
    )
    out = python(code)
    assert out.stdout.splitlines()[:3] == ["['one']", "[0.1]", "[10]"], out.stderr


def test_threads_log_to_the_main_threads_run(project) -> None:
    code = """
import threading, trackbook
with trackbook.start_run("threads"):
    def work(n):
        for step in range(100):
            trackbook.log_metric(f"m{n}", step, step)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    [t.start() for t in threads]; [t.join() for t in threads]
print(trackbook.sql("SELECT count(*) AS n, count(DISTINCT run_id) AS r FROM metrics").rows)
"""
    assert python(code).stdout.strip() == "[(400, 1)]"


def test_forked_workers_log_to_the_same_run(project) -> None:
    code = """
import multiprocessing, trackbook
def work(n):
    trackbook.log_metric("from_child", n, step=n)
with trackbook.start_run("forks"):
    context = multiprocessing.get_context("fork")
    jobs = [context.Process(target=work, args=(n,)) for n in range(3)]
    [j.start() for j in jobs]; [j.join() for j in jobs]
print(trackbook.sql("SELECT count(*) AS n, count(DISTINCT run_id) AS r FROM metrics").rows)
print(trackbook.runs()["status"])
"""
    assert python(code).stdout.split("\n")[:2] == ["[(3, 1)]", "['FINISHED']"]


def test_a_forked_child_that_exits_ends_no_run_of_its_parents(project) -> None:
    code = """
import os, sys, trackbook
run = trackbook.start_run("parent")
child = os.fork()
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
print(trackbook.runs()["status"])
"""
    assert python(code).stdout.strip() == "['RUNNING']"


def test_a_project_deleted_before_the_end_leaves_no_traceback(project) -> None:
    code = """
import shutil, trackbook
trackbook.start_run("gone")
shutil.rmtree(".trackbook")
"""
    done = python(code)
    assert (done.returncode, done.stderr) == (0, "")
