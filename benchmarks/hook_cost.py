"""What trackbook's hooks cost a cell, in a real IPython shell.

Goal: thread CPU of everything that runs before and after a cell: median at most 1 ms, none
above 5 ms, for a typical cell, a namespace of 10,000 names, and a frame of 1 GB in the
namespace. Without a goal: a cell all of whose ten statements go through that frame for 25 ms,
and leave the processor's caches cold, so that the same work takes twice as long. Reference: the same cells in a second process without the extension, turn by
turn: the time of the whole `run_cell`, and of an empty callback in place of trackbook's.

No cell is executed twice with the same source, so nothing is remembered of it. The first
cell of a session, which imports and opens things, is told apart from the others. Python's
garbage collector looks through all of the user's objects, now and then, in whatever code
makes the next object: its share of the slowest hooks is told as well, and counted.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, thread_time
from typing import NamedTuple

from hook_cells import CASES, Case
from machine import machine, told

WARM_UP = 5
"""Cells before the measured ones; the first of them is told apart."""


class Turn(NamedTuple):
    """One cell's times in ms."""

    hooks: float
    """Thread CPU of all callbacks before and after the cell."""
    collecting: float
    """How much of it the garbage collector took."""
    hooks_wall: float
    cell: float
    """The whole of `run_cell`, by the clock."""


def main() -> None:
    if sys.argv[1:2] == ["--shell"]:
        serve(with_trackbook=sys.argv[2] == "with")
        return
    choice = told(__doc__, cells=0)
    cells = choice.cells or (20 if choice.smoke else 300)
    print(machine())
    print(f"load average at the start: {os.getloadavg()[0]:.1f}; {cells} cells a case; ms")
    print(
        f"{'':<30}{'hooks, thread CPU':^40}{'hooks, wall':^16}{'empty':>8}{'run_cell':>18}\n"
        f"{'cell':<30}{'p50':>8}{'p95':>8}{'max':>8}{'(gc)':>8}{'first':>8}{'p50':>8}{'max':>8}"
        f"{'p50':>8}{'without':>9}{'with':>9}"
    )
    missed = [
        case.name
        for case in CASES
        if not report(case, *measured(case, cells, choice.smoke))
    ]
    print(f"goal missed by: {', '.join(missed) or 'none'}")
    print(f"load average at the end: {os.getloadavg()[0]:.1f}")


def measured(case: Case, cells: int, smoke: bool) -> tuple[list[Turn], list[Turn]]:
    """Return the turns without and with trackbook, taken one after the other."""
    with tempfile.TemporaryDirectory(prefix="hook-cost-") as folder:
        shells = [Shell(Path(folder), kind) for kind in ("without", "with")]
        for shell in shells:
            shell.run(case.prepare(smoke))
        turns = [
            [shell.run(case.cell(n)) for shell in shells] for n in range(WARM_UP + cells)
        ]
        for shell in shells:
            shell.end()
    plain, tracked = (list(column) for column in zip(*turns, strict=True))
    return plain, tracked


class Shell:
    """A process with an IPython shell, which runs the cells it is told."""

    def __init__(self, folder: Path, kind: str) -> None:
        work = folder / kind
        work.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--shell", kind],
            cwd=work,
            env=os.environ | {"IPYTHONDIR": str(work), "TRACKBOOK_PROJECT": str(work)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, source: str) -> Turn:
        self.process.stdin.write(json.dumps(source) + "\n")
        self.process.stdin.flush()
        return Turn(*json.loads(self.process.stdout.readline()))

    def end(self) -> None:
        self.process.stdin.close()
        assert self.process.wait() == 0
        self.process.stdout.close()


def serve(*, with_trackbook: bool) -> None:
    """Run cells from standard input; answer each with its times."""
    from IPython.core.interactiveshell import InteractiveShell

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what cells print must not come between the answers
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  open until the process ends
    shell = InteractiveShell.instance()
    shell.enable_gui = lambda *_told, **_named: None  # for %matplotlib, as kernels have it
    if with_trackbook:
        shell.run_line_magic("load_ext", "trackbook")
        shell.run_line_magic("track", "quiet")
    else:
        for event in ("pre_run_cell", "post_run_cell"):
            shell.events.register(event, lambda _told: None)
    spent = timed_hooks(shell)
    for line in sys.stdin:
        spent[:] = [0.0, 0.0, 0.0]
        begun = perf_counter()
        result = shell.run_cell(json.loads(line), store_history=True)
        cell = perf_counter() - begun
        result.raise_error()
        answers.write(json.dumps([taken * 1e3 for taken in (*spent, cell)]) + "\n")
        answers.flush()


def timed_hooks(shell) -> list[float]:
    """Return a list in which seconds in our callbacks add up: CPU, collector, wall.

    Others have callbacks too: matplotlib draws its figures in one.
    """
    spent, inside = [0.0, 0.0, 0.0], []

    def timed(callback):
        def call(*told: object) -> None:
            inside.append(callback)
            wall, cpu = perf_counter(), thread_time()
            callback(*told)
            spent[0] += thread_time() - cpu
            spent[2] += perf_counter() - wall
            inside.pop()

        return call

    def collecting(phase: str, _told: object) -> None:
        if inside and threading.current_thread() is threading.main_thread():
            spent[1] += thread_time() if phase == "stop" else -thread_time()

    for callbacks in shell.events.callbacks.values():
        for at, callback in enumerate(callbacks):
            if callback.__module__.startswith(("trackbook.", "__main__")):
                callbacks[at] = timed(callback)
    gc.callbacks.append(collecting)
    return spent


def report(case: Case, plain: list[Turn], tracked: list[Turn]) -> bool:
    """Print a case's row; say whether it keeps the goal, if it has one."""
    first, kept, bare = tracked[0].hooks, tracked[WARM_UP:], plain[WARM_UP:]
    ordered = sorted(kept)
    hooks, slowest = [turn.hooks for turn in ordered], ordered[-1]
    walls = sorted(turn.hooks_wall for turn in kept)
    p50, p95 = statistics.median(hooks), hooks[len(hooks) * 95 // 100]
    print(
        f"{case.name:<30}{p50:>8.3f}{p95:>8.3f}{slowest.hooks:>8.2f}{slowest.collecting:>8.2f}"
        f"{first:>8.1f}{statistics.median(walls):>8.3f}{walls[-1]:>8.1f}"
        f"{statistics.median(turn.hooks for turn in bare):>8.4f}"
        f"{statistics.median(turn.cell for turn in bare):>9.2f}"
        f"{statistics.median(turn.cell for turn in kept):>9.2f}",
        flush=True,
    )
    growth = [statistics.median(t.hooks for t in part) for part in halves(kept)]
    if growth[1] > 1.5 * growth[0]:
        print(
            f"    grows with the session: {growth[0]:.3f} ms in its first half, {growth[1]:.3f} after"
        )
    return not case.has_goal or (p50 <= 1.0 and hooks[-1] <= 5.0)


def halves(turns: list[Turn]) -> tuple[list[Turn], list[Turn]]:
    middle = len(turns) // 2
    return turns[:middle], turns[middle:]


if __name__ == "__main__":
    main()
