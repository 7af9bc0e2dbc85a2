from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import Session
from trackbook.store import Store


@dataclass
class Project:
    """A project folder with a store, and journals that write into it."""

    folder: Path
    said: list[str] = field(default_factory=list)
    opened: list[Journal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.folder)
        self.journal_folder = self.folder / "journal"

    def journal(self, session_id: str | None = None, **options) -> Journal:
        made = Journal(
            self.journal_folder,
            session_id or new_id(),
            complain=self.said.append,
            **options,
        )
        self.opened.append(made)
        return made

    def session(self, **options) -> Journal:
        """A journal whose session has begun."""
        journal = self.journal(**options)
        journal.put(session_record())
        return journal

    def values(self, run: str, name: str = "loss") -> list[tuple]:
        """All (step, value) of one series, sorted."""
        return self.store.rows(
            "SELECT step, value FROM point JOIN series USING (sid) WHERE run_id = $run AND name = $name"
            " UNION ALL SELECT step, value FROM point_recent JOIN series USING (sid)"
            " WHERE run_id = $run AND name = $name ORDER BY step",
            run=run,
            name=name,
        ).rows

    def count(self, table: str) -> int:
        ((count,),) = self.store.rows(f"SELECT count(*) FROM {table}").rows
        return count


def session_record() -> Session:
    return Session(
        program="script",
        notebook=None,
        login="me",
        host="here",
        pid=os.getpid(),
        python="3",
        platform="x",
        version="0",
    )


CHILD = """
import sys, os, time, pathlib
from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import *
from trackbook.store import Store
folder = pathlib.Path({folder!r})
store = Store(folder)
def session(session_id=None):
    journal = Journal(folder / "journal", session_id or new_id(), complain=print)
    journal.put(Session(program="script", notebook=None, login="me", host="here", pid=os.getpid(),
        python="3", platform="x", version="0"))
    return journal
def ready(*words):
    print("ready", *words, flush=True)
    sys.stdin.readline()
"""


class Child:
    """A Python process of its own, that tells when it has come to `ready(...)`."""

    def __init__(self, folder: Path, code: str) -> None:
        text = CHILD.format(folder=str(folder)) + textwrap.dedent(code)
        self.process = subprocess.Popen(
            [sys.executable, "-c", text],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def words(self) -> list[str]:
        """Wait until it is ready; what it says then."""
        line = self.process.stdout.readline().split()
        assert line[:1] == ["ready"], line
        return line[1:]

    def go_on(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        self.process.communicate("\n")
        return self.process.returncode


@pytest.fixture
def project(tmp_path) -> Project:
    made = Project(tmp_path)
    yield made
    for journal in made.opened:
        journal.close()
    made.store.close()


@pytest.fixture
def child(project):
    """Start processes of their own in the project."""
    started: list[Child] = []

    def start(code: str) -> Child:
        started.append(Child(project.folder, code))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.process.stdin.close()
        one.process.stdout.close()
