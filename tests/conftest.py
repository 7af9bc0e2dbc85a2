"""What every room's tests share."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

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

if TYPE_CHECKING:
    from collections.abc import Callable

settings.register_profile(
    "unhurried", deadline=None
)  # how long an example takes is no test
settings.load_profile("unhurried")

TOGETHER = ("tests/papers",)
GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew, to be read in the diff",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each file to one process, and those of a folder that share a long past as well."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = file.rpartition("/")[0]
            return folder if folder.endswith(TOGETHER) else file

    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a text with the golden file of that name, or write it anew."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.is_file(), (
            f"no golden file {name}: run pytest --update-golden and read it"
        )
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="module", autouse=True)
def workers_end_with_their_file():
    """Let joblib's workers go: tests of other files count this process's children."""
    yield
    if "joblib.externals.loky" in sys.modules:
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown(kill_workers=True)


class Sheet:
    """A notebook in a real IPython shell, with trackbook loaded."""

    def __init__(self, shell, project: Path) -> None:
        self.shell = shell
        self.project = project

    def run(self, *cells: str, cell_id: str | None = None):
        """Execute cells as a front end would, and return the last one's result."""
        result = None
        for source in cells:
            result = self.shell.run_cell(source, store_history=True, cell_id=cell_id)
        return result

    def ok(self, *cells: str, cell_id: str | None = None):
        """Execute cells that must not fail."""
        for source in cells:
            self.run(source, cell_id=cell_id).raise_error()

    def in_shell(self, *words: str):
        """Ask in the shell, in this project."""
        return subprocess.run(
            [sys.executable, "-c", "from trackbook.doors.cli import run; run()", *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.project,
            env=os.environ | {"TRACKBOOK_PROJECT": str(self.project)},
        )

    def runs(self, filter: str = ""):  # noqa: A002  the field's word
        """Return the runs recorded so far, oldest first."""
        from trackbook.runs import search

        book = self.book
        book.settle()
        return search(book.store, filter, limit=None)[::-1]

    def sql(self, question: str):
        """Return the rows of a question to the views."""
        self.book.settle()
        return self.book.store.rows(question).rows

    @property
    def book(self):
        from trackbook.doors.session import Current

        return Current.book

    def named(self):
        """Return the runs by name, as plain values."""
        return {
            run.name: SimpleNamespace(
                params=dict(run.params),
                metrics={k: round(v, 6) for k, v in run.metrics.items()},
                run=run,
            )
            for run in self.runs()
        }


@contextmanager
def made_in(project: Path):
    """A fresh IPython shell in a project, of which nothing stays.

    Left to IPython a shell lives until Python ends, and is then cleared with a full collection
    of garbage: of thousands that takes gigabytes, and minutes after the last test.
    """
    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.doors.ipython import unload

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setenv("TRACKBOOK_PROJECT", str(project))
        main, displayhook = sys.modules["__main__"], sys.displayhook
        shell = InteractiveShell()
        try:
            yield shell
        finally:
            unload(shell)
            sys.modules["__main__"], sys.displayhook = main, displayhook
            shell.history_manager.end_session()
            shell.history_manager.close()
            atexit.unregister(shell.atexit_operations)


@pytest.fixture(scope="session")
def shell_in():
    """Make fresh IPython shells in projects."""
    return made_in


@contextmanager
def sheet_in(project: Path):
    """A fresh notebook with trackbook loaded, in a project."""
    with made_in(project) as shell:
        made = Sheet(shell, project)
        made.ok("%load_ext trackbook", "%track quiet")
        yield made


@pytest.fixture
def sheet(tmp_path: Path):
    """A fresh notebook with trackbook loaded, in a project of its own."""
    with sheet_in(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory):
    """Return a sheet in a copy of a project that a function made once, for its module's tests."""
    made: dict[str, Path] = {}

    @contextmanager
    def copied(make: Callable[[Sheet], None], project: Path):
        name = make.__qualname__
        if name not in made:
            first = tmp_path_factory.mktemp(name)
            with sheet_in(first) as sheet:
                make(sheet)
            made[name] = first
        shutil.copytree(made[name], project, dirs_exist_ok=True, symlinks=True)
        with sheet_in(project) as sheet:
            yield sheet

    return copied


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
        status="FINISHED", execution=None, packages=None, parent=None, relation=None,
        commit="abc123",
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
