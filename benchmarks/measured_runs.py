"""A database as years of work leave it: many short runs, eight at a time, and some long series."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import RunStart
from trackbook.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_A_TIME, SERIES, STEPS = 8, 20, 500
LONG_RUNS, LONG_SERIES, LONG_STEPS = 4, 4, 100_000


@dataclass
class Made:
    """What was made, and which runs to ask for."""

    store: Store
    long_run: str
    short_run: str
    points: int


def make(folder: Path, points: int) -> Made:
    """Fill a project with so many points, through the journal, as kernels would."""
    store = Store(folder)
    journal = Journal(folder / "journal", new_id(), complain=print)
    long_runs = [new_id() for _ in range(LONG_RUNS)]
    for run in long_runs:
        journal.put(RunStart(name="long", experiment="e", origin="manual"), run)
    short_runs: list[str] = []
    batches = max(
        1, (points - LONG_RUNS * LONG_SERIES * LONG_STEPS) // (AT_A_TIME * SERIES * STEPS)
    )
    rounds = batches * STEPS
    long_step = 0
    for n, (run, step, values) in enumerate(short(journal, batches, short_runs)):
        journal.put_several(run, values, step=step, origin="logged")
        while long_step * rounds * AT_A_TIME < n * LONG_STEPS:
            for long in long_runs:
                values = {f"long{k}": noisy() for k in range(LONG_SERIES)}
                journal.put_several(long, values, step=long_step, origin="logged")
            long_step += 1
        if n % 20_000 == 0:
            journal.rotate_if_large()
            store.drain()
    journal.close()
    store.drain()
    ((count,),) = store.rows("SELECT sum(point_count)::BIGINT FROM summary").rows
    return Made(store, long_runs[1], short_runs[len(short_runs) // 2], count)


def short(
    journal: Journal, batches: int, runs: list[str]
) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Give the steps of short runs, eight runs at a time, interleaved."""
    for _ in range(batches):
        fresh = [new_id() for _ in range(AT_A_TIME)]
        runs += fresh
        for run in fresh:
            journal.put(RunStart(name="short", experiment="e", origin="auto"), run)
        for step in range(STEPS):
            for run in fresh:
                yield run, step, {f"metric{k}": noisy() for k in range(SERIES)}


def noisy() -> float:
    """Return a number with the noise of single precision, as losses have it."""
    return SINGLES[int(random.random() * len(SINGLES))]  # noqa: S311


def singles() -> list[float]:
    import numpy as np

    return [float(x) for x in np.random.default_rng(1).random(1 << 22, dtype="f4")]


SINGLES = singles()
