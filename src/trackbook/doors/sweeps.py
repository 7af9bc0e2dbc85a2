"""Sweeps on record: a list, or one with its trials as a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.table import Table, Tabular, escaped

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.panels import SweepPanel
    from trackbook.sweeps import Told, Weights

COLUMNS = (
    "sweep_id", "name", "status", "target", "search", "metric", "direction", "best_value",
    "best_number",
    "trial_count", "done", "running", "failed", "pruned", "cancelled", "started_at", "ended_at",
)  # fmt: skip
FACE = (
    "name", "status", "target", "search", "metric", "best_value", "best_number", "done",
    "running", "failed",
    "pruned", "started_at",
)  # fmt: skip


def sweeps(book: Book, sweep: str | None = None) -> Table | Shown:
    """List sweeps, newest first; or show one: a panel in a notebook, its trials elsewhere.

    Args:
        sweep: the sweep's run, or one of its trials; all sweeps when left out
    """
    from trackbook import sweeps as room

    book.settle()
    if sweep is not None:
        return Shown(book, found(book, sweep))
    rows = room.sweeps(book.store)
    note = "" if rows else "no sweeps yet: trackbook sweep --help"
    return Table(
        COLUMNS,
        [[getattr(one, name) for name in COLUMNS] for one in rows],
        face=Table(
            FACE, [[getattr(one, name) for name in FACE] for one in rows], note=note
        ),
    )


def found(book: Book, reference: str) -> str:
    """Return the id of the sweep that a reference means, or whose trial it means.

    Raises:
        NotFound: it is no sweep
    """
    from trackbook import sweeps as room

    run = book.find(reference)
    known = {one.sweep_id for one in room.sweeps(book.store)}
    is_part = run.run_id not in known and run.parent_run_id in known
    sweep_id = (run.parent_run_id or "") if is_part else run.run_id
    room.told(book.store, sweep_id)
    return sweep_id


class Shown(Tabular):
    """One sweep: `.panel()` in a notebook, `.table()` and `.df()` for more work."""

    def __init__(self, book: Book, sweep_id: str) -> None:
        self._source = BookSweep(book, sweep_id)

    def panel(self) -> SweepPanel:
        """Return the panel, which follows the sweep while it runs."""
        from trackbook.panels import SweepPanel

        return SweepPanel(self._source)

    def table(self) -> Table:
        """Return a row for each trial, the best first, then in their order."""
        from trackbook.panels import trials_table

        return trials_table(self._source.told())

    @property
    def headline(self) -> str:
        """How far it is, in one line."""
        from trackbook.panels import sweep_words

        return sweep_words(self._source.told())

    def __repr__(self) -> str:
        return f"{self.headline}\n{self.table()!r}"

    def _repr_html_(self) -> str:
        return f"<p>{escaped(self.headline)}</p>{self.table()._repr_html_()}"

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is not None:
            display(self.panel())
        else:
            print(self)  # noqa: T201  what a terminal shows


class BookSweep:
    """What the panel asks of one sweep, answered from a project."""

    def __init__(self, book: Book, sweep_id: str) -> None:
        self._book = book
        self._sweep_id = sweep_id

    def version(self) -> str:
        """Return a word that changes with every new fact."""
        from trackbook.compare import version

        return version(self._book.store)

    def told(self) -> Told:
        """Return the sweep as it stands now."""
        from trackbook.sweeps import told

        return told(self._book.store, self._sweep_id)

    def weights(self, told: Told) -> Weights:
        """Return how much each param mattered."""
        from trackbook.sweeps import weights

        return weights(told)

    def stop(self) -> None:
        """Ask the sweep to end."""
        from trackbook.sweeps import stop

        stop(self._book.project, self._sweep_id)

    def prune(self, number: int) -> None:
        """Ask one trial to end."""
        from trackbook.sweeps import prune

        prune(self._book.project, self._sweep_id, number)
