"""How long it takes to compare two models on the same rows by a paired bootstrap.

Goal: 2,000 resamples of 100,000 rows in at most 2 s, for measures that are means of rows.
Reference, in the same run, turn by turn: `scipy.stats.bootstrap`, paired, of the mean difference
of the same rows, with as many resamples and the same interval.

`f1_macro` has no such reference: it is no mean of rows. What it takes is only told.
"""

from __future__ import annotations

import statistics
from time import perf_counter

import numpy as np
from machine import machine, told
from scipy import stats

from trackbook.statistics import Predictions, metric_named, paired_bootstrap

GOAL_S = 2.0


def main() -> None:
    choice = told(__doc__, turns=0)
    rows, resamples, turns = (5_000, 200, 2) if choice.smoke else (100_000, 2_000, 5)
    turns = choice.turns or turns
    print(machine())
    print(f"{rows} rows, {resamples} resamples, median of {turns} turns")
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, rows)
    labels = [
        Predictions(np.where(rng.random(rows) < s, truth, 1 - truth)) for s in (0.8, 0.79)
    ]
    aim = rng.normal(size=rows)
    numbers = [Predictions(aim + rng.normal(size=rows)) for _ in range(2)]
    kept = True
    for name, y, models in (("accuracy", truth, labels), ("mse", aim, numbers)):
        kept &= both(name, y, models, resamples, turns)
    took = statistics.median(
        ours("f1_macro", truth, labels, resamples)[0] for _ in range(turns)
    )
    print(f"f1_macro  trackbook {took:7.3f} s")
    print(f"goal (at most {GOAL_S:.0f} s): {'kept' if kept else 'missed'}")
    if not kept and not choice.smoke:
        raise SystemExit(1)


def both(name: str, truth, models, resamples: int, turns: int) -> bool:
    """Print one measure's times and their ratio; tell whether the goal is kept."""
    own, other = [], []
    for _ in range(turns):
        took, interval = ours(name, truth, models, resamples)
        own.append(took)
        took, wanted = theirs(name, truth, models, resamples)
        other.append(took)
        width = wanted.high - wanted.low
        assert abs(interval.low - wanted.low) < width / 4, (interval, wanted)
        assert abs(interval.high - wanted.high) < width / 4, (interval, wanted)
    first, second = statistics.median(own), statistics.median(other)
    print(
        f"{name:<9} trackbook {first:7.3f} s   scipy.stats.bootstrap {second:7.3f} s"
        f"   {first / second:.3f} x the reference"
    )
    return first <= GOAL_S


def ours(name: str, truth, models, resamples: int):
    began = perf_counter()
    found = paired_bootstrap(
        metric_named(name),
        truth,
        *models,
        rng=np.random.default_rng(1),
        resamples=resamples,
    )
    return perf_counter() - began, found.interval


def theirs(name: str, truth, models, resamples: int):
    metric = metric_named(name)
    began = perf_counter()
    sign = 1 if metric.direction == "max" else -1
    first, second = (sign * metric.rows(truth, one) for one in models)
    found = stats.bootstrap(
        (first, second), lambda a, b, axis: (a - b).mean(axis=axis), paired=True,
        vectorized=True, n_resamples=resamples, batch=20, method="percentile",
        confidence_level=0.9, rng=np.random.default_rng(2),
    )  # fmt: skip
    return perf_counter() - began, found.confidence_interval


if __name__ == "__main__":
    main()
