"""What a session knows of earlier ones when it begins."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SESSION = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "trackbook")
shell.run_cell("x = 1", cell_id="first")
from trackbook.doors.ipython import Plugged
book = Plugged.plug.book
book.settle()
was_asked = "duckdb" in sys.modules
shell.run_cell('''%%track
import trackbook
trackbook.log_param("depth", 3)
trackbook.log_metric("acc", {acc})''', cell_id="train")
(run,) = book.recorder.ledger.runs.values()
told = dict(
    run_id=run.run_id, name=run.name, parent=run.start.parent_run_id,
    relation=run.start.relation, best=book.past.best_beside(run, "acc"), was_asked=was_asked,
)
open("told.json", "w").write(json.dumps(told))
"""


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Execute one session to its end and return what it knew."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKBOOK_PROJECT", str(tmp_path))

    def one(acc):
        python(SESSION.format(acc=acc))
        return json.loads((tmp_path / "told.json").read_text())

    return one


def python(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_next_session_knows_the_last_one_and_needs_no_database(session):
    first, second = session(0.9), session(0.8)
    assert first["parent"] is None
    assert (second["parent"], second["relation"]) == (first["run_id"], "variation")
    assert second["best"] == 0.9
    assert second["name"] != first["name"]
    assert not second["was_asked"]


@pytest.mark.parametrize("meanwhile", ["a script", "a dead process", "other words", "none"])
def test_what_is_not_true_any_more_is_asked_anew(session, tmp_path, meanwhile):
    first = session(0.9)
    left = tmp_path / ".trackbook/past.msgpack"
    if meanwhile == "a script":
        better(end="")
    elif meanwhile == "a dead process":
        with pytest.raises(AssertionError):
            better(end="import os; os._exit(1)")
    elif meanwhile == "other words":
        left.write_bytes(left.read_bytes()[:-5])
    else:
        left.unlink()
    second = session(0.8)
    assert second["was_asked"]
    assert second["parent"] == first["run_id"]
    assert second["best"] == (0.95 if meanwhile in ("a script", "a dead process") else 0.9)
    assert not session(0.7)["was_asked"]


def better(*, end):
    python(
        "import trackbook\n"
        f"with trackbook.start_run('b', experiment={experiment()!r}):\n"
        "    trackbook.log_metric('acc', 0.95)\n" + end
    )


def experiment():
    found = python(
        "import json, trackbook\n"
        "print(json.dumps([run['experiment'] for run in trackbook.search_runs()]))"
    )
    return json.loads(found)[0]


def test_what_is_deleted_for_good_is_not_left(session, tmp_path):
    first = session(0.9)
    left = tmp_path / ".trackbook/past.msgpack"
    assert first["run_id"].encode() in left.read_bytes()
    python(f"import trackbook\ntrackbook.rm({first['run_id']!r})\ntrackbook.gc()")
    assert not left.exists()
    assert session(0.8)["best"] is None
