"""The book: opens a project and hands out its rooms."""

from __future__ import annotations

from trackbook.book.book import Book, open_book
from trackbook.book.candidates import for_registry, known_of_run, outdated, rules_of
from trackbook.book.collecting import Seen
from trackbook.book.contents import around_of, slice_of_run
from trackbook.book.models import Keeping, Models, Promotion, Registered
from trackbook.book.splitting import look_ahead, rest, split

__all__ = [
    "Book",
    "Keeping",
    "Models",
    "Promotion",
    "Registered",
    "Seen",
    "around_of",
    "for_registry",
    "known_of_run",
    "look_ahead",
    "open_book",
    "outdated",
    "rest",
    "rules_of",
    "slice_of_run",
    "split",
]
