"""The book: opens a project and hands out its rooms."""

from __future__ import annotations

from trackbook.book.book import Book, open_book
from trackbook.book.collecting import Seen
from trackbook.book.contents import around_of, slice_of_run
from trackbook.book.models import Keeping, Models, Promotion, Registered

__all__ = [
    "Book",
    "Keeping",
    "Models",
    "Promotion",
    "Registered",
    "Seen",
    "around_of",
    "open_book",
    "slice_of_run",
]
