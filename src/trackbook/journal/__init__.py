"""The journal: an append-only, checksummed, crash-safe log, one file per writing process."""

from __future__ import annotations

from trackbook.journal.encode import BATCH, SCALAR, SEVERAL
from trackbook.journal.frames import HEAD, Found, frames_in
from trackbook.journal.liveness import is_alive
from trackbook.journal.writer import Journal

__all__ = [
    "BATCH",
    "HEAD",
    "SCALAR",
    "SEVERAL",
    "Found",
    "Journal",
    "frames_in",
    "is_alive",
]
