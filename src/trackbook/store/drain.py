"""From all journals into the database, exactly once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trackbook.clock import new_id, now_us
from trackbook.journal import HEAD, frames_in, is_alive
from trackbook.records import KINDS, RunEnd, SessionEnd
from trackbook.store.batch import Batch, columns_from, objects, selected
from trackbook.store.sql import queries_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.records import Record

BUDGET_BYTES = 4 << 20
"""Read per transaction, so that the lock is soon free for others."""
SQL = queries_of("trackbook.store")


class Stretch(NamedTuple):
    """What was read of one journal, and what is to become of it."""

    file: Path
    start: int
    end: int
    size: int
    dead: bool
    """Nothing more will ever come: its process is gone and every byte was looked at."""
    skipped: int
    mtime_us: int

    @property
    def journal(self) -> str:
        return self.file.stem

    @property
    def session_id(self) -> str:
        return self.file.name.split(".", 1)[0]

    @property
    def is_torn(self) -> bool:
        return self.end < self.size or self.skipped > 0


def journals_in(folder: Path) -> list[Path]:
    """Return the project's journal files, oldest first."""
    return sorted(folder.glob("*.tbj"))


def drain_once(db: DuckDBPyConnection, folder: Path) -> bool:
    """Move one budget of journal bytes into the database; say whether more may be left.

    Runs under the project's lock with the store attached. Journal offsets stand
    in the same transaction as the facts: whatever dies at whatever moment, each
    frame is taken in exactly once.
    """
    files = journals_in(folder)
    offsets: dict[str, int] = dict(db.execute("FROM tb.journal_offset").fetchall())
    batch, stretches, more = read(files, offsets)
    gone = [name for name in offsets if not (folder / f"{name}.tbj").exists()]
    moved = [s for s in stretches if s.end > s.start]
    done = [stretch for stretch in stretches if stretch.dead]
    if not (moved or gone or done):
        return False
    db.execute("BEGIN")
    try:
        ingest(db, batch)
        for stretch in done:
            if ended := closing_facts(db, stretch, folder):
                insert(db, ended)
        remember(db, moved, gone)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    for stretch in done:
        put_away(stretch)
    return more


def read(
    files: Iterable[Path], offsets: dict[str, int]
) -> tuple[Batch, list[Stretch], bool]:
    """Read what the journals hold beyond their offsets, up to the budget."""
    batch, stretches, left, more = Batch(), [], BUDGET_BYTES, False
    for file in files:
        if left <= 0 or batch.retractions:
            more = True
            break
        start = offsets.get(file.stem, 0)
        dead = not is_alive(file)
        try:
            stretch, payloads = read_stretch(file, start, left, dead=dead)
        except FileNotFoundError:
            continue
        left -= stretch.end - stretch.start
        taken = take(batch, stretch, payloads)
        stretches.append(taken)
        more = more or (taken.end < taken.size and taken.end > start) or taken != stretch
    return batch, stretches, more


def read_stretch(
    file: Path, start: int, budget: int, *, dead: bool
) -> tuple[Stretch, list[memoryview]]:
    """Read one journal from `start`; a frame larger than the budget is read whole."""
    fd = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        facts = os.fstat(fd)
        size = facts.st_size
        wanted = min(size - start, max(budget, 1))
        while True:
            os.lseek(fd, start, os.SEEK_SET)
            data = read_all(fd, wanted)
            found = frames_in(data)
            if found.used or start + wanted >= size:
                break
            wanted = min(size - start, wanted * 4)
    finally:
        os.close(fd)
    # A dead journal's last half frame never becomes whole: it ends here.
    whole = dead and start + wanted >= size
    stretch = Stretch(
        file=file,
        start=start,
        end=start + found.used,
        size=size,
        dead=whole,
        skipped=found.skipped,
        mtime_us=facts.st_mtime_ns // 1000,
    )
    return stretch, found.payloads


def read_all(fd: int, wanted: int) -> bytes:
    """Return `wanted` bytes, or fewer where the file ends."""
    parts = []
    while wanted > 0:
        part = os.read(fd, wanted)
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def take(batch: Batch, stretch: Stretch, payloads: list[memoryview]) -> Stretch:
    """Put payloads into the batch, stopping behind a retraction.

    A frame that is whole and yet makes no sense is damage of another kind: it is
    passed over, and the journal kept for people to look at.
    """
    for n, payload in enumerate(payloads):
        try:
            batch.add(stretch.session_id, payload)
        except (msgspec.MsgspecError, ValueError, TypeError, OverflowError):
            stretch = stretch._replace(skipped=stretch.skipped + len(payload))
        if batch.retractions and n + 1 < len(payloads):
            after = sum(len(later) + HEAD.size for later in payloads[n + 1 :])
            return stretch._replace(end=stretch.end - after, dead=False)
    return stretch


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
        sids = [sid for (sid,) in found]
        for table in ("point", "point_recent", "summary", "series") if sids else ():
            db.execute(
                f"DELETE FROM tb.{table} WHERE list_contains($sids, sid)",  # noqa: S608
                {"sids": sids},
            )


def add_rows(db: DuckDBPyConnection, kind: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows of one kind."""
    new_rows = columns_from(kind, rows)
    db.register("new_rows", new_rows)
    db.execute(
        f"INSERT INTO tb.{quoted(kind)} SELECT {selected(kind)} FROM new_rows"  # noqa: S608
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


def closing_facts(
    db: DuckDBPyConnection, stretch: Stretch, folder: Path
) -> list[tuple[Record, int, str, str | None]]:
    """Return the facts that a dead session could not write: its end, and its runs' ends.

    The folder is looked at again after the journal was found dead: a process that
    goes on in a next file has opened that one before it let the last one go.
    """
    session = stretch.session_id
    main = [f for f in folder.glob(f"{session}.*.tbj") if ".c" not in f.name]
    if any(is_alive(file) for file in main if file != stretch.file):
        return []
    known = {"session": session}
    ((ended,),) = db.execute(SQL["session_is_ended"], known).fetchall()
    ((begun,),) = db.execute(SQL["session_is_known"], known).fetchall()
    if ended or not begun:
        return []
    when = min(stretch.mtime_us, now_us())
    open_runs = db.execute(SQL["runs_left_open"], known).fetchall()
    facts: list[tuple[Record, int, str, str | None]] = [
        (
            RunEnd(status="KILLED", error="its process ended without a word"),
            when,
            session,
            r,
        )
        for (r,) in open_runs
    ]
    return [*facts, (SessionEnd(outcome="killed"), when, session, None)]


def insert(
    db: DuckDBPyConnection, facts: list[tuple[Record, int, str, str | None]]
) -> None:
    """Insert facts that come from no journal, as (record, written_us, session, run)."""
    for record, us, session_id, run_id in facts:
        layout = type(record).__struct_fields__
        values = [getattr(record, name) for name in layout]
        add_rows(
            db, KINDS[record.kind].kind, [(new_id(), us, session_id, run_id, None, *values)]
        )


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
        }
        db.register("new_offsets", new_offsets)
        db.execute("INSERT INTO tb.journal_offset SELECT * FROM new_offsets")
        db.unregister("new_offsets")


def put_away(stretch: Stretch) -> None:
    """Remove a dead journal that was drained; keep a damaged one for people to look at."""
    if stretch.is_torn:
        kept = stretch.file.parent.parent / "quarantine"
        kept.mkdir(exist_ok=True)
        stretch.file.replace(kept / stretch.file.name)
    else:
        stretch.file.unlink(missing_ok=True)
