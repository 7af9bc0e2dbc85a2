"""What every room's tests share."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew, to be read in the diff",
    )


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


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A fresh notebook with trackbook loaded, in a project of its own."""
    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.doors.ipython import unload

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKBOOK_PROJECT", str(tmp_path))
    main, displayhook = sys.modules["__main__"], sys.displayhook
    shell = InteractiveShell()
    made = Sheet(shell, tmp_path)
    made.ok("%load_ext trackbook", "%track quiet")
    yield made
    unload(shell)
    sys.modules["__main__"], sys.displayhook = main, displayhook
    shell.history_manager.end_session()
