"""Words tied to datasets, experiments, models and versions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.metadata.document import NEEDS
from trackbook.metadata.find import describe
from trackbook.metadata.things import (
    DatasetMetadata,
    ExperimentMetadata,
    ModelMetadata,
)
from trackbook.records import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.records import Thing

LONGEST_NAME, LONGEST_VALUE = 120, 10_000


def labelled(book: Book, of: str, words: Sequence[str]) -> list[Label]:
    """Write words onto a thing, and return them as they were written.

    Args:
        book: the project's
        of: a dataset, an experiment, a model, or one of its versions (`churn@1.2.0`)
        words: NAME=VALUE; NAME= takes one away

    Raises:
        Misused: a word cannot be meant; nothing was written
    """
    thing, subject = subject_of(book, of)
    made = []
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals or len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise Misused(f"{word[:LONGEST_NAME]!r} is no label: write NAME=VALUE")
        if name in NEEDS and value and not is_amount(value):
            raise Misused(f"{name} is {value[:40]!r}: it is a number above 0")
        masked = book.secrets.of_value(name, value)
        made.append(Label(thing=thing, subject=subject, name=name, value=str(masked)))
    for one in made:
        book.put(one)
    return made


def subject_of(book: Book, of: str) -> tuple[Thing, str]:
    """Return what kind of thing is meant, and by what labels know it."""
    found = describe(book, of)
    if isinstance(found, DatasetMetadata):
        return "dataset", found.dataset_id
    if isinstance(found, ExperimentMetadata):
        return "experiment", found.name
    if isinstance(found, ModelMetadata):
        is_one = "@" in of or of.endswith(found.model_id)
        return ("version", found.model_id) if is_one else ("model", found.name)
    raise Misused(f"{of!r} is a run: %track tag NAME=VALUE --run {of}")


def is_amount(text: str) -> bool:
    """Say whether a text is a number above 0."""
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False
