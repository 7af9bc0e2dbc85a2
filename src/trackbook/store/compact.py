"""Sorting points, so that one series lies in a few row groups instead of in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.sql import literal, queries_of, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

SORTED = {"point", "point_recent", "about"}
AT_ONCE = 10_000_000
"""Points sorted in one go: some 600 MB of memory."""
SQL = queries_of("trackbook.store")


def sort_recent(db: DuckDBPyConnection, *, at_least: int) -> int:
    """Sort recent points into `point` when there are enough; return how many."""
    ((count,),) = db.execute(SQL["recent_point_count"]).fetchall()
    if count < at_least:
        return 0
    db.execute("BEGIN")
    try:
        db.execute(SQL["sort_recent"])
        db.execute(SQL["clear_recent"])
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return int(count)


def copy_sorted(db: DuckDBPyConnection, old: Path) -> int:
    """Copy everything from a database into the new one in `tb`; return how many points.

    Into a new file, for DuckDB gives no room back within the old one. Recent points
    are sorted among themselves only, so that after years a long series lies in as
    many places as there were such sorts: here they become one.
    """
    db.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
    try:
        made = tables_of(db, "tb")
        for table in tables_of(db, "old") - SORTED:
            name = quoted(table)
            if table in made:
                db.execute(f"INSERT INTO tb.{name} BY NAME FROM old.{name}")
            else:
                db.execute(f"CREATE TABLE tb.{name} AS FROM old.{name}")
        for first, last in stretches_of_series(db):
            db.execute(SQL["copy_sorted"], {"first": first, "last": last})
        ((count,),) = db.execute(SQL["point_count"]).fetchall()
    finally:
        db.execute("DETACH old")
    return int(count)


def tables_of(db: DuckDBPyConnection, database: str) -> set[str]:
    """Return the names of a database's tables."""
    return {
        name for (name,) in db.execute(SQL["tables"], {"database": database}).fetchall()
    }


def stretches_of_series(db: DuckDBPyConnection) -> list[tuple[int, int]]:
    """Return first and last number of series that together have as many points as fit."""
    stretches: list[tuple[int, int]] = []
    first, points = 0, 0
    for sid, count in db.execute(SQL["points_of_series"]).fetchall():
        if points and points + count > AT_ONCE:
            stretches.append((first, sid - 1))
            first, points = sid, 0
        points += count
    return [*stretches, (first, (1 << 31) - 1)]
