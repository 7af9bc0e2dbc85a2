"""What experiments are after: the metric of each, and which way it is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.book.book import Book

    Direction = Literal["max", "min"]


class Aims:
    """The objectives of a project's experiments, as they were when last asked for.

    Asking takes some 10 ms: a session does it in the background, when it begins.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[str, tuple[str, Direction]] = {}
        self._swept: dict[str, Direction] = {}
        """Metrics that sweeps are after, all of them the same way."""
        self._is_asked = False

    def learn(self) -> None:
        """Ask for them anew."""
        self.take(self.asked())

    def asked(self) -> list[tuple[str, str, Direction]]:
        """Return each experiment with its metric and which way that is better, as on record."""
        from trackbook.store import file_in

        book = self._book
        there = file_in(book.folder).exists() or (book.folder / "journal").is_dir()
        if there and book.store.place.is_read_only:
            # What an older trackbook made, and nobody may bring up to date, has no such view.
            there = bool(book.ask("knows_aims"))
        rows = book.ask("aims") if there else []
        self._swept = {
            metric: way for experiment, metric, way in rows if experiment is None
        }
        return [row for row in rows if row[0] is not None]

    def take(self, rows: Iterable[tuple[str, str, Direction]]) -> None:
        """Know them from now on."""
        self._known = {experiment: (metric, way) for experiment, metric, way in rows}
        self._is_asked = True

    def metric(self, experiment: str | None) -> str | None:
        """Return the metric that an experiment is after; None for none."""
        return self._known[experiment][0] if experiment in self._known else None

    @property
    def directions(self) -> dict[str, Direction]:
        """Which way the metrics are better that experiments and sweeps are after."""
        if not self._is_asked and self._book.recorder is None:
            self.learn()
        return self._swept | dict(self._known.values())
