"""A database as years of work leave it: many short runs, eight at a time, and some long series."""

from __future__ import annotations

import random
from array import array
from dataclasses import dataclass
from pathlib import Path

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import RunStart
from trackbook.store import Store

AT_A_TIME, SERIES, STEPS = 8, 20, 500
LONG_RUNS, LONG_SERIES, LONG_STEPS = 4, 4, 100_000


@dataclass
class Made:
    """What was made, and which runs to ask for."""

    store: Store
    long_run: str
    short_run: str
    points: int


def make(folder: Path, points: int, *, at_once: int = 1) -> Made:
    """Fill a project with so many points, through the journal, as kernels would.

    With `at_once` above 1, so many steps of a series come in one call: quicker to make.
    """
    store = Store(folder)
    journal = Journal(folder / "journal", new_id(), complain=print)
    long_runs = begin(journal, LONG_RUNS)
    short_runs: list[str] = []
    each = AT_A_TIME * SERIES * STEPS
    rounds = max(1, (points - LONG_RUNS * LONG_SERIES * LONG_STEPS) // each)
    long_step = 0
    for n in range(rounds):
        fresh = begin(journal, AT_A_TIME)
        short_runs += fresh
        for step in range(0, STEPS, at_once):
            for run in fresh:
                write(journal, run, "metric", SERIES, step, at_once)
            share = (n * STEPS + step + at_once) / (rounds * STEPS)
            while long_step < share * LONG_STEPS:
                for run in long_runs:
                    write(journal, run, "long", LONG_SERIES, long_step, at_once)
                long_step += at_once
        if n % 25 == 0:
            journal.rotate_if_large()
            store.drain()
    journal.close()
    store.drain()
    ((count,),) = store.rows("SELECT sum(point_count)::BIGINT FROM summary").rows
    return Made(store, long_runs[1], short_runs[len(short_runs) // 2], count)


def begin(journal: Journal, count: int) -> list[str]:
    """Begin so many runs and return their ids."""
    runs = [new_id() for _ in range(count)]
    for run in runs:
        journal.put(RunStart(name="run", experiment="e", origin="manual"), run)
    return runs


def write(
    journal: Journal, run: str, name: str, series: int, step: int, at_once: int
) -> None:
    """Write the next steps of all series of a run."""
    if at_once == 1:
        values = {f"{name}{k}": noisy() for k in range(series)}
        journal.put_several(run, values, step=step, origin="logged")
        return
    for k in range(series):
        at = int(random.random() * (len(SINGLES) - at_once))
        journal.put_batch(run, f"{name}{k}", VIEW[at : at + at_once], steps=step)


def noisy() -> float:
    """Return a number with the noise of single precision, as losses have it."""
    return VIEW[int(random.random() * len(SINGLES))]


def singles() -> array[float]:
    """Return four million random numbers in single precision."""
    import numpy as np

    return array(
        "d", np.random.default_rng(1).random(1 << 22, dtype="f4").astype("f8").tobytes()
    )


SINGLES = singles()
VIEW = memoryview(SINGLES)
