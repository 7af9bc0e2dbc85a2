"""What a sweep costs beside its trials: 1,000 children of a function that does nothing.

The same calls go through the bare executor of Python, with as many processes at a time started in
the same way, and through `trackbook.sweep`, which records each as a child run; alternately. Goal:
at most 20 ms more for each child.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter

from machine import machine, told

CHILDREN, ROUNDS, JOBS, GOAL_MS = 1000, 3, 2, 20.0


def trivial(x):
    return x * 2.0


def main() -> None:
    choice = told(__doc__)
    count, rounds = (40, 1) if choice.smoke else (CHILDREN, ROUNDS)
    print(machine())
    apart = []
    for _ in range(rounds):
        without, with_us = bare(count), swept(count)
        apart.append((with_us - without) / count * 1000)
        print(
            f"{count} children: bare {without:.2f} s, swept {with_us:.2f} s,"
            f" {apart[-1]:.2f} ms more for each"
        )
    print(
        f"median: {statistics.median(apart):.2f} ms more for each child (goal: {GOAL_MS:g})"
    )


def bare(count: int) -> float:
    """Return how long the executor takes by itself, its start included."""
    begun = perf_counter()
    how = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(JOBS, mp_context=how) as pool:
        done = [f.result() for f in [pool.submit(trivial, x) for x in range(count)]]
    assert done == [x * 2.0 for x in range(count)]
    return perf_counter() - begun


def swept(count: int) -> float:
    """Return how long a sweep takes, from its call until it has ended."""
    import trackbook
    from trackbook.doors.session import Current

    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRACKBOOK_PROJECT"] = folder
        begun = perf_counter()
        found = trackbook.sweep(trivial, {"x": range(count)}, direction="max", jobs=JOBS)
        took = perf_counter() - begun
        assert found.best.number == count - 1
        assert len(found.table()) == count
        Current.book.close()
        Current.book = None
        assert Path(folder, ".trackbook", "trackbook.duckdb").exists()
    return took


if __name__ == "__main__":
    main()
