"""What is done for a run and what is not, from what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.checklist import Checklist


def checklist(book: Book, of: str = "last") -> Checklist:
    """Say what is done for a run before, during and after it, each from what is on record.

    Args:
        of: a run, or a version such as churn@1.2.0
    """
    from trackbook.checklist import checklist_of

    book.settle()
    return checklist_of(book, of)
