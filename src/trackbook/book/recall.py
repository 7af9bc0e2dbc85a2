"""What a session needs to know of earlier ones: asked of the database, or as the last one left it.

Asking costs some 0.3 s of processor time (importing DuckDB, opening the database, draining), which
the first cells of a notebook would pay, for they share the interpreter. So the session that ends
last leaves the answers in a file beside the database. They count as long as the database is
the same file, unchanged, and no journal but the asker's own has more than is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.book.book import Book

PAST_RUNS = 500
"""Earlier runs that the cards compare with."""
MOST_CELLS = 5_000
"""Above so many cells that opened runs nothing is left: reading it would take long."""
FORMAT: Literal[1] = 1


class Aim(msgspec.Struct, frozen=True, array_like=True):
    """The metric that an experiment is after, and which way it is better."""

    experiment: str
    metric: str
    direction: Literal["max", "min"]


class Remembered(msgspec.Struct, frozen=True, array_like=True):
    """An earlier run, as far as cards show it."""

    run_id: str
    name: str
    experiment: str
    params: dict[str, str]
    metrics: dict[str, float]


class OfCell(msgspec.Struct, frozen=True, array_like=True):
    """The last run that a cell opened."""

    notebook: str | None
    cell_key: str
    run_id: str


class Recollection(msgspec.Struct, frozen=True):
    """What is known of earlier sessions."""

    aims: list[Aim]
    runs: list[Remembered]
    """The newest first."""
    cells: list[OfCell]


class Left(msgspec.Struct, frozen=True):
    """The same in its file, with what it was true of."""

    format: Literal[1]
    database: tuple[int, int, int, int]
    ends: dict[str, int]
    past: Recollection


def recall(book: Book) -> Recollection:
    """Return what is known of earlier sessions, without a question if it is left and still true."""
    from trackbook.store import Standing, past_in, still_stands

    left = _read(past_in(book.folder))
    if left is not None:
        then = Standing(left.database, left.ends)
        if still_stands(book.folder, then, besides=book.session_id):
            return left.past
    return _asked(book, of_all=False)


def leave(book: Book) -> None:
    """Leave the answers for the next session; the database has just been drained."""
    from trackbook.store import past_in

    store = book.store
    with store.place.alone(patience_s=0):  # nobody takes away meanwhile what is told here
        standing = store.standing()
        past = _asked(book, of_all=True)
        if standing is None or standing != store.standing() or len(past.cells) > MOST_CELLS:
            return
        left = Left(FORMAT, standing.database, dict(standing.ends), past)
        file = past_in(book.folder)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_bytes(msgspec.msgpack.encode(left))
        fresh.replace(file)


def _asked(book: Book, *, of_all: bool) -> Recollection:
    """Ask the database; with the cells of this session's notebook, or of all."""
    from trackbook.runs import search

    runs = [
        Remembered(
            run.run_id, run.name, run.experiment, dict(run.params), dict(run.metrics)
        )
        for run in search(book.store, limit=PAST_RUNS)
    ]
    recorder = book.recorder
    own = None if recorder is None else recorder.notebook.path
    cells = book.ask("runs_of_cells", notebook=own, all=of_all, most=MOST_CELLS + 1)
    return Recollection(
        [Aim(*row) for row in book.aims.asked()], runs, [OfCell(*row) for row in cells]
    )


def _read(file: Path) -> Left | None:
    try:
        return msgspec.msgpack.decode(file.read_bytes(), type=Left)
    except (OSError, msgspec.MsgspecError):
        return None  # none is left, or another trackbook's: the database is asked
