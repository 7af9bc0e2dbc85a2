"""The registry as the doors give it: a panel with buttons in a notebook, a table elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from trackbook.doors.moves import moves_of
from trackbook.errors import NotFound, TrackbookError
from trackbook.table import Table, Tabular

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from trackbook.book import Book
    from trackbook.gates import Report, Step
    from trackbook.panels import RegistryPanel
    from trackbook.records import Transition
    from trackbook.registry import ApprovalRow, Board, History

MOST = 1000
SUNSET = timedelta(days=90)
"""How long a version serves that is deprecated by a button."""


def registry(book: Book, *, limit: int = MOST) -> Shelved:
    """Show the registry: a board with a column for each state, and buttons in a notebook.

    Args:
        limit: how many versions at most, the newest
    """
    book.settle()
    return Shelved(book, limit)


class Shelved(Tabular):
    """The registry's versions: `.panel()` in a notebook, `.table()` elsewhere."""

    def __init__(self, book: Book, limit: int) -> None:
        self._source = BookRegistry(book, limit)

    def panel(self) -> RegistryPanel:
        """Return the board with its buttons."""
        from trackbook.panels import RegistryPanel

        return RegistryPanel(self._source)

    def table(self) -> Table:
        """Return a row for each version, those in use first."""
        board = self._source.board()
        rows = [
            (f"{row.model}@{row.version}", row.state, ", ".join(row.slots),
             ", ".join(row.aliases), dict(row.metrics), row.champion or "", row.state_since,
             row.moved_by)
            for state in ("PRODUCTION", "STAGING", "DEVELOPMENT", "DEPRECATED", "ARCHIVED")
            for row in board.states[state]
        ]  # fmt: skip
        columns = [
            "name", "state", "slots", "aliases", "metrics", "champion", "since", "moved_by",
        ]  # fmt: skip
        note = "" if rows else "nothing is registered: %track register MODEL NAME"
        return Table(columns, rows, note=note)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is not None:
            display(self.panel())
        else:
            print(repr(self))  # noqa: T201  the shell's way to show


class BookRegistry:
    """A book's registry, as its panel asks for it."""

    def __init__(self, book: Book, limit: int = MOST) -> None:
        self._book = book
        self._limit = limit

    def board(self) -> Board:
        """Return the versions as they stand."""
        from trackbook.registry import board

        return board(self._book.store, limit=self._limit)

    def history(self, model: str) -> History:
        """Return everything that was decided of a model."""
        from trackbook.registry import history

        return history(self._book.store, model)

    def approvals(self, model: str) -> Sequence[ApprovalRow]:
        """Return what was asked for and answered, the newest first."""
        from trackbook.registry import approvals

        return approvals(self._book.store, model)

    def reports(self, version_id: str) -> Sequence[Report]:
        """Return the gates that a version stood before, the last one first."""
        from trackbook.gates import reports_of

        return reports_of(self._book.store, version_id)

    def reproduced(self, run_id: str) -> str | None:
        """Return the verdict on a run that was executed again; None where it was not."""
        try:
            return self._book.find(run_id).reproduced
        except NotFound:
            return None

    def direction(self, metric: str) -> Literal["max", "min"] | None:
        """Return which way a metric is better; None where that is not known."""
        return self._book.direction(metric)

    def examine(
        self,
        reference: str,
        to: str,
        *,
        progress: Callable[[Step], object],
        cancel: threading.Event,
    ) -> Report:
        """Ask a version everything that stands before a state, and move nothing.

        Where only somebody's approval is missing, it is asked for.
        """
        models = self._book.models
        report = models.examine(reference, to, progress=progress, cancel=cancel)
        models.ask_for_approval(reference, to, report)
        return report

    def promote(
        self, reference: str, to: str, *, reason: str, expected_from: str, report: Report
    ) -> str:
        """Move a version up, on the evidence of a report."""
        done = self._book.models.promote(
            reference, to, reason=reason, expected_from=expected_from, report=report
        )
        return self._said(reference, done.transition)

    def demote(self, reference: str, *, reason: str) -> str:
        """Move a version one state down."""
        registry = self._book.models.registry()
        return self._said(reference, registry.demote(reference, reason=reason))

    def deprecate(self, reference: str, *, reason: str) -> str:
        """Say that a version serves for 90 days more."""
        sunset = datetime.now(UTC) + SUNSET
        registry = self._book.models.registry()
        entry = registry.deprecate(reference, sunset=sunset, reason=reason)
        return self._said(reference, entry)

    def archive(self, reference: str, *, reason: str) -> str:
        """Put a version away."""
        registry = self._book.models.registry()
        return self._said(reference, registry.archive(reference, reason=reason))

    def approve(self, reference: str, to: str, comment: str) -> str:
        """Agree that a version may enter a state."""
        registry = self._book.models.registry(to)
        entry = registry.approve(reference, to.upper(), comment=comment)
        said = "had been approved by you" if entry is None else f"approved by {entry.actor}"
        return f"{reference} {said}"

    def reject(self, reference: str, to: str, comment: str) -> str:
        """Say no to a version that wants to enter a state."""
        registry = self._book.models.registry(to)
        entry = registry.reject(reference, to.upper(), comment=comment)
        said = "had been rejected by you" if entry is None else f"rejected by {entry.actor}"
        return f"{reference} {said}"

    def rollback_plan(self, model: str) -> str | None:
        """Return what a rollback would change; None where there is nothing to go back to."""
        models = self._book.models
        try:
            bad = models.version(f"{model}@champion")
            good = models.version(f"{model}@last_good")
        except TrackbookError:
            return None
        return (
            f"{good.name} ({good.state}) becomes champion of prod again, {bad.name} becomes"
            f" DEPRECATED; @champion leads to {good.version}. Before that, {good.name} is"
            " verified, scanned and loaded in a process of its own."
        )

    def rollback(self, model: str, reason: str) -> str:
        """Take the champion back."""
        entry = self._book.models.rollback(model, reason=reason)
        return self._said(f"{model}@champion", entry)

    def _said(self, reference: str, entry: Transition | None) -> str:
        """Return what a decision moved, in one sentence."""
        row = self._book.models.version(reference)
        if entry is None:
            return f"{row.name} is {row.state} already"
        moved = [
            f"{what}: {before or 'nothing'} → {after or 'nothing'}"
            for what, before, after in moves_of(self._book, entry)
        ]
        return "; ".join(moved) or f"{row.name} is {row.state}"
