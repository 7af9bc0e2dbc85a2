"""Precision and recall of params and metrics captured without a call, on a labelled corpus.

The sessions of `benchmarks/labelled` are executed in an IPython shell with recording on, and the
names of all params and metrics of their runs are compared with the labels (`labels.py` says how).
Goals: params 95 % precision and 90 % recall, metrics 90 % and 90 %. The held-out part was labelled
first and is only scored. Reference, in the same run: the naive rule, for which every literal that is
bound to a name is a param, and every float that is bound is a metric.
"""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from labels import Labelled, Score, score, sessions
from machine import machine, told

from trackbook.doors.ipython import unload
from trackbook.doors.session import Current

PARAMS = """
SELECT DISTINCT name, origin FROM params WHERE lower(value) <> lower(split_part(name, '.', -1))
"""
"""Without the steps of pipelines that are named after their class: `pca` is PCA."""
METRICS = "SELECT DISTINCT name, origin FROM metric_summaries"
GOALS = {"params": (0.95, 0.9), "metrics": (0.9, 0.9)}


class Captured(NamedTuple):
    """What one session gave: names with the rules that caught them."""

    params: set[tuple[str, str]]
    metrics: set[tuple[str, str]]
    naive_params: set[str]
    naive_metrics: set[str]
    runs: int
    failed: list[str]


def main() -> None:
    choice = told(__doc__)
    with quiet() as say:
        say(machine())
        missed = [
            part
            for part in ("dev", "held_out")
            if not report(part, say, smoke=choice.smoke)
        ]
        say(f"goals missed by: {', '.join(missed) or 'none'}")


def report(part: str, say, *, smoke: bool) -> bool:
    """Score one part of the corpus; say whether it keeps the goals."""
    kept = sessions(part)[:3] if smoke else sessions(part)
    totals: dict[str, Score] = defaultdict(Score)
    rules: dict[str, Counter[tuple[str, bool]]] = {
        "params": Counter(),
        "metrics": Counter(),
    }
    lines = []
    extra_runs = lost_runs = 0
    for one in kept:
        captured = recorded(one)
        extra_runs += captured.runs > 0 and not one.runs
        lost_runs += captured.runs == 0 and one.runs
        lines += [f"{one.name}: a cell failed: {said}" for said in captured.failed]
        for what in ("params", "metrics"):
            wanted = getattr(one, what)
            pairs = getattr(captured, what)
            found = score({name for name, _ in pairs}, wanted)
            totals[what] = totals[what].plus(found)
            naive = score(getattr(captured, f"naive_{what}"), wanted)
            totals[f"naive {what}"] = totals[f"naive {what}"].plus(naive)
            rules[what].update((origin, name not in found.wrong) for name, origin in pairs)
            for said, them in (("absurd", found.wrong), ("missed", found.missed)):
                if them:
                    lines.append(f"{one.name}: {said} {what}: {', '.join(them)}")
    say(f"\n{part}: {len(kept)} sessions")
    for name, total in sorted(totals.items()):
        say(
            f"    {name:<16}precision {total.precision():.1%}  recall {total.recall():.1%}"
            f"   ({total.right} right, {len(total.wrong)} absurd, {len(total.missed)} missed)"
        )
    for what, counts in rules.items():
        for origin in sorted({origin for origin, _ in counts}):
            good, bad = counts[origin, True], counts[origin, False]
            say(f"    {what} by {origin:<10}{good:>5} right or harmless, {bad} absurd")
    say(
        f"    runs where none should be: {extra_runs}; no run where there should be one: {lost_runs}"
    )
    for line in lines:
        say(f"        {line}")
    return not extra_runs and all(
        totals[what].precision() >= precision and totals[what].recall() >= recall
        for what, (precision, recall) in GOALS.items()
    )


def recorded(one: Labelled) -> Captured:
    """Execute a session with recording on and return what it captured."""
    with tempfile.TemporaryDirectory(prefix="labelled-") as folder:
        os.chdir(folder)
        os.environ["TRACKBOOK_PROJECT"] = folder
        shell = InteractiveShell()
        shell.enable_gui = lambda *_told, **_named: (
            None
        )  # for %matplotlib, as kernels have it
        shell.run_cell("%load_ext trackbook", store_history=False)
        shell.run_cell("%track quiet", store_history=False)
        naive_metrics: set[str] = set()
        failed = []
        for at, cell in enumerate(one.cells):
            result = shell.run_cell(cell, store_history=True, cell_id=f"c{at}")
            if result.error_in_exec or result.error_before_exec:
                failed.append(repr(result.error_in_exec or result.error_before_exec)[:120])
            naive_metrics |= {
                name
                for name, value in shell.user_ns.items()
                if isinstance(value, (float, np.floating)) and not name.startswith("_")
            }
        book = Current.book
        book.settle()
        rows = book.store.rows
        found = Captured(
            set(rows(PARAMS).rows),
            set(rows(METRICS).rows),
            {name for cell in one.cells for name in literals_in(cell)},
            naive_metrics,
            rows("SELECT count(*) FROM runs").rows[0][0],
            failed,
        )
        unload(shell)
        shell.history_manager.end_session()
        os.chdir("/")
    return found


def literals_in(cell: str) -> Iterator[str]:
    """Yield the names that a cell binds to literals, dicts of them taken apart."""
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            continue
        for name in (t.id for t in node.targets if isinstance(t, ast.Name)):
            yield from (
                [f"{name}.{key}" for key in value] if isinstance(value, dict) else [name]
            )


@contextmanager
def quiet():
    """Give a way to print; what cells print themselves goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    before = os.dup(1), sys.stdout, sys.displayhook, sys.modules["__main__"]
    os.dup2(nowhere, 1)
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  open until the end
    try:
        yield lambda words: print(words, file=answers, flush=True)
    finally:
        os.dup2(before[0], 1)
        sys.stdout, sys.displayhook, sys.modules["__main__"] = before[1:]


if __name__ == "__main__":
    main()
