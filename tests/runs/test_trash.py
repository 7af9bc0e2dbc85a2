"""What is thrown away can come back, until its bytes are freed; then it never does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from trackbook.artifacts import Artifacts
from trackbook.clock import new_id
from trackbook.errors import Misused, NotFound
from trackbook.journal import Journal
from trackbook.records import Artifact, Param, RunStart, Session
from trackbook.runs import count, find, gc, in_trash, restore, search, trash
from trackbook.store import Store


def names(project):
    return sorted(run.name for run in search(project.store))


@pytest.fixture
def artifacts(project):
    return Artifacts(project.folder / "artifacts")


def keep(project, artifacts, run_id, content, *, age_s=3600):
    file = project.folder / "made.bin"
    file.write_bytes(content)
    kept = artifacts.keep(file)
    project.journal.put(
        Artifact(path="a", digest=kept.digest, size_bytes=kept.size_bytes), run_id
    )
    for place in artifacts.folder.glob("??/*"):
        os.utime(place, (time.time() - age_s,) * 2)
    return kept.digest


def test_a_trashed_run_is_out_of_sight_and_comes_back(project):
    project.run("keep")
    project.run("rm", params={"a": 1}, metrics={"x": 1.0})
    assert trash(project.store, project.journal, [find(project.store, "rm")]) == 1
    assert names(project) == ["keep"]
    assert [row.name for row in in_trash(project.store)] == ["rm"]
    assert restore(project.store, project.journal, ["rm"]) == 1
    assert names(project) == ["keep", "rm"]
    assert find(project.store, "rm").metrics == {"x": 1.0}


def test_parts_go_with_their_run_and_come_back_with_it(project):
    parent = project.run("search")
    child = project.run("candidate", parent=parent, relation="child")
    project.run("deeper", parent=child, relation="child")
    project.run("again", parent=parent, relation="variation")
    assert trash(project.store, project.journal, [find(project.store, "search")]) == 3
    assert names(project) == ["again"]
    assert restore(project.store, project.journal, [parent[-12:]]) == 3
    assert names(project) == ["again", "candidate", "deeper", "search"]


def test_throwing_away_twice_counts_once(project):
    project.run("rm")
    runs = [find(project.store, "rm")]
    assert [trash(project.store, project.journal, runs) for _ in range(2)] == [1, 0]


def test_what_is_not_in_the_trash_cannot_come_back(project):
    ids = [project.run("a"), project.run("b")]
    trash(project.store, project.journal, search(project.store))
    with pytest.raises(NotFound, match="no run in the trash named 'zzz'"):
        restore(project.store, project.journal, ["zzz"])
    with pytest.raises(Misused, match="could be"):
        restore(project.store, project.journal, [ids[0][:4]])
    assert count(project.store) == 0


def test_gc_frees_runs_points_and_artifacts_and_says_how_many(project, artifacts):
    stays, goes = project.run("stays"), project.run("goes", params={"a": 1})
    values = memoryview(os.urandom(8 * 200_000)).cast("d")
    project.journal.put_batch(goes, "x", values)
    project.journal.put_several(stays, {"x": 5.0}, step=0, origin="logged")
    shared = keep(project, artifacts, stays, b"shared")
    keep(project, artifacts, goes, b"shared")
    alone = keep(project, artifacts, goes, b"alone" * 100)
    trash(project.store, project.journal, [find(project.store, "goes")])
    project.store.compact()
    before = project.store.place.file.stat().st_size

    guess = gc(project.store, artifacts, dry_run=True)
    assert guess == (500, 1, 200_000, 1, 0)
    assert restore(project.store, project.journal, ["goes"]) == 1
    trash(project.store, project.journal, [find(project.store, "goes")])

    freed = gc(project.store, artifacts)
    after = project.store.place.file.stat().st_size
    assert freed[1:] == (1, 200_000, 1, 0)
    assert freed.bytes >= 1_000_000
    assert after < before - 1_000_000
    assert list(artifacts.digests()) == [shared]
    assert alone != shared
    assert find(project.store, "stays").metrics == {"x": 5.0}
    assert in_trash(project.store) == []


def test_a_content_kept_just_now_is_not_freed(project, artifacts):
    file = project.folder / "made.bin"
    file.write_bytes(b"on its way into a run")
    digest = artifacts.keep(file).digest
    project.run()
    assert gc(project.store, artifacts).artifacts == 0
    assert list(artifacts.digests()) == [digest]


def test_gc_with_nothing_to_free_changes_nothing(project, artifacts):
    project.run("a", params={"p": 1}, metrics={"x": 1.0}, tags={"t": "v"})
    before = search(project.store)
    assert gc(project.store, artifacts)[1:] == (0, 0, 0, 0)
    assert search(project.store) == before
    assert not list(project.folder.glob("*.new*"))


def test_a_session_that_goes_on_does_not_bring_a_freed_run_back(project, artifacts):
    run_id = project.run("goes", metrics={"x": 1.0}, status="RUNNING")
    trash(project.store, project.journal, search(project.store))
    gc(project.store, artifacts)
    project.journal.put_several(run_id, {"x": 2.0, "y": 3.0}, step=1, origin="logged")
    project.journal.put(Param(name="late", value="1", type="int", origin="logged"), run_id)
    assert names(project) == []
    for view in ("params", "metrics", "runs", "metric_summaries"):
        assert project.store.rows(f"FROM {view}").rows == []
    assert gc(project.store, artifacts)[1:3] == (0, 2)
    assert project.store.rows("SELECT count(*) FROM param").rows == [(0,)]


def test_a_run_after_gc_has_only_its_own_points(project, artifacts):
    project.run("a", metrics={"x": 1.0, "y": 2.0, "z": 3.0})
    trash(project.store, project.journal, search(project.store))
    for _ in range(3):
        gc(project.store, artifacts)
    project.run("b", metrics={"x": 7.0})
    assert find(project.store, "b").metrics == {"x": 7.0}
    assert project.store.rows("SELECT name, value FROM metrics").rows == [("x", 7.0)]


def test_facts_written_while_gc_works_are_kept(project, artifacts, monkeypatch):
    project.run("goes")
    trash(project.store, project.journal, search(project.store))
    compact = project.store.compact

    def compact_while_somebody_writes():
        project.run("written meanwhile", metrics={"x": 1.0})
        return compact()

    monkeypatch.setattr(project.store, "compact", compact_while_somebody_writes)
    assert gc(project.store, artifacts).runs == 1
    assert find(project.store, "written meanwhile").metrics == {"x": 1.0}


CHILD = """
import sys
from pathlib import Path
from trackbook.artifacts import Artifacts
from trackbook.journal import Journal
from trackbook.clock import new_id
from trackbook.runs import gc, search, trash
from trackbook.store import Store
folder = Path(sys.argv[1])
store = Store(folder)
journal = Journal(folder / "journal", new_id(), complain=print)
search(store, limit=1)
print("ready", flush=True)
while True:
    trash(store, journal, search(store, sort="started_at", limit=1))
    gc(store, Artifacts(folder / "artifacts"))
    print("round", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_kill_at_any_moment_leaves_a_whole_database(tmp_path):
    folder = tmp_path / ".trackbook"
    folder.mkdir()
    journal = Journal(folder / "journal", new_id(), complain=print)
    journal.put(
        Session(
            program="script", notebook=None, login="a", host="h", pid=1, python="3",
            platform="l", version="0",
        )
    )  # fmt: skip
    for n in range(400):
        run_id = new_id()
        journal.put(RunStart(name=f"r{n:03}", experiment="e", origin="auto"), run_id)
        journal.put_several(run_id, {"x": float(n), "y": 1.0}, step=0, origin="logged")
    left = 400
    for kill in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.15 * kill)
        assert child.poll() is None
        child.send_signal(signal.SIGKILL)
        child.communicate()
        store = Store(folder)
        found = search(store, sort="name")
        # The oldest went first, and nothing else ever went.
        assert [run.name for run in found] == [
            f"r{n:03}" for n in range(400 - len(found), 400)
        ]
        assert all(run.metrics == {"x": float(run.name[1:]), "y": 1.0} for run in found)
        assert len(found) <= left
        left = len(found)
        store.close()
    assert left < 400
    journal.close()
