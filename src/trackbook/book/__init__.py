"""The book: opens a project and hands out its rooms."""

from __future__ import annotations

from trackbook.book.book import Book, open_book

__all__ = ["Book", "open_book"]
