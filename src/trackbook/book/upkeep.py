"""What is done once a second, in the background: what waits is written, and put in order."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.book.book import Book

DRAIN_EVERY_S, DRAIN_AT_WORK_S = 5.0, 60.0
"""How often what was written is moved into the database: at rest, and while cells execute."""
REST_S = 2.0


class Upkeep:
    """Looks after one process's journal and its project's database."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._drained_at = time.monotonic()

    def chore(self) -> None:
        """Write what waits, and now and then have everything drained."""
        if self._book.recorder is not None:
            self._book.recorder.flush()
        self._book.journal.tend()
        now = time.monotonic()
        recorder = self._book.recorder
        at_rest = recorder is not None and recorder.rest_s() > REST_S
        every = DRAIN_EVERY_S if at_rest else DRAIN_AT_WORK_S
        if now - self._drained_at > every and self._is_worth_draining():
            self._drain()
            self._drained_at = time.monotonic()

    def _drain(self) -> None:
        """Move what was written into the database, if nobody else is about to."""
        store = self._book.store
        import duckdb

        try:
            store.drain(patience_s=0)
        except duckdb.Error:
            # DuckDB refuses to work as the process ends; the journals keep everything.
            if threading.main_thread().is_alive():
                raise

    def _is_worth_draining(self) -> bool:
        """Say whether nobody else drained lately, and it can be done just now."""
        if "__main__" not in sys.modules:  # taken out by the user: DuckDB asks for it
            return False
        if not threading.main_thread().is_alive():  # the process ends
            return False
        try:
            database = self._book.folder / "trackbook.duckdb"
            return time.time() - database.stat().st_mtime > DRAIN_EVERY_S
        except OSError:
            return True
