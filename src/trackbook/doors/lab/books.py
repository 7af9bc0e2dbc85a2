"""The projects that browsers asked about lately, their databases open for moments only."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.settings import FOLDER, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.book import Book

KEPT_S = 120.0


class Open:
    """One open book, and how many requests are at it."""

    def __init__(self, book: Book, born: int) -> None:
        self.book, self.born = book, born
        self.users = 0
        self.used_at = time.monotonic()


class Books:
    """One book for each project that is asked about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Path, Open] = {}

    @contextmanager
    def using(self, project: Path) -> Iterator[Book]:
        """Give a project's book: a new one where the project was deleted and made again."""
        one = self._taken(project)
        try:
            yield one.book
        finally:
            with self._lock:
                one.users -= 1
                one.used_at = time.monotonic()
                stale = one.users == 0 and self._open.get(project) is not one
            if stale:
                one.book.close()

    def rest(self, *, all_of_them: bool = False) -> None:
        """Close what nobody has asked about for two minutes."""
        before = time.monotonic() - (0 if all_of_them else KEPT_S)
        with self._lock:
            idle = {
                project: one
                for project, one in self._open.items()
                if one.users == 0 and one.used_at <= before
            }
            for project in idle:
                del self._open[project]
        for one in idle.values():
            one.book.close()

    def _taken(self, project: Path) -> Open:
        from trackbook.book import Book

        try:
            born = (project / FOLDER).stat().st_ino
        except OSError:
            raise NotFound(f"the project in {project.name!r} is gone") from None
        with self._lock:
            known = self._open.get(project)
            if known is None or known.born != born:
                left, known = known, Open(Book(project, read_settings(project)), born)
                self._open[project] = known
                if left is not None and left.users == 0:
                    left.book.close()
            known.users += 1
        return known
