"""How many points a second go from one call with an array through the journal into the database.

Goal: at least one million a second, logged and drained. Reference: `executemany` of the same rows
into the same kind of table, with fewer rows, for it is slow.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from machine import machine, told

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.store import Store


def main() -> None:
    choice = told(__doc__, points=1_000_000)
    print(machine())
    rounds = [once(choice.points) for _ in range(2 if choice.smoke else 7)]
    logged, drained = (statistics.median(column) for column in zip(*rounds, strict=True))
    ours = choice.points / (logged + drained)
    reference = executemany(500 if choice.smoke else 3000)
    print(
        f"{choice.points:,} points: logged in {logged * 1e3:.0f} ms, drained in {drained * 1e3:.0f} ms:"
        f" {ours:,.0f} a second; executemany {reference:,.0f} a second,"
        f" ours {ours / reference:,.0f} times as many"
    )


def once(points: int) -> tuple[float, float]:
    """Return the seconds to log so many points and to drain them."""
    import numpy as np

    values = np.random.default_rng(1).random(points)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        journal = Journal(Path(folder) / "journal", new_id(), complain=print)
        store.drain()  # the instance and the tables are there already, as in a kernel
        started = time.perf_counter()
        journal.put_batch(new_id(), "loss", memoryview(values))
        logged = time.perf_counter()
        store.drain()
        drained = time.perf_counter()
        ((count,),) = store.rows("SELECT sum(point_count)::BIGINT FROM summary").rows
        assert count == points
        journal.close()
        store.close()
    return logged - started, drained - logged


def executemany(rows: int) -> float:
    """Return how many rows a second a row-by-row insert takes."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        db = duckdb.connect(str(Path(folder) / "x.duckdb"))
        db.execute(
            "CREATE TABLE point (sid INTEGER, step BIGINT, value DOUBLE, logged_ms BIGINT)"
        )
        data = [(1, step, step / 7, 1_700_000_000_000 + step) for step in range(rows)]
        started = time.perf_counter()
        db.executemany("INSERT INTO point VALUES (?, ?, ?, ?)", data)
        taken = time.perf_counter() - started
        db.close()
    return rows / taken


if __name__ == "__main__":
    main()
