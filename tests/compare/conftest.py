"""A real project, filled through a real journal."""

from __future__ import annotations

import pytest

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import (
    Environment,
    Execution,
    ExecutionEnd,
    Param,
    Run,
    RunEnd,
    RunStart,
    Session,
    Tag,
)  # fmt: skip
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
        status="FINISHED", execution=None, packages=None,
    ):  # fmt: skip
        """Write one run; return its id."""
        run_id = new_id()
        start = RunStart(name=name, experiment=experiment, origin="auto")
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
        if packages:
            digest = str(hash(tuple(packages)))
            self.journal.put(Environment(digest=digest, packages=packages), run_id)
        if status != "RUNNING":
            self.journal.put(RunEnd(status=status), run_id)
        return run_id

    def cell(self, source, *, reads=(), binds=(), key=None, count=1):
        """Write one execution of a cell; return its id."""
        execution_id = new_id()
        begun = Execution(
            source=source, source_hash=source, cell_id=key, cell_key=key or source
        )
        self.journal.put(begun, None, execution_id)
        ended = ExecutionEnd(
            outcome="ok",
            duration_s=0.1,
            reads=sorted(reads),
            binds=sorted(binds),
            execution_count=count,
        )
        self.journal.put(ended, None, execution_id)
        return execution_id

    def found(self, run_id):
        """Return a run as it is in the store."""
        (run,) = self.store.ask(
            "SELECT * EXCLUDE (error) FROM runs WHERE run_id = $run", Run, run=run_id,
        )  # fmt: skip
        return run

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
