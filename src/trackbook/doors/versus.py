"""Versions side by side: a panel in a notebook, sections of text elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.doors.progress import Line as Progress
from trackbook.errors import Misused
from trackbook.table import Table, Tabular

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.book import Book
    from trackbook.panels import VersusPanel
    from trackbook.versus import Cell, Versus

RESAMPLES = 2_000


def compare_versions(
    book: Book,
    versions: list[str],
    *,
    data: str | None = None,
    target: str | None = None,
    metrics: str | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Beside:
    """Compare two to six versions: what they do on the same rows, and all that differs.

    Each is asked once, in a process of its own; the first is what the others are held against.

    Args:
        versions: NAME and its versions (churn 1.1.0 champion), or each as NAME@VERSION
        data: a .csv or .parquet with rows that none has seen; that of the gates when left out
        target: its column that holds what is true
        metrics: such as accuracy,f1_macro; those of the gates, or what fits, when left out
        resamples: how often rows are drawn again for the intervals
        seed: of the dice
    """
    from trackbook.versus import chosen, question_of, versus

    book.settle()
    rows = chosen(book, versions)
    names = [one.strip() for one in (metrics or "").split(",") if one.strip()]
    if metrics is not None and not names:
        raise Misused(f"--metrics {metrics!r} names none: such as accuracy,f1_macro")
    asked = question_of(
        book.models.policy(), data=data, target=target, metrics=names, resamples=resamples,
        seed=seed,
    )  # fmt: skip
    line = Progress()
    try:
        return Beside(versus(book, rows, asked, progress=line.say))
    finally:
        line.end()


class Beside(Tabular):
    """Versions side by side: `.panel()` in a notebook, `.table()` and `.df()` for more work."""

    def __init__(self, versus: Versus) -> None:
        self.versus = versus

    @property
    def headline(self) -> str:
        """What it comes to in a sentence."""
        return self.versus.headline

    def panel(self) -> VersusPanel:
        """Return the panel."""
        from trackbook.panels import VersusPanel

        return VersusPanel(self.versus)

    def table(self) -> Table:
        """Return a row for each fact, a column for each version."""
        return Table(["fact", *self.versus.names], self._rows())

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for section in self.versus.sections:
            before = "" if section.key == "about" else f"{section.key}."
            for line in section.lines:
                yield (f"{before}{line.name}", *[raw(cell) for cell in line.cells])
                if any(cell.verdict for cell in line.cells):
                    said = [cell.verdict or None for cell in line.cells]
                    yield (f"{before}{line.name}.words", *said)
                for name, values in line.details.items():
                    yield (f"{before}{line.name}.{name}", *values)
            for change in section.code:
                diffs = [
                    change.diff if name == change.name else None for name in self.names
                ]
                yield (f"{before}diff of {change.name}", *diffs)
            for at, words in enumerate(section.words):
                yield (f"{before}note {at + 1}", *[words] * len(self.names))

    @property
    def names(self) -> Sequence[str]:
        """What the versions are called."""
        return self.versus.names

    def __repr__(self) -> str:
        from trackbook.versus import text_of

        return text_of(self.versus)

    def _repr_html_(self) -> str:
        from trackbook.versus import html_of

        return html_of(self.versus)

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is not None:
            display(self.panel())
        else:
            print(self)  # noqa: T201  what a terminal shows


def raw(cell: Cell) -> object:
    """Return what a table keeps of a cell: its value, or why there is none."""
    return cell.value if cell.value is not None else cell.words or None
