"""What data there are, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.lineage import DatasetPage
    from trackbook.table import Table


def data(book: Book, of: str | None = None) -> Table | DatasetPage:
    """List the data that were loaded or trained on, or show what is in some of them.

    Args:
        of: a dataset's name, id or file, for its columns; or a run, for the data that it used
    """
    from trackbook.lineage import dataset, datasets, inputs_of

    book.settle()
    if of is None:
        return datasets(book.store)
    found = dataset(book.store, of)
    if found is not None:
        return found
    try:
        return inputs_of(book.store, book.find(of))
    except (NotFound, Misused) as error:
        raise NotFound(
            f"no dataset and no run named {of!r} (%track data and %track runs list them)"
        ) from error
