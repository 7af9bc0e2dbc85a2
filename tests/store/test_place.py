"""Whoever else holds the file, and whatever befell it, the answer is one clear line."""

from __future__ import annotations

import os
import subprocess
import threading
import time

import duckdb
import pytest

from trackbook.errors import Busy, Damaged, NotFound, Refused
from trackbook.records import Note
from trackbook.store import Store

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
BARE = "import duckdb; con = duckdb.connect(str(folder / 'trackbook.duckdb'), read_only={ro}); ready()"

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_the_users_own_connection_makes_a_question_wait_for_its_closing(project) -> None:
    journal = project.journal()
    journal.put(Note(words="x"))
    project.store.drain()
    mine = duckdb.connect(str(project.store.place.file))
    with pytest.raises(Busy, match="open in this very process: close that"):
        project.count("note")
    assert not project.store.drain(patience_s=0)
    journal.put(Note(words="y"))
    assert mine.execute("SELECT count(*) FROM note").fetchall() == [(1,)]
    mine.close()
    assert project.count("note") == 2


def test_another_program_that_holds_the_file_is_waited_for_and_then_named(
    project, child
) -> None:
    journal = project.journal()
    journal.put(Note(words="x"))
    project.store.drain()
    other = child(BARE.format(ro=False))
    other.words()
    journal.put(Note(words="y"))
    with pytest.raises(Busy, match="open in another program: close it there"):
        project.store.drain(patience_s=0.2)
    assert not project.store.drain(patience_s=0)
    other.end()
    assert project.count("note") == 2


def test_another_program_that_only_reads_does_not_stop_readers(project, child) -> None:
    project.journal().put(Note(words="x"))
    project.store.drain()
    other = child(BARE.format(ro=True))
    other.words()
    assert project.count("note") == 1
    other.end()


def test_a_trackbook_that_is_inside_for_long_is_waited_for_and_then_named(
    project, child
) -> None:
    project.journal().put(Note(words="x"))
    project.store.drain()
    other = child("with store.reading() as db:\n    ready()\n")
    other.words()
    with pytest.raises(Busy, match="another process is still using"):
        project.store.drain(patience_s=0.1)
    other.end()
    assert project.count("note") == 1


def test_threads_ask_at_the_same_time(project) -> None:
    project.journal().put(Note(words="x"))
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(project.count("note")))
        for _ in range(8)
    ]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert counts == [1] * 8


def test_any_duckdb_client_can_open_the_file_by_any_name(project) -> None:
    journal = project.session()
    journal.put(Note(words="x"), "run")
    project.store.drain()
    with duckdb.connect(str(project.store.place.file), read_only=True) as con:
        views = con.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        assert len(views) > 10
        for (view,) in views:
            con.execute(f"SELECT * FROM {view}").fetchall()
        assert con.execute("SELECT outcome FROM sessions").fetchall() == [("alive",)]


def test_a_failed_question_leaves_the_file_free(project) -> None:
    project.journal().put(Note(words="x"))
    with pytest.raises(duckdb.Error):
        project.store.rows("SELECT nonsense")
    with pytest.raises(KeyboardInterrupt), project.store.reading():
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), project.store.writing() as db:
        db.execute("BEGIN")
        db.execute("DELETE FROM tb.note")
        raise KeyboardInterrupt
    assert project.count("note") == 1
    with duckdb.connect(str(project.store.place.file)) as mine:
        mine.execute("FROM note").fetchall()


def test_an_answer_that_was_read_in_part_leaves_the_file_free(project) -> None:
    project.journal().put(Note(words="x"))
    answer = project.store.question("FROM range(1_000_000), note", limit=5)
    assert len(answer.rows) == 5
    with duckdb.connect(str(project.store.place.file)) as mine:
        mine.execute("FROM note").fetchall()


def test_the_instance_is_made_anew_now_and_then(project, monkeypatch) -> None:
    from trackbook.store import place

    monkeypatch.setattr(place, "RECYCLE_AFTER", 3)
    project.journal().put(Note(words="x"))
    instances = set()
    for _ in range(10):
        assert project.count("note") == 1
        instances.add(id(project.store.place._instance))
    assert len(instances) > 1


