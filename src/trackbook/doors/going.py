"""How far runs are, and what goes wrong in those that run just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.clock import now_us
from trackbook.doors.rows import SHORT
from trackbook.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.progress import Standing
    from trackbook.records import Run


MOST = 20
"""Runs that run just now, of those in a list."""


def going_of(book: Book, runs: Sequence[Run]) -> dict[str, Standing]:
    """Return how far those runs are that are not finished, by their ids."""
    from trackbook.progress import standings

    ids = [run.run_id for run in runs if run.status != "FINISHED"]
    return standings(book.store, ids, now_us=now_us())


def troubles_of(book: Book, runs: Sequence[Run]) -> dict[str, list[str]]:
    """Return what goes wrong in those runs that run just now, in sentences."""
    running = [run for run in runs if run.status == "RUNNING"]
    found = book.doubts.of_training(running)
    return {run_id: [doubt.words for doubt in doubts] for run_id, doubts in found.items()}


def pointed_out(book: Book, runs: Sequence[Run]) -> list[str]:
    """Return a line for each thing that goes wrong in the runs that run just now."""
    found = troubles_of(book, runs)
    return [f"⚠ {run.name}: {words}" for run in runs for words in found.get(run.run_id, ())]


def running_now(book: Book) -> list[tuple[str, str]]:
    """Return the runs of any process that run just now, and how far each is."""
    from trackbook.runs import search

    try:
        found = search(book.store, "status = 'RUNNING'", limit=MOST)
    except NotFound:
        return []  # nothing was ever recorded here
    going, troubles = going_of(book, found), troubles_of(book, found)
    rows = []
    for run in found:
        words = [going[run.run_id].sentence] if run.run_id in going else ["running"]
        words += [f"⚠ {trouble}" for trouble in troubles.get(run.run_id, ())]
        rows.append((f"{run.name} {run.run_id[-SHORT:]}", "; ".join(filter(None, words))))
    return rows
