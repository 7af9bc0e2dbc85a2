"""What was around a run, written down when it ends: in the background, each thing once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackbook.fingerprint import digest_of, installed, packages_in_use
from trackbook.records import Environment, Lock

if TYPE_CHECKING:
    from trackbook.book.book import Book
    from trackbook.records import Record


class Surroundings:
    """Knows what of the world around a session is on record already."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._written: set[tuple[str, str]] = set()
        self._in_use: tuple[int, list[str]] = (0, [])
        """The packages in use when this many modules were imported."""

    def write(self, run_id: str) -> None:
        """Write what is around a run that just ended."""
        if self._in_use[0] != len(sys.modules):
            self._in_use = len(sys.modules), packages_in_use()
        packages = self._in_use[1]
        environment = Environment(
            digest=digest_of(packages), packages=packages, lock=self._lock()
        )
        self._book.journal.put(environment, run_id)

    def _lock(self) -> str:
        found = installed()
        masked = [self._book.secrets.in_text(origin) for origin in found.origins]
        digest = digest_of([*found.packages, *masked])
        return self._once(
            Lock(digest=digest, packages=found.packages, origins=masked), digest
        )

    def _once(self, record: Record, digest: str) -> str:
        """Write a fact unless this session has; return its digest."""
        if (record.kind, digest) not in self._written:
            self._book.journal.put(record)
            self._written.add((record.kind, digest))
        return digest
