"""Sorting points, so that one series lies in a few row groups instead of in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.sql import queries_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

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


def sort_all(db: DuckDBPyConnection) -> int:
    """Sort all points anew, a stretch of series at a time; return how many.

    Recent points are sorted among themselves only, so that after years a long series
    lies in as many places as there were such sorts.
    """
    db.execute("BEGIN")
    try:
        db.execute(SQL["make_sorted"])
        for first, last in stretches_of_series(db):
            db.execute(SQL["sort_series"], {"first": first, "last": last})
        ((count,),) = db.execute(SQL["sorted_count"]).fetchall()
        for step in ("drop_unsorted", "rename_sorted", "clear_recent"):
            db.execute(SQL[step])
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return int(count)


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
