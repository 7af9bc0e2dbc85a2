"""The journal: an append-only, checksummed, crash-safe, one file per writing process."""

from __future__ import annotations

from trackbook.journal.encode import (
    BATCH,
    FLOAT64,
    INT64,
    SCALAR,
    SEVERAL,
    TAIL,
    speakable,
    tail_of,
)
from trackbook.journal.files import written_until
from trackbook.journal.frames import HEAD, Found, frames_in
from trackbook.journal.liveness import hold, is_alive, let_go
from trackbook.journal.writer import Journal

__all__ = [
    "BATCH",
    "FLOAT64",
    "HEAD",
    "INT64",
    "SCALAR",
    "SEVERAL",
    "TAIL",
    "Found",
    "Journal",
    "frames_in",
    "hold",
    "is_alive",
    "let_go",
    "speakable",
    "tail_of",
    "written_until",
]
