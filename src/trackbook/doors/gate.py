"""Gates: what stands before a state, asked of a version and shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trackbook.doors.files import put_file
from trackbook.doors.moves import step_words
from trackbook.doors.progress import Line
from trackbook.table import Tabular

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.gates import Report
    from trackbook.table import Table

Form = Literal["text", "markdown", "json", "junit", "sarif"]


class Examined(Tabular):
    """A gate's report, in the form that was asked for."""

    def __init__(self, report: Report, form: Form) -> None:
        self.report = report
        self._form = form

    @property
    def passed(self) -> bool:
        """Whether the version may enter."""
        return self.report.passed

    def table(self) -> Table:
        """Return one row per check."""
        return self.report.table()

    def json(self) -> str:
        """Return the report as one JSON object."""
        return self.report.json()

    def text(self) -> str:
        """Return the report in the form that was asked for."""
        forms = {
            "text": self.report.text,
            "markdown": self.report.markdown,
            "json": self.report.json,
            "junit": self.report.junit,
            "sarif": self.report.sarif,
        }
        return forms[self._form]()

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def gate(
    book: Book,
    version: str,
    to: str = "staging",
    *,
    form: Form = "text",
    report: str | None = None,
    overwrite: bool = False,
) -> Examined:
    """Ask a version everything that stands before a state; nothing is moved.

    The shell's exit code is 1 where it may not enter.

    Args:
        version: the version
        to: staging, production, or another target of trackbook.gates.toml
        form: in what form it is shown; junit is what CI systems show as tests, sarif what
            code hosts show beside the code
        report: write it into this file too
        overwrite: replace a file that is there
    """
    line = Line()
    try:
        found = book.models.examine(
            version, to, progress=lambda step: line.say(step_words(step))
        )
    finally:
        line.end()
    examined = Examined(found, form)
    if report is not None:
        put_file(Path(report), examined.text() + "\n", overwrite=overwrite)
    return examined
