"""Giving back the bytes of what was thrown away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from trackbook.errors import Busy
from trackbook.records import KINDS
from trackbook.store import queries_of, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from trackbook.artifacts import Artifacts
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")
YOUNG_S = 60.0
"""A content kept so lately may belong to a run that has not yet said so."""
KEPT_KINDS = {
    "trash", "execution", "execution_end", "session", "session_end", "fault", "metric",
}  # fmt: skip
"""Metrics are points, not a table of their own. The others belong to the notebook, or say
that a run was thrown away: what a session writes of it later must stay out of sight."""


class Freed(NamedTuple):
    """What was freed, or would be."""

    bytes: int
    """On disk. In a dry run of artifacts alone: the database's cannot be known."""
    runs: int
    points: int
    artifacts: int


def gc(store: Store, artifacts: Artifacts, *, dry_run: bool = False) -> Freed:
    """Free the bytes of the runs in the trash and of artifacts that no run refers to.

    The database file is written anew without them; whatever dies on the way, either the
    old file is there or the new one.
    """
    with store.place.alone():
        gone = [run_id for (run_id,) in store.rows(SQL["thrown_away"]).rows]
        ((runs, points),) = store.rows(SQL["weight_of"], runs=gone).rows
        used = {digest for (digest,) in store.rows(SQL["digests_in_use"], runs=gone).rows}
        unused = [digest for digest in artifacts.digests() if digest not in used]
        if dry_run:
            old = [d for d in unused if artifacts.age_s(d) > YOUNG_S]
            return Freed(sum(map(artifacts.size_of, old)), runs, points, len(old))
        before = store.place.file.stat().st_size
        rewrite(store, gone)
        database = before - store.place.file.stat().st_size
    # Only now: had it been earlier and the rewriting failed, runs could still be restored
    # whose artifacts are gone.
    freed = [artifacts.remove(digest, older_than_s=YOUNG_S) for digest in unused]
    rest = artifacts.clear_unfinished()
    count = sum(1 for size in freed if size)
    return Freed(database + sum(freed) + rest, runs, points, count)


def rewrite(store: Store, gone: list[str]) -> None:
    """Put a new database file, without some runs, in the place of the old one."""
    file = store.place.file
    fresh = file.with_suffix(".duckdb.new")
    remove(fresh)
    try:
        with store.writing() as db:
            forget(db, gone)
            copy_into(db, fresh)
        if wal_of(file).exists() or wal_of(fresh).exists():
            raise Busy(f"{file} could not be closed properly: nothing was freed; try again")
        sync(fresh)
        fresh.replace(file)
        sync(file.parent)
    finally:
        remove(fresh)


def forget(db: DuckDBPyConnection, gone: list[str]) -> None:
    """Delete every fact of some runs."""
    ((known,),) = db.execute(SQL["last_sid"]).fetchall()
    kinds = [name for name in KINDS if name not in KEPT_KINDS]
    bound = {"runs": gone}
    db.execute("BEGIN")
    try:
        db.execute(SQL["forget_last_sid"])
        db.execute(SQL["remember_last_sid"], {"known": known})
        for table in ("point", "point_recent", "summary"):
            db.execute(
                f"DELETE FROM tb.{table} WHERE sid IN"  # noqa: S608  # names of our own tables
                " (SELECT sid FROM tb.series WHERE list_contains($runs, run_id))",
                bound,
            )
        for table in ("series", *kinds):
            db.execute(
                f"DELETE FROM tb.{quoted(table)} WHERE list_contains($runs, run_id)",  # noqa: S608  # as above
                bound,
            )
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def copy_into(db: DuckDBPyConnection, fresh: Path) -> None:
    """Copy the whole database into a new file, which holds no empty space."""
    path = str(fresh).replace("'", "''")
    db.execute(f"ATTACH '{path}' AS fresh (BLOCK_SIZE 65536, STORAGE_VERSION 'v1.5.0')")
    try:
        db.execute("COPY FROM DATABASE tb TO fresh")
    finally:
        db.execute("DETACH fresh")


def remove(file: Path) -> None:
    """Remove a database file that was not finished, with its write-ahead log."""
    file.unlink(missing_ok=True)
    wal_of(file).unlink(missing_ok=True)


def wal_of(file: Path) -> Path:
    """Return where DuckDB keeps what it has not yet put into a file."""
    return file.with_name(file.name + ".wal")


def sync(path: Path) -> None:
    """Let a file or a folder's names survive a power cut."""
    if path.is_dir() and os.name == "nt":
        return
    fd = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
