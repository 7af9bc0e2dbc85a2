"""The doctor says what is wrong and what to do, and touches nothing."""

from __future__ import annotations

import os

import pytest

from trackbook.records import Fault, Note
from trackbook.store import examine


def tree(folder) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def findings(folder, level=None) -> str:
    """All findings of a level, as one text; checks on the way that nothing was changed."""
    before = tree(folder)
    found = examine(folder)
    assert tree(folder) == before
    return "\n".join(
        f"{f.what} | {f.where} | {f.what_to_do}" for f in found if level in (None, f.level)
    )


def test_a_healthy_project_has_no_problems(project) -> None:
    project.session().put(Note(words="x"), "run")
    project.store.drain()
    assert findings(project.folder, "problem") == ""
    assert "the database opens" in findings(project.folder, "ok")


def test_a_folder_that_is_not_there_is_a_problem(tmp_path) -> None:
    (found,) = examine(tmp_path / "none")
    assert (found.level, found.where) == ("problem", str(tmp_path / "none"))


def test_journals_are_told_with_what_waits_in_them(project) -> None:
    alive, dead = project.journal("alive"), project.journal("dead")
    alive.put(Note(words="x"))
    dead.put(Note(words="y"))
    dead.close()
    said = findings(project.folder, "ok")
    assert "the journal of a running process: 0 of" not in said
    assert "a running process" in said
    assert "an ended process" in said
    project.store.drain()
    said = findings(project.folder, "ok")
    assert "the journal of a running process: 0 of" in said
    assert "an ended process" not in said


@pytest.mark.parametrize("content", [b"", os.urandom(9999)], ids=["empty", "garbage"])
def test_a_damaged_database_comes_with_the_way_on(project, content) -> None:
    project.journal().put(Note(words="x"))
    project.store.drain()
    project.store.place.file.write_bytes(content)
    said = findings(project.folder, "problem")
    file = project.store.place.file
    assert f"mv {file} {file}.damaged" in said
    assert "1 journal " in said
    file.rename(f"{file}.damaged")
    assert project.count("note") == 1


def test_whoever_holds_the_file_is_named(project, child) -> None:
    project.journal().put(Note(words="x"))
    project.store.drain()
    other = child(
        "import duckdb; con = duckdb.connect(str(folder / 'trackbook.duckdb')); ready()"
    )
    other.words()
    assert f"({other.process.pid})" in findings(project.folder, "problem")
    other.end()


def test_whoever_is_inside_just_now_is_named(project, child) -> None:
    project.journal().put(Note(words="x"))
    project.store.drain()
    other = child("with store.reading() as db:\n    ready()\n")
    other.words()
    assert f"({other.process.pid})" in findings(project.folder, "note")
    other.end()


def test_leftovers_quarantine_and_faults_are_noted(project) -> None:
    journal = project.journal("torn")
    journal.put(Fault(place="p", message="m", trace="t"))
    journal._outlet.now.write(b"half a frame")
    journal.close()
    project.store.drain()
    (project.journal_folder / "x.0.new").write_bytes(b"")
    (project.folder / "trackbook.new").write_bytes(b"")
    said = findings(project.folder, "note")
    for words in (
        "torn.0.tbj",
        "x.0.new",
        "trackbook.new",
        "1 failures of trackbook's own",
    ):
        assert words in said
