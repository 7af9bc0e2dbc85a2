"""The book: opens a project and hands out its rooms."""

from __future__ import annotations

from trackbook.book.book import Book, open_book
from trackbook.book.models import Keeping, Models, Promotion, Registered

__all__ = ["Book", "Keeping", "Models", "Promotion", "Registered", "open_book"]
