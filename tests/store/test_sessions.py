"""What became of a process is known, whether it could say so or not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from trackbook.records import Note, RunEnd, RunStart, SessionEnd
from trackbook.store import store as rooms_store

KILLED = """
journal = session({session!r})
journal.put(RunStart(name="r", experiment="e", origin="auto"), "run")
ready()
"""


pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def start_of() -> RunStart:
    return RunStart(name="trial", experiment="e", origin="auto")


def status(project) -> list[tuple]:
    return project.store.rows("SELECT status, error IS NOT NULL FROM runs").rows


def test_a_run_whose_process_was_killed_shows_killed_from_the_next_look_on(
    project, child
) -> None:
    one = child(KILLED.format(session="s"))
    one.words()
    assert status(project) == [("RUNNING", False)]
    one.kill()
    died = datetime.now(UTC).replace(tzinfo=None)
    assert status(project) == [("KILLED", True)]
    ((ended,),) = project.store.rows("SELECT ended_at FROM runs").rows
    assert abs((ended - died).total_seconds()) < 30
    assert project.store.rows("SELECT outcome FROM sessions").rows == [("killed",)]
    project.store.drain()
    assert (project.count("run_end"), project.count("session_end")) == (1, 1)


def test_a_killed_process_is_noticed_without_anything_new_being_written(
    project, child
) -> None:
    one = child(KILLED.format(session="s"))
    one.words()
    assert status(project) == [("RUNNING", False)]
    one.kill()
    assert status(project) == [("KILLED", True)]


def test_a_process_that_ended_properly_is_left_as_it_said(project) -> None:
    journal = project.session()
    journal.put(start_of(), "run")
    journal.put(RunEnd(status="FINISHED"), "run")
    journal.put(SessionEnd(outcome="ended"))
    journal.close()
    assert status(project) == [("FINISHED", False)]
    assert project.store.rows("SELECT outcome FROM sessions").rows == [("ended",)]
    assert list(project.journal_folder.iterdir()) == []


def test_a_session_that_went_on_in_a_next_file_is_not_taken_for_dead(project) -> None:
    journal = project.session(rotate_bytes=10)
    journal.put(start_of(), "run")
    journal.rotate_if_large()
    assert status(project) == [("RUNNING", False)]
    journal.put(RunEnd(status="FINISHED"), "run")
    assert status(project) == [("FINISHED", False)]


@pytest.mark.parametrize("budget", [1, 400, 4 << 20])
def test_a_long_session_that_ended_properly_is_believed_before_all_of_it_is_read(
    project, monkeypatch, budget
) -> None:
    from trackbook.store import stretch

    monkeypatch.setattr(stretch, "BUDGET_BYTES", budget)
    journal = project.session(rotate_bytes=10)
    journal.put(start_of(), "run")
    for _ in range(5):
        journal.rotate_if_large()
        journal.put(Note(words="x" * 200), "run")
    journal.rotate_if_large()
    journal.put(RunEnd(status="FINISHED"), "run")
    journal.put(SessionEnd(outcome="ended"))
    journal.close()
    assert status(project) == [("FINISHED", False)]
    assert project.store.rows("SELECT outcome FROM sessions").rows == [("ended",)]


def test_a_childs_end_is_not_its_parents_end(project) -> None:
    journal = project.session()
    journal.put(start_of(), "run")
    pid = os.fork()
    if pid == 0:
        journal.put(Note(words="child"), "run")
        os._exit(0)
    os.waitpid(pid, 0)
    assert status(project) == [("RUNNING", False)]
    assert project.count("note") == 1


def test_a_session_that_waits_for_room_on_the_disk_is_alive(project, monkeypatch) -> None:
    journal = project.session()
    journal.put(start_of(), "run")
    with journal._lock:
        journal._outlet.lead_nowhere()
    journal.put(Note(words="x"), "run")
    assert status(project) == [("RUNNING", False)]


def test_the_end_is_written_once_though_the_drainer_dies_before_cleaning_up(
    project, child, monkeypatch
) -> None:
    one = child(KILLED.format(session="s"))
    one.words()
    one.kill()

    def die(stretch: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(rooms_store, "put_away", die)
        with pytest.raises(KeyboardInterrupt):
            project.store.drain()
    assert status(project) == [("KILLED", True)]
    assert (project.count("run"), project.count("run_end")) == (1, 1)


def test_a_drainer_killed_at_any_moment_loses_and_doubles_nothing(project, child) -> None:
    pen = project.journal().pen("run", "loss", origin="logged")
    for round_ in range(12):
        for step in range(round_ * 500, round_ * 500 + 500):
            pen(step, float(step))
        drainer = child("ready()\nwhile True: store.drain()\n")
        drainer.words()
        drainer.go_on()
        time.sleep(0.02 * round_)
        drainer.kill()
    assert project.values("run") == [(step, float(step)) for step in range(6000)]


@pytest.mark.parametrize("moment", ["BEGIN", "COMMIT", "DETACH tb", "unlink", "rename"])
def test_a_drainer_killed_just_then_loses_and_doubles_nothing(
    moment, project, child
) -> None:
    session = child(KILLED.format(session="s"))
    session.words()
    session.kill()
    torn = project.journal("torn")
    torn.pen("run", "loss", origin="logged")(1, 1.0)
    torn._outlet.now.write(b"half")
    torn.close()
    drainer = child(f"""
        import signal
        from importlib import import_module
        room = import_module('trackbook.store.store')
        moment = {moment!r}
        def die(): os.kill(os.getpid(), signal.SIGKILL)
        class Mortal:
            def __init__(self, db): self.db = db
            def __getattr__(self, name): return getattr(self.db, name)
            def execute(self, sql, *values):
                if moment == "BEGIN" and sql.startswith("BEGIN") and armed: self.db.execute(sql); die()
                found = self.db.execute(sql, *values)
                if moment == sql and armed: die()
                return found
        armed = False
        real = store.place.instance
        store.place.instance = lambda: Mortal(real())
        before = room.put_away
        def put_away(stretch):
            before(stretch)
            if (moment == "rename") == stretch.is_torn: die()
        if moment in ("unlink", "rename"): room.put_away = put_away
        armed = True
        ready()
        store.drain()
        """)
    drainer.words()
    assert drainer.end() == -9
    assert status(project) == [("KILLED", True)]
    assert project.values("run") == [(1, 1.0)]
    assert (project.count("run"), project.count("run_end")) == (1, 1)
    assert [f.name for f in (project.folder / "quarantine").iterdir()] == ["torn.0.tbj"]


AT_THE_END = """
import atexit, time
import trackbook, trackbook.book.background as background, trackbook.book.upkeep as upkeep
background.TICK_S = 0.0005
upkeep.DRAIN_EVERY_S = upkeep.DRAIN_AT_WORK_S = 0.0
upkeep.Upkeep._is_worth_draining = lambda self: True
with trackbook.start_run("a"):
    trackbook.log_metric("x", 1.0)
trackbook.runs()
atexit.register(lambda: [time.sleep(0.0005) for n in range(200)])
"""


def test_a_process_that_ends_while_it_drains_has_no_fault(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_END], cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stderr == ""
    store = rooms_store.Store(tmp_path / ".trackbook")
    assert store.rows("SELECT place, message FROM faults").rows == []
    store.close()
