"""A real project, filled through a real journal."""

from __future__ import annotations

import pytest

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import Param, RunEnd, RunStart, Session, Tag
from trackbook.store import Store


class Project:
    """A store and a journal, and short words to write runs with."""

    def __init__(self, folder):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.store = Store(folder)
        self.session_id = new_id()
        self.journal = Journal(folder / "journal", self.session_id, complain=print)
        self.journal.put(
            Session(
                program="notebook", notebook="a.ipynb", login="ann", host="desk", pid=1,
                python="3.12", platform="linux", version="0",
            )
        )  # fmt: skip

    def run(  # whatever a test is about
        self, name="run", *, params=None, metrics=None, tags=None, experiment="churn",
        status="FINISHED", parent=None, relation=None, execution=None, commit="abc123",
    ):  # fmt: skip
        """Write one run; return its id."""
        run_id = new_id()
        start = RunStart(
            name=name, experiment=experiment, origin="auto", parent_run_id=parent,
            relation=relation, notebook="a.ipynb", git_commit=commit,
        )  # fmt: skip
        self.journal.put(start, run_id, execution)
        for key, value in (params or {}).items():
            kind = type(value).__name__
            self.journal.put(
                Param(name=key, value=str(value), type=kind, origin="literal"),
                run_id,
                execution,
            )
        if metrics:
            self.journal.put_several(
                run_id, metrics, step=0, origin="logged", execution_id=execution
            )
        for key, value in (tags or {}).items():
            self.journal.put(Tag(name=key, value=value), run_id)
        if status != "RUNNING":
            self.journal.put(RunEnd(status=status), run_id)
        return run_id

    def close(self):
        self.journal.close()
        self.store.close()


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / ".trackbook")
    yield made
    made.close()


@pytest.fixture(scope="session")
def open_project():
    return Project
