"""Metrics along their steps, thinned in the database to what a screen can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import Misused
from trackbook.records import Curve
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store

SQL = queries_of("trackbook.compare")
LONGEST = 20_000
"""Points of a series for which a spark line is worth reading them."""


def curves(
    store: Store,
    run_ids: Sequence[str],
    names: Sequence[str],
    *,
    x: Literal["step", "time"] = "step",
    max_points: int = 1000,
) -> list[Curve]:
    """Return the curves of some metrics of some runs, in that order, x rising.

    A curve of more than `max_points` points is cut into stretches of equal width: `y` is
    the last value of each, `low` and `high` the smallest and largest; the first and the
    last point of all are always there. A value that is NaN is a gap in `y`; it counts
    neither for `low` nor for `high`, which are NaN where there is nothing else. With `x`
    as time, seconds since the run began.
    """
    if max_points < 2:  # noqa: PLR2004  # the first and the last
        raise Misused(f"max_points is {max_points}: a curve has at least its two ends")
    wanted = {(run, name): n for n, (run, name) in enumerate(
        (run, name) for run in run_ids for name in names
    )}  # fmt: skip
    asked = {"runs": list(run_ids), "names": list(names)}
    with store.reading() as db:
        series = db.execute(SQL["series_of"], asked).fetchall()
        series.sort(key=lambda row: wanted[row[1], row[2]])
        return [
            Curve(
                run_id=run_id, name=name, point_count=count, **drawn(db, x, max_points, row)
            )
            for row in series
            for _, run_id, name, count, _ in [row]
        ]


def sparks(
    store: Store, run_ids: Sequence[str], names: Sequence[str], *, most: int = 24
) -> dict[tuple[str, str], list[float]]:
    """Return the way that metrics of runs took, by run id and name, in few finite points.

    In one question for all of them; of a series too long for that nothing is said.
    """
    asked = {"runs": list(run_ids), "names": list(names), "most": most}
    found = store.rows(SQL["sparks"], longest=LONGEST, **asked)
    return {(run_id, name): y for run_id, name, y in found.rows}


def drawn(
    db: DuckDBPyConnection, x: str, max_points: int, row: tuple[Any, ...]
) -> dict[str, list[float]]:
    """Return the points of one series, as they are or thinned."""
    sid, _, _, count, began_ms = row
    thin = count > max_points
    bound: dict[str, object] = {"sid": sid}
    if x == "time":
        bound["began_ms"] = began_ms
    if thin:
        bound["buckets"] = max_points - 1
    sql = SQL[f"{'buckets' if thin else 'points'}_by_{x}"]
    found = db.execute(sql, bound).fetchnumpy()
    return {name: numbers(found[name]) for name in ("x", "y", "low", "high")}


def numbers(column: Any) -> list[float]:
    """Return a column as floats, NaN where there is none."""
    import numpy as np

    filled: list[float] = np.ma.filled(column.astype("f8"), np.nan).tolist()
    return filled
