"""What speaks against runs: looked for when they end, and when somebody asks."""

from __future__ import annotations

import os
from math import isfinite
from typing import TYPE_CHECKING

from trackbook.book.background import Background
from trackbook.capture import SavedNotebook, attempt
from trackbook.clock import now_us
from trackbook.records import Doubt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book.book import Book
    from trackbook.capture import ActiveRun
    from trackbook.records import Run

PATIENCE_S = 0.05
"""How long a card waits for a look at the notebook's file that is on its way."""
FEWEST = 10
"""Points of a series before it is looked into when its run has ended."""


class Doubts:
    """Finds what speaks against the runs of a book, and writes down what was found first."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._told: dict[str, set[tuple[str, tuple[str, ...], str]]] = {}
        """What was said of each run of this session."""
        self._unseen: list[str] = []
        """Runs that ended, and whose curves were not looked into since."""
        self._lookout: Background | None = None
        """A thread of its own: what else is done in the background may take a second."""

    def look(self) -> None:
        """Have the notebook's file looked at in the background."""
        recorder = self._book.recorder
        if recorder is None or not self._book.settings.stale:
            return
        if recorder.notebook.path is None:
            return
        if self._lookout is None:
            self._lookout = Background(lambda: None, fault=recorder.fault)
        self._lookout.soon(recorder.notebook.look)

    def close(self) -> None:
        """End the thread that looks at the file."""
        if self._lookout is not None:
            self._lookout.stop()

    def at_end(self, run: ActiveRun) -> list[Doubt]:
        """Return what speaks against a run and was not said of it before; write it down."""
        recorder = self._book.recorder
        if recorder is None:
            return []
        if self._lookout is not None:
            self._lookout.settle(patience_s=PATIENCE_S)
        # A card must not be missed because something here has a bug.
        found = attempt(
            "looking for doubts", lambda: self._found_at_end(run), recorder.fault
        )
        return self._write(run.run_id, found or ())

    def ended(self, run: ActiveRun) -> None:
        """Have the losses of a run that ended looked into when the cells are at rest."""
        if run.longest_series >= FEWEST:
            self._unseen.append(run.run_id)
            self._book.when_idle(self._look_into_losses)

    def _look_into_losses(self) -> None:
        """Write down what went wrong in the losses of all runs that ended meanwhile."""
        ids, self._unseen = self._unseen, []
        for run_id, found in self._diverged(ids).items():
            self._write(run_id, found)

    def _found_at_end(self, run: ActiveRun) -> list[Doubt]:
        """Return what is found in an instant; the curves are read only if a loss is lost."""
        stale = self._book.settings.stale
        found = self._found(run.run_id, look=False) if stale else []
        direction = self._book.direction
        lost = any(
            not isfinite(value) and direction(name) == "min"
            for name, value in run.metrics.items()
        )
        if lost:
            found = [*self._diverged([run.run_id]).get(run.run_id, []), *found]
        return found

    def _write(self, run_id: str, found: Sequence[Doubt]) -> list[Doubt]:
        """Write down what was not said of a run before, and return it."""
        told = self._told.setdefault(run_id, set())
        fresh = []
        for doubt in found:
            key = doubt.code, tuple(doubt.names), doubt.about
            if key not in told:
                told.add(key)
                fresh.append(doubt)
                self._book.put(doubt, run_id)
        return fresh

    def _diverged(self, run_ids: Sequence[str]) -> dict[str, list[Doubt]]:
        from trackbook.progress import diverging

        if not run_ids:
            return {}
        return diverging(self._book.store, run_ids, direction=self._book.direction)

    def now(self, run: Run) -> Sequence[Doubt]:
        """Return all that speaks against a run by now, the course of its training first."""
        training = self.of_training([run]).get(run.run_id, [])
        known = {(doubt.code, *doubt.names) for doubt in training}
        stale = self._stale(run) if self._book.settings.stale else []
        return training + [d for d in stale if (d.code, *d.names) not in known]

    def of_training(self, runs: Sequence[Run]) -> dict[str, list[Doubt]]:
        """Return which of some runs diverge, or hang just now, and the sentences that say so."""
        from trackbook.progress import standings

        store, found = self._book.store, self._diverged([run.run_id for run in runs])
        running = [run.run_id for run in runs if run.status == "RUNNING"]
        for run_id, one in standings(store, running, now_us=now_us()).items():
            if one.hangs:
                silent = Doubt(code="stalled", words=one.trouble, names=[])
                found.setdefault(run_id, []).append(silent)
        return found

    def _stale(self, run: Run) -> Sequence[Doubt]:
        """Return what the notebook, as it is by now, says against a run."""
        from trackbook.lineage import doubts_of_past

        book = self._book
        if book.recorder is not None and run.run_id in book.recorder.trail.given:
            return self._found(run.run_id, look=True)
        path = run.notebook if run.notebook and os.path.isabs(run.notebook) else None  # noqa: PTH117
        sheet = SavedNotebook().read(path)
        return doubts_of_past(book.store, run, sheet, book.secrets.of_source)

    def of_session(self, run_id: str) -> list[Doubt]:
        """Return all that speaks by now against a run of this session; nothing of others."""
        return self._found(run_id, look=True) if self._book.settings.stale else []

    def _found(self, run_id: str, *, look: bool) -> list[Doubt]:
        from trackbook.lineage import doubts_of

        recorder = self._book.recorder
        if recorder is None:
            return []
        own = recorder.trail.given.get(run_id, {})
        sheet = recorder.notebook.sheet(look=look)
        return doubts_of(own, recorder.trail.ran, sheet, plain=recorder.secrets.of_source)
