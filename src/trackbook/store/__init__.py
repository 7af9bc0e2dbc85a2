"""The store: one DuckDB file, filled from the journals and asked in SQL."""

from __future__ import annotations

from trackbook.store.asking import ask
from trackbook.store.doctor import Finding, examine
from trackbook.store.place import file_in
from trackbook.store.sql import Queries, queries_of, quoted
from trackbook.store.standing import Standing, past_in, still_stands
from trackbook.store.store import Answer, Store

__all__ = [
    "Answer",
    "Finding",
    "Queries",
    "Standing",
    "Store",
    "ask",
    "examine",
    "file_in",
    "past_in",
    "queries_of",
    "quoted",
    "still_stands",
]
