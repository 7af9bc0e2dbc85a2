"""From all journals into the database, exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.clock import new_id, now_us
from trackbook.records import RunEnd, SessionEnd
from trackbook.store.batch import Batch, columns_from, objects, selected
from trackbook.store.sql import queries_of, quoted
from trackbook.store.stretch import (
    Offset,
    Stretch,
    is_branch,
    journals_in,
    read,
    session_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.records import Record

SQL = queries_of("trackbook.store")


class Drained(NamedTuple):
    """What one turn of draining came to."""

    more: bool
    """Whether something may be left."""
    done: list[Stretch]
    """Journals of the dead, to be put away when the database is safely closed."""
    ends: dict[str, int]
    """How much of each journal is in the database now, by the journal's name."""


def drain_once(db: DuckDBPyConnection, folder: Path, upto: Mapping[str, int]) -> Drained:
    """Move one budget of journal bytes into the database.

    Runs under the project's lock with the store attached. Journal offsets stand
    in the same transaction as the facts: whatever dies at whatever moment, each
    frame is taken in exactly once. `upto` is each journal's size when draining began.
    """
    files = [file for file in journals_in(folder) if file.name in upto]
    rows = db.execute(SQL["offsets"]).fetchall()
    offsets = {name: Offset(drained, skipped) for name, drained, skipped in rows}
    batch, stretches, more = read(files, offsets, upto)
    gone = [name for name in offsets if not (folder / f"{name}.tbj").exists()]
    moved = [s for s in stretches if s.end > s.start]
    done = [stretch for stretch in stretches if stretch.dead]
    ends = {name: offset.drained_bytes for name, offset in offsets.items()}
    ends |= {stretch.journal: stretch.end for stretch in moved}
    if not (moved or gone or done):
        return Drained(False, [], ends)
    db.execute("BEGIN")
    try:
        ingest(db, batch)
        for session_id, last_us in sessions_over(done, folder).items():
            close_session(db, session_id, min(last_us, now_us()))
        remember(db, moved, gone)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return Drained(more, done, ends)


def ingest(db: DuckDBPyConnection, batch: Batch) -> None:
    """Add a batch's facts and points, then take back what it retracts."""
    for kind, rows in batch.facts.items():
        add_rows(db, kind, rows)
    if batch.points:
        add_points(db, batch)
    for run_id, us, retraction in batch.retractions:
        db.execute(
            SQL["retract_params"], {"run": run_id, "names": retraction.params, "until": us}
        )
        found = db.execute(
            SQL["series_to_retract"], {"run": run_id, "names": retraction.metrics}
        ).fetchall()
        for (sid,) in found:
            # One at a time: compared with a number, whole row groups can be left out.
            for table in ("point", "point_recent", "summary", "series"):
                db.execute(f"DELETE FROM tb.{table} WHERE sid = $sid", {"sid": sid})  # noqa: S608


