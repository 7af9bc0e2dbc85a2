"""Runs side by side, as the doors give them: a panel in a notebook, a table elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trackbook.table import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.compare import Comparison
    from trackbook.panels import ComparePanel
    from trackbook.records import Curve, Run
    from trackbook.table import Table


class Compared(Tabular):
    """Runs side by side: `.panel()` in a notebook, `.table()` and `.df()` for more work."""

    def __init__(self, book: Book, comparison: Comparison) -> None:
        self._book = book
        self.comparison = comparison

    def panel(self) -> ComparePanel:
        """Return the compare panel with these runs picked."""
        from trackbook.panels import ComparePanel

        chosen = [run.run_id for run in self.comparison.runs]
        panel = ComparePanel(BookSource(self._book), chosen)
        panel.directions = {**panel.directions, **self._book.directions}
        return panel

    def table(self) -> Table:
        """Return a row for each param and metric, a column for each run."""
        return self.comparison.table()

    def __repr__(self) -> str:
        return repr(self.comparison)

    def _repr_html_(self) -> str:
        return self.comparison._repr_html_()

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is not None:
            display(self.panel())
        else:
            print(self)  # noqa: T201  what a terminal shows


class BookSource:
    """What the panel asks, answered from a project."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def version(self) -> str:
        """Return a word that changes with every new fact."""
        from trackbook.compare import version

        return version(self._book.store)

    def runs(self, filter: str = "", *, limit: int = 10_000) -> list[Run]:  # noqa: A002
        """Return the newest runs first."""
        from trackbook.runs import search

        return search(self._book.store, filter, limit=limit)

    def curves(
        self,
        run_ids: Sequence[str],
        names: Sequence[str],
        *,
        x: Literal["step", "time"] = "step",
        max_points: int = 1000,
    ) -> list[Curve]:
        """Return metrics along their steps, thinned in SQL with their extremes kept."""
        from trackbook.compare import curves

        return curves(self._book.store, run_ids, names, x=x, max_points=max_points)

    def resources(self, run_ids: Sequence[str]) -> list[Curve]:
        """Return what the runs used of their machine, by seconds since each began."""
        from trackbook.compare import resources

        return resources(self._book.store, run_ids)

    def progress(self, run_ids: Sequence[str]) -> dict[str, str]:
        """Return how far running runs are, and what goes wrong in them, in words."""
        from trackbook.doors.going import going_of, troubles_of
        from trackbook.runs import by_ids

        found = by_ids(self._book.store, list(run_ids))
        going, troubles = going_of(self._book, found), troubles_of(self._book, found)
        said = {
            run.run_id: [
                *([going[run.run_id].words] if run.run_id in going else []),
                *(f"⚠ {words}" for words in troubles.get(run.run_id, ())),
            ]
            for run in found
        }
        return {
            run_id: ", ".join(filter(None, words))
            for run_id, words in said.items()
            if words
        }

    def code_diff(self, a: str, b: str) -> str:
        """Return the unified diff of two runs' cells."""
        return self._book.code_diff(self._book.find(a), self._book.find(b))
