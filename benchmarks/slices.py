"""Whether runs of messy notebooks come again from their slices, and how much a slice leaves out.

Each notebook of `benchmarks/notebooks` is executed in a real kernel with recording on: from top to
bottom, and as its session script says (edited cells, cells out of order, failed tries), with random
re-runs and junk cells strewn in. Then every run is reproduced: its slice in a fresh kernel.

Goals: every slice re-runs and reproduces; at least 40 % of the executions are left out on average;
at least 99 % of the metrics are bit-equal, every failure classified. Reference, in the same run:
what a tracker must execute that keeps the whole history, all executions up to then.

Run: `python benchmarks/slices.py [--smoke] [--seed 1] [--most 0]` (runs of a session; 0 for all).
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from machine import machine, told
from players import Turn, messy, names, play, straight, workplace

from trackbook.errors import Misused
from trackbook.lineage import session_of, slice_of
from trackbook.reproduce import reproduce, rerun
from trackbook.runs import search
from trackbook.store import Store, queries_of

POINTS = queries_of("trackbook.reproduce")["points_of_run"]
REFERENCE_EVERY = 8
"""Of how many runs one is executed with its whole history as well, to be timed."""


class Outcome(NamedTuple):
    """What came of one run."""

    verdict: str
    cause: str
    said: str
    metrics: int
    different: int
    """Metrics that are not bit-equal."""
    left_out: float
    executions: int
    history: int
    """Executions up to the last one of the slice."""
    cell_s: float
    history_cell_s: float
    """What the cells took at first: of the slice, and of all up to then."""
    seconds: float
    history_seconds: float | None
    """Kernel and cells, executed again; None where the history was not timed."""


def main() -> None:
    choice = told(__doc__, seed=1, most=0)
    rng = np.random.default_rng(choice.seed)
    wanted = ["researcher_descent"] if choice.smoke else names()
    most = 2 if choice.smoke else choice.most
    print(machine())
    print(f"load average at the start: {os.getloadavg()[0]:.1f}; seed {choice.seed}")
    print(f"{'session':<30}{'executions':>11}{'runs':>6}{'identical':>11}{'left out':>10}")
    outcomes: list[Outcome] = []
    for name in wanted:
        for kind, turns in (("", straight(name)), (", messy", messy(name, rng))):
            if choice.smoke and not kind:
                continue
            found = session(turns, most, rng, report_failures=not kind)
            outcomes += found
            same = sum(one.verdict == "identical" for one in found)
            left = statistics.mean(one.left_out for one in found)
            print(
                f"{name + kind:<30}{len(turns):>11}{len(found):>6}{same:>11}{left:>10.0%}",
                flush=True,
            )
            for one in found:
                if one.verdict not in ("identical", "re-ran"):
                    print(f"    {one.verdict}: {one.cause or 'unclassified'}: {one.said}")
    summary(outcomes)


def session(
    turns: list[Turn], most: int, rng: np.random.Generator, *, report_failures: bool
) -> list[Outcome]:
    """Play one session and reproduce its runs, or some of them."""
    with workplace() as folder:
        for played in play(turns, Path(folder)):
            if played.failure and report_failures:
                print(
                    f"    {played.turn.cell_id} fails from top to bottom: {played.failure}"
                )
        store = Store(Path(folder) / ".trackbook")
        try:
            runs = search(store, "", limit=None)[::-1]
            if most and len(runs) > most:
                kept = sorted(rng.choice(len(runs), size=most, replace=False))
                runs = [runs[at] for at in kept]
            return [
                outcome(store, run, timed=at % REFERENCE_EVERY == 0)
                for at, run in enumerate(runs)
            ]
        finally:
            store.close()


def outcome(store: Store, run, *, timed: bool) -> Outcome:
    """Reproduce one run."""
    cut = slice_of(store, run)
    last = cut.parts[-1].execution_id
    history = [p for p in session_of(store, run.session_id) if p.execution_id <= last]
    names_of_metrics = {row[0] for row in store.rows(POINTS, run=run.run_id).rows}
    begun = time.perf_counter()
    try:
        proof, *_ = reproduce(store, run)
        verdict, cause, said = proof.verdict, proof.cause, list(proof.differences)
        seconds = proof.duration_s
    except Misused:  # nothing was measured in it: it can only run again, or not
        again = rerun(cut.parts, cut.dice, cut.folder)
        verdict = "failed" if again.failure else "re-ran"
        cause, said = "", [again.failure] if again.failure else []
        seconds = time.perf_counter() - begun
    wrong = {line.partition(" was ")[0].partition(" at step ")[0] for line in said}
    different = (
        len(names_of_metrics) if verdict == "failed" else len(wrong & names_of_metrics)
    )
    other = None
    if timed:
        other = rerun(history, cut.dice, cut.folder).seconds
    return Outcome(
        verdict, cause, f"{run.name}: {'; '.join(map(str, said))[:300]}",
        len(names_of_metrics), different, cut.share_left_out, len(cut.parts), len(history),
        sum(p.duration_s or 0.0 for p in cut.parts), sum(p.duration_s or 0.0 for p in history),
        seconds, other,
    )  # fmt: skip


def summary(outcomes: list[Outcome]) -> None:
    """Print the figures of all sessions together."""
    verdicts = [one.verdict for one in outcomes]
    good = verdicts.count("identical") + verdicts.count("re-ran")
    metrics = sum(one.metrics for one in outcomes)
    equal = metrics - sum(one.different for one in outcomes)
    left = statistics.mean(one.left_out for one in outcomes)
    bad = [one for one in outcomes if one.verdict not in ("identical", "re-ran")]
    print(
        f"runs {len(outcomes)}: identical {verdicts.count('identical')}, without metrics and"
        f" re-run {verdicts.count('re-ran')}, other {len(outcomes) - good}"
    )
    print(f"metrics bit-equal: {equal} of {metrics} ({equal / max(metrics, 1):.2%})")
    print(f"left out on average: {left:.1%}")
    print(f"failures without a class: {sum(not one.cause for one in bad)} of {len(bad)}")
    own, whole = (
        sum(one.executions for one in outcomes),
        sum(one.history for one in outcomes),
    )
    print(f"executions: {own} against {whole} of the whole history: {own / whole:.2f}")
    cells, all_cells = (
        sum(one.cell_s for one in outcomes),
        sum(one.history_cell_s for one in outcomes),
    )
    print(f"seconds in cells: {cells:.1f} against {all_cells:.1f}: {cells / all_cells:.2f}")
    pairs = [
        (o.seconds, o.history_seconds) for o in outcomes if o.history_seconds is not None
    ]
    if pairs:
        a, b = (sum(column) for column in zip(*pairs, strict=True))
        print(
            f"seconds with the kernel, {len(pairs)} runs: {a:.1f} against {b:.1f}: {a / b:.2f}"
        )
    kept = not bad and left >= 0.4 and equal >= 0.99 * metrics
    print(f"goals: {'kept' if kept else 'missed'}")


if __name__ == "__main__":
    main()
