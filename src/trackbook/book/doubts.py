"""What speaks against runs: looked for when they end, and when somebody asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trackbook.book.background import Background
from trackbook.capture import SavedNotebook, attempt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book.book import Book
    from trackbook.capture import ActiveRun
    from trackbook.records import Doubt, Run

PATIENCE_S = 0.05
"""How long a card waits for a look at the notebook's file that is on its way."""


class Doubts:
    """Finds what speaks against the runs of a book, and writes down what was found first."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._told: dict[str, set[tuple[str, tuple[str, ...], str]]] = {}
        """What was said of each run of this session."""
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
        if recorder is None or not self._book.settings.stale:
            return []
        if self._lookout is not None:
            self._lookout.settle(patience_s=PATIENCE_S)
        told = self._told.setdefault(run.run_id, set())
        fresh = []
        # A card must not be missed because something here has a bug.
        found = attempt(
            "looking for doubts",
            lambda: self._found(run.run_id, look=False),
            recorder.fault,
        )
        for doubt in found or ():
            key = doubt.code, tuple(doubt.names), doubt.about
            if key not in told:
                told.add(key)
                fresh.append(doubt)
                recorder.ink.put(doubt, run.run_id)
        return fresh

    def now(self, run: Run) -> Sequence[Doubt]:
        """Return all that speaks against a run by now."""
        from trackbook.lineage import doubts_of_past

        book = self._book
        if not book.settings.stale:
            return []
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
