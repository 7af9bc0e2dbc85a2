"""How long it takes to read one series of 100,000 points, and one run of 20 series of 500.

Goal, among 100 million points: at most 400 ms before `compact` and 50 ms after it, and at
most 20 ms for the run. Reference: the same question to the same points in a plain table that is
keyed by the names as text, in order of arrival, in a DuckDB file of its own.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from machine import machine, told
from measured_runs import make

ONE = (
    "SELECT step, value FROM metrics WHERE run_id = $run AND name = $name ORDER BY step",
    "SELECT step, value FROM plain WHERE run_id = $run AND name = $name ORDER BY step",
)
ALL = (
    "SELECT name, step, value FROM metrics WHERE run_id = $run ORDER BY name, step",
    "SELECT name, step, value FROM plain WHERE run_id = $run ORDER BY name, step",
)


def main() -> None:
    choice = told(__doc__, points=0)
    points = choice.points or (5_000_000 if choice.smoke else 100_000_000)
    folder = Path(tempfile.mkdtemp(prefix="series-read-"))
    print(machine())
    try:
        started = time.perf_counter()
        made = make(folder, points, at_once=50)
        print(
            f"{made.points:,} points made in {time.perf_counter() - started:.0f} s,"
            f" {made.store.place.file.stat().st_size / made.points:.2f} bytes each"
        )
        plain = reference(folder)
        report("before compact", made, plain)
        started = time.perf_counter()
        made.store.compact()
        print(
            f"compact: {time.perf_counter() - started:.1f} s,"
            f" {made.store.place.file.stat().st_size / made.points:.2f} bytes per point of file"
        )
        report("after compact", made, plain)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reference(folder: Path):
    """Return a connection to the same points, keyed by text in order of arrival."""
    import duckdb

    copied = folder / "copied.duckdb"
    shutil.copy(folder / "trackbook.duckdb", copied)
    db = duckdb.connect(str(folder / "plain.duckdb"), config={"threads": 2})
    db.execute(f"ATTACH '{copied}' AS tb (READ_ONLY)")
    db.execute(
        "CREATE TABLE plain AS SELECT run_id, name, step, value, make_timestamp(logged_ms * 1000) AS at"
        " FROM (FROM tb.point UNION ALL FROM tb.point_recent) JOIN tb.series USING (sid) ORDER BY logged_ms"
    )
    db.execute("DETACH tb")
    copied.unlink()
    return db


def report(when: str, made, plain) -> None:
    for what, bound, asked, expected in (
        ("one series of 100,000", {"run": made.long_run, "name": "long2"}, ONE, 100_000),
        ("a run of 20 x 500", {"run": made.short_run}, ALL, 10_000),
    ):
        assert len(made.store.rows(asked[0], **bound).rows) == expected
        mine = milliseconds(partial(made.store.rows, asked[0], **bound))
        other = milliseconds(partial(answer, plain, asked[1], bound, "fetchall"))
        with made.store.reading() as db:
            bare = milliseconds(partial(answer, db, asked[0], bound, "fetchnumpy"))
        print(
            f"{when}: {what}: {mine:.0f} ms as Python rows ({bare:.0f} ms as arrays, file open);"
            f" plain table {other:.0f} ms, {other / mine:.1f} times ours"
        )


def answer(db, sql: str, bound: dict[str, str], fetch: str) -> object:
    return getattr(db.execute(sql, bound), fetch)()


def milliseconds(ask, times: int = 5) -> float:
    ask()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1e3)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