def add_rows(db: DuckDBPyConnection, kind: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows of one kind."""
    new_rows = columns_from(kind, rows)
    db.register("new_rows", new_rows)
    db.execute(
        f"INSERT INTO tb.{quoted(kind)} BY NAME SELECT {selected(kind)} FROM new_rows"  # noqa: S608
    )
    db.unregister("new_rows")


def add_points(db: DuckDBPyConnection, batch: Batch) -> None:
    """Insert points, numbering new series in order of first use."""
    import numpy as np

    runs = list({run_id for run_id, _ in batch.points})
    found = db.execute(SQL["series_of_runs"], {"runs": runs}).fetchall()
    sids = {(run_id, name): sid for sid, run_id, name in found}
    new = [key for key in batch.points if key not in sids]
    if new:
        ((first,),) = db.execute(SQL["next_sid"]).fetchall()
        sids |= {key: first + n for n, key in enumerate(new)}
        made = [batch.points[key] for key in new]
        db.register(
            "new_series",
            {
                "sid": np.array([sids[key] for key in new], "i4"),
                "run_id": objects(run for run, _ in new),
                "name": objects(name for _, name in new),
                "origin": objects(p.origin for p in made),
                "session_id": objects(p.session_id for p in made),
                "execution_id": objects(p.execution_id for p in made),
            },
        )
        db.execute(SQL["add_series"])
        db.unregister("new_series")
    parts = [(sids[key], *points.columns()) for key, points in batch.points.items()]
    sizes = [len(part[1]) for part in parts]
    columns = {
        "sid": np.repeat(np.array([part[0] for part in parts], "i4"), sizes),
        "step": np.concatenate([part[1] for part in parts]),
        "value": np.concatenate([part[2] for part in parts]),
        "logged_ms": np.concatenate([part[3] for part in parts]),
        "place": np.arange(sum(sizes), dtype="i8"),
    }
    db.register("new_points", columns)
    db.execute(SQL["add_points"])
    db.execute(SQL["add_summaries"])
    db.unregister("new_points")


def sessions_over(done: list[Stretch], folder: Path) -> dict[str, int]:
    """Return the sessions whose last journal was just read, and when each last wrote.

    The folder is looked at after the journals were found dead: a process that goes
    on in a next file has opened that one before it let the last one go. While a
    further journal of the session waits, so may its own word on how it ended.
    """
    finished = {stretch.file for stretch in done}
    waiting = {
        session_of(file)
        for file in journals_in(folder)
        if file not in finished and not is_branch(file)
    }
    over: dict[str, int] = {}
    for stretch in done:
        session = stretch.session_id
        if session not in waiting and not is_branch(stretch.file):
            over[session] = max(stretch.mtime_us, over.get(session, 0))
    return over


def close_session(db: DuckDBPyConnection, session_id: str, last_us: int) -> None:
    """Write what a dead session could not: its end, and its runs' ends."""
    known = {"session": session_id}
    ((ended,),) = db.execute(SQL["session_is_ended"], known).fetchall()
    if ended:
        return
    ((begun,),) = db.execute(SQL["session_is_known"], known).fetchall()
    runs = [run for (run,) in db.execute(SQL["runs_left_open"], known).fetchall()]
    if begun or runs:
        end = SessionEnd(outcome="killed")
        add_rows(db, "session_end", [row_of(end, last_us, session_id, None)])
    if runs:
        end_of_run = RunEnd(status="KILLED", error="its process ended without a word")
        rows = [row_of(end_of_run, last_us, session_id, run) for run in runs]
        add_rows(db, "run_end", rows)


def row_of(
    record: Record, us: int, session_id: str, run_id: str | None
) -> tuple[object, ...]:
    """Return the row of a fact that comes from no journal."""
    values = [getattr(record, name) for name in record.__struct_fields__]
    return (new_id(), us, session_id, run_id, None, *values)


def remember(db: DuckDBPyConnection, moved: list[Stretch], gone: list[str]) -> None:
    """Write how far each journal has been read."""
    import numpy as np

    names = [stretch.journal for stretch in moved]
    if names or gone:
        db.execute(SQL["forget_offsets"], {"journals": names + gone})
    if moved:
        new_offsets = {
            "journal": objects(names),
            "drained_bytes": np.array([stretch.end for stretch in moved], "i8"),
            "skipped_bytes": np.array([stretch.skipped for stretch in moved], "i8"),
        }
        db.register("new_offsets", new_offsets)
        db.execute(SQL["add_offsets"])
        db.unregister("new_offsets")


def put_away(stretch: Stretch) -> None:
    """Remove a dead journal that was drained; keep a damaged one for people to look at."""
    if stretch.is_torn:
        kept = stretch.file.parent.parent / "quarantine"
        kept.mkdir(exist_ok=True)
        stretch.file.replace(kept / stretch.file.name)
    else:
        stretch.file.unlink(missing_ok=True)