def test_a_project_that_is_not_there_is_not_made_by_asking(tmp_path) -> None:
    with pytest.raises(NotFound, match="no trackbook database"):
        Store(tmp_path / "none").rows("SELECT 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: b"",
        lambda file: os.urandom(50_000),
        lambda file: file[: len(file) // 2],
        lambda file: file[:100],
    ],
    ids=["empty", "garbage", "half", "head"],
)
def test_a_damaged_database_is_named_and_nothing_is_deleted(spoil, project) -> None:
    journal = project.session()
    for n in range(200):
        journal.put(Note(words=f"{n}" * 1000))
    project.store.drain()
    file = project.store.place.file
    damaged = spoil(file.read_bytes())
    file.write_bytes(damaged)
    journal.put(Note(words="later"))
    with pytest.raises(Damaged, match=r"trackbook\.duckdb") as error:
        project.count("note")
    assert "nothing was deleted" in str(error.value)
    assert file.read_bytes() == damaged
    file.rename(file.with_suffix(".damaged"))
    assert project.count("note") == 201


def test_a_database_of_a_newer_trackbook_is_refused(project) -> None:
    journal = project.journal()
    with project.store.writing() as db:
        db.execute("UPDATE tb.about SET value = '99' WHERE name = 'tables_version'")
    journal.put(Note(words="x"))
    with pytest.raises(Refused, match="written by a newer trackbook"):
        project.count("note")


@pytest.fixture
def read_only(project):
    """Make a project folder that can only be read, in the middle of a test."""
    folder = project.folder / "ro"
    folder.mkdir()
    if ROOT:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)

    def close_it() -> None:
        if ROOT:
            subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        else:
            folder.chmod(0o500)

    yield folder, close_it
    if ROOT:
        subprocess.run(["umount", "-l", folder], check=True)
    else:
        folder.chmod(0o700)


def test_a_project_that_can_only_be_read_is_read_and_not_written(read_only) -> None:
    from trackbook.clock import new_id
    from trackbook.journal import Journal

    folder, close_it = read_only
    journal = Journal(folder / "journal", new_id(), complain=print)
    journal.put(Note(words="x"))
    store = Store(folder)
    store.drain()
    journal.close()
    close_it()
    assert store.rows("SELECT words FROM note").rows == [("x",)]
    with pytest.raises(Refused, match="can only be read here"):
        store.drain()
    if ROOT:
        with pytest.raises(OSError, match="Read-only"):
            Journal(folder / "journal", new_id(), complain=print)


@pytest.mark.skipif(not ROOT, reason="filling a disk needs one of our own")
def test_a_full_disk_stops_draining_and_loses_nothing(tmp_path) -> None:
    from trackbook.clock import new_id
    from trackbook.journal import Journal

    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
    said: list[str] = []
    try:
        journal, store = (
            Journal(disk / "journal", new_id(), complain=said.append),
            Store(disk),
        )
        rng = __import__("random").Random(1)
        for n in range(2000):
            journal.put(Note(words=f"{n:05}" + rng.randbytes(1000).hex()))
        with pytest.raises(Busy, match="disk is full"):
            store.drain()
        assert not store.drain(patience_s=0)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        journal.retry()
        store.drain()
        rows = store.rows("SELECT left(words, 5)::INT FROM note ORDER BY ALL").rows
        assert rows == [(n,) for n in range(2000)]
        assert len(said) == 1
        journal.close()
    finally:
        store.close()
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_drain_of_much_lets_others_in_between(project, monkeypatch, child) -> None:
    from trackbook.store import store, stretch

    monkeypatch.setattr(store, "TURN_S", 0.0)
    monkeypatch.setattr(stretch, "BUDGET_BYTES", 2000)
    journal = project.journal()
    for _ in range(300):
        journal.put(Note(words="x" * 100))
    other = child("ready()\nfor _ in range(3): store.rows('SELECT 1')\nready()\n")
    other.words()
    other.go_on()
    project.store.drain()
    other.words()
    assert project.count("note") == 300


def test_a_fork_in_the_middle_of_draining_harms_neither(project) -> None:
    pen = project.journal().pen("run", "loss", origin="logged")
    stop = threading.Event()

    def drain() -> None:
        while not stop.is_set():
            project.store.drain()

    drainer = threading.Thread(target=drain)
    drainer.start()
    codes = []
    for step in range(10):
        pen(step, 0.0)
        pid = os.fork()
        if pid == 0:
            os._exit(len(project.values("run")) - step)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        time.sleep(0.01)
    stop.set()
    drainer.join()
    assert codes == [1] * 10
    assert len(project.values("run")) == 10


def test_the_next_database_of_a_process_is_like_its_first(tmp_path) -> None:
    asked = (
        "SELECT table_name, column_count FROM duckdb_tables() WHERE database_name = 'tb' ORDER BY 1",
        "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY 1",
    )
    found = []
    for name in ("first", "next"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "trackbook.new.wal").write_bytes(b"of one that was killed")
        store = Store(tmp_path / name)
        store.drain()
        found.append([store.rows(question).rows for question in asked])
        store.close()
    assert found[0] == found[1]
    assert len(found[0][0]) > 50 and len(found[0][1]) > 50
