"""What the Tab key offers after `%track`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from trackbook.doors.session import Current
from trackbook.doors.verbs import VERBS
from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.book import Book

KEEP_S = 2.0
LATEST = 200
FIRST_WORDS = ("last", "last~1", "best:", "worst:")


class Known:
    """Names that the project has, asked for at most every two seconds."""

    asked_at = float("-inf")
    runs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    params: tuple[str, ...] = ()


def complete(_shell: Any, event: Any) -> list[str]:
    """Return the words that may stand at the cursor."""
    book = Current.book
    if book is None:
        return []
    before = str(event.text_until_cursor)
    words = before.split()
    symbol = "" if before.endswith((" ", "\t")) else words[-1]
    place = len(words) - (1 if symbol else 0)
    try:
        return sorted(
            w for w in candidates(book, words, place, symbol) if w.startswith(symbol)
        )
    except TrackbookError:
        return []  # a busy database must not make the Tab key speak


def candidates(book: Book, words: list[str], place: int, symbol: str) -> Iterable[str]:
    """Return all words that could stand at a place of the line."""
    if place <= 1:
        more = ("skip",) if words and words[0] == "%%track" else ()
        return (*VERBS, "help", *more)
    verb = VERBS.get(words[1])
    if verb is None or verb.needs == "nothing":
        return VERBS if words[1] == "help" else ()
    if symbol.startswith("--"):
        return [p.flag for p in verb.parameters() if p.is_option]
    refresh(book)
    if verb.name in ("show", "compare", "diff", "export", "rm", "lint", "checklist"):
        return (*Known.runs, *FIRST_WORDS, *(f"best:{m}" for m in Known.metrics))
    if verb.name == "runs":
        fields = ("status", "name", "experiment", "started_at", "duration_s", "and", "or")
        return (
            *(f"metrics.{m}" for m in Known.metrics),
            *(f"params.{p}" for p in Known.params),
            *fields,
        )
    return {"metric": Known.metrics, "param": Known.params}.get(verb.name, ())


def refresh(book: Book) -> None:
    """Ask the project for its names, unless that was done just now."""
    if time.monotonic() - Known.asked_at < KEEP_S:
        return
    Known.asked_at = time.monotonic()
    names = book.known_names(LATEST)
    Known.runs, Known.metrics, Known.params = names
