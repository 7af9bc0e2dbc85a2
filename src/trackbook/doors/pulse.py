"""What a session is doing, for a front end that asks between cells; asking changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.doors.session import Current

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.capture import ActiveRun, Recorder

CHANGED = {"edited", "deleted", "gone", "executed again"}
"""Doubts that are about a cell which is no longer as a run saw it."""
NOTHING: dict[str, object] = {
    "recording": None,
    "run": None,
    "metric": None,
    "cells": {"stale": []},
}


class Pulse(dict[str, object]):
    """A session's state, which a front end is shown as JSON."""

    def _repr_json_(self) -> dict[str, object]:
        return dict(self)


def pulse() -> Pulse:
    """Return whether this session records, its open or last run, and its last metric.

    `recording` is auto, manual or off; None where nothing was loaded.
    """
    book = Current.book
    recorder = book.recorder if book is not None else None
    if book is None or recorder is None:
        return Pulse(NOTHING)
    runs = list(recorder.ledger.runs.values())
    run = recorder.active or (runs[-1] if runs else None)
    metric = None
    if run is not None and run.metrics:
        name, value = list(run.metrics.items())[-1]
        metric = f"{name} {value:.4g}"
    return Pulse(
        recording=recorder.mode,
        run=run.name if run is not None else None,
        metric=metric,
        cells={"stale": stale_cells(book, recorder, runs)},
    )


def stale_cells(book: Book, recorder: Recorder, runs: list[ActiveRun]) -> list[str]:
    """Return the ids of the cells that are no longer as the last run saw them."""
    if not runs:
        return []
    found = book.doubts.of_session(runs[-1].run_id)
    about = {doubt.about for doubt in found if doubt.code in CHANGED}
    ran = recorder.trail.ran
    return sorted({one.cell_id for one in ran if one.cell_id and one.execution_id in about})


def toggle() -> Pulse:
    """Record nothing from now on, or again as before; return the pulse."""
    from trackbook.doors.live import off, on

    book = Current.book
    recorder: Recorder | None = book.recorder if book is not None else None
    if book is not None and recorder is not None:
        (on if recorder.mode == "off" else off)(book)
    return pulse()
