"""What recording costs a training, card by card, and whether the models learn the same.

Goal: a training of some seconds (of CPU) takes at most 1 % longer with trackbook than without. Reference: the
same cell, `learned = train(SIZE)`, in the same IPython shell without trackbook. Each training of
`benchmarks/trainings` has a process of its own, in which its libraries are imported and warm; the
turns with and without go in pairs, in either order by turns. Told is the ratio of the fastest turn with
to the fastest without: what else a machine does only ever makes a turn slower. Beside it stand the
median of the pairs' ratios with the lowest and the highest, which say how quiet the machine was, and the
ratio of the fastest in CPU time of the process, all its threads counted; last, the share of a turn that
is spent in what hears the library's calls and reads them, measured there (the median of the turns): where
a machine's pace changes by some percent from turn to turn, only that can tell 1 %; the interpreter's way
there, some microseconds a call, is in the ratios alone. Before a turn with trackbook it is loaded,
afterwards it is unloaded, and before any turn a cell trains at size 1, free memory is given back and
400 MB are used once: that is not counted, nor are a session's beginning and end (`overhead.py` counts
whole notebooks). The bytes of what was learned have to be the same each time, or this fails. A library
that is not installed is named and not counted.

The trainings are small but real: a step of a loop takes some milliseconds, an epoch fifty, a trial a
hundred. Shorter ones show what a card adds: about 10 us a step, 1 to 2 ms a second for what is told
on the way, 1 ms a trial, some milliseconds a fit.

Run: `python benchmarks/cards.py [--smoke] [--repeats 8] [--seconds 4] [NAME …]`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from machine import machine, told

FOLDER = Path(__file__).with_name("trainings")
GOAL = 1.01
AT_HAND_BYTES = 400 << 20
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}


class Timed(NamedTuple):
    """What the process of one training told."""

    missing: str = ""
    """The module that is not installed."""
    size: int = 0
    pairs: Sequence[tuple[float, float]] = ()
    """Seconds without and with trackbook, of turns that followed each other."""
    cpu_pairs: Sequence[tuple[float, float]] = ()
    """Of the same turns, CPU seconds of the process."""
    shares: Sequence[float] = ()
    """Of the turns with trackbook, how much of their time the hearing of calls took."""
    is_same: bool = True
    """Whether each turn gave the same bytes."""


class Turn(NamedTuple):
    """A cell that trained once."""

    wall_s: float
    cpu_s: float
    heard_s: float
    learned: bytes


SMOKED = ["sklearn_forest", "xgboost_train"]
"""Enough to see that the script works; the tests go through all."""


def main() -> None:
    if sys.argv[1:2] == ["--training"]:
        print(json.dumps(serve(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))))
        return
    choice = told(__doc__, words="names", repeats=0, seconds=0)
    repeats = choice.repeats or (1 if choice.smoke else 8)
    seconds = choice.seconds or (0 if choice.smoke else 4)
    known = sorted(file.stem for file in FOLDER.glob("*.py"))
    print(machine())
    print(f"load average at the start: {os.getloadavg()[0]:.1f}; {repeats} pairs each")
    print(
        f"{'training':<26}{'size':>6}{'seconds':>9}{'ratio':>8}{'median':>8}{'lowest':>8}{'highest':>8}{'CPU':>8}{'heard':>8}"
    )
    found: dict[str, Timed] = {}
    for name in choice.names or (SMOKED if choice.smoke else known):
        found[name] = timed(name, seconds, repeats)
        print(line_of(name, found[name]), flush=True)
    print(summary(found))
    differ = [name for name, each in found.items() if not each.is_same]
    assert not differ, f"learned something else with trackbook: {', '.join(differ)}"


def timed(name: str, seconds: float, repeats: int) -> Timed:
    """Return the turns of one training, made in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="cards-") as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--training", name, str(seconds), str(repeats)],
            cwd=folder,
            env=os.environ
            | ONE_THREAD
            | {"IPYTHONDIR": folder, "TRACKBOOK_PROJECT": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stdout}{done.stderr}")
    return Timed(*json.loads(done.stdout.splitlines()[-1]))


def line_of(name: str, found: Timed) -> str:
    """Return a training's row."""
    if found.missing:
        return f"{name:<26}  not measured: {found.missing} is not installed"
    plain = min(pair[0] for pair in found.pairs)
    ratios = sorted(tracked / plain for plain, tracked in found.pairs)
    return (
        f"{name:<26}{found.size:>6}{plain:>9.2f}{ratio_of(found.pairs):>8.3f}"
        f"{statistics.median(ratios):>8.3f}{ratios[0]:>8.3f}{ratios[-1]:>8.3f}"
        f"{ratio_of(found.cpu_pairs):>8.3f}{statistics.median(found.shares):>8.2%}{'' if found.is_same else '  LEARNED OTHERWISE'}"
    )


def ratio_of(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the fastest with over the fastest without."""
    return min(tracked for _, tracked in pairs) / min(plain for plain, _ in pairs)


def summary(found: dict[str, Timed]) -> str:
    """Return what holds for all that were measured, and which were not."""
    ratios = {n: ratio_of(each.pairs) for n, each in found.items() if each.pairs}
    shares = {n: statistics.median(each.shares) for n, each in found.items() if each.pairs}
    missing = [name for name in found if name not in ratios]
    missed = [f"{name} {ratio:.3f}" for name, ratio in ratios.items() if ratio > GOAL]
    told = f"{len(ratios)} of {len(found)} measured"
    if ratios:
        told += f"; mean ratio {statistics.mean(ratios.values()):.3f}, goal {GOAL}"
    return (
        f"{told}; above it: {', '.join(missed) or 'none'};"
        f" heard for more than {GOAL - 1:.0%}:"
        f" {', '.join(f'{n} {share:.1%}' for n, share in shares.items() if share > GOAL - 1) or 'none'};"
        f" not installed: {', '.join(missing) or 'none'}"
    )


def serve(name: str, seconds: float, repeats: int) -> Timed:
    """Take the turns of one training in this process, at a size that lasts some seconds."""
    from IPython.core.interactiveshell import InteractiveShell

    sys.path.insert(0, str(FOLDER))
    shell = InteractiveShell.instance()
    try:
        shell.run_cell(f"from {name} import train").raise_error()
    except ModuleNotFoundError as error:
        return Timed(missing=error.name or name)
    turn(shell, 1, recording=True)
    size, first = 1, turn(shell, 1, recording=False)
    while first.cpu_s < seconds:
        wanted = ceil(1.1 * size * seconds / first.cpu_s)
        size = min(10 * size, max(size + 1, wanted))
        first = turn(shell, size, recording=False)
    walls, cpus, shares, is_same = [], [], [], True
    for number in range(repeats):
        first_on = bool(number % 2)
        by = {on: turn(shell, size, recording=on) for on in (first_on, not first_on)}
        walls.append((by[False].wall_s, by[True].wall_s))
        cpus.append((by[False].cpu_s, by[True].cpu_s))
        shares.append(by[True].heard_s / by[True].wall_s)
        is_same &= by[False].learned == by[True].learned == first.learned
    return Timed("", size, walls, cpus, shares, is_same)


def turn(shell, size: int, *, recording: bool) -> Turn:
    """Train once in a cell, with trackbook or without."""
    if recording:
        shell.run_cell("%load_ext trackbook\n%track quiet").raise_error()
    shell.run_cell("learned = train()", store_history=True).raise_error()
    spent = [0.0]
    if recording:
        from trackbook.doors.session import current_book

        current_book().settle()  # the surroundings are written once a session
        spent = timed_ears()
    gc.collect()
    same_memory()
    begun, cpu = perf_counter(), process_time()
    result = shell.run_cell(f"learned = train({size})", store_history=True)
    wall_s, cpu_s = perf_counter() - begun, process_time() - cpu
    result.raise_error()
    if recording:
        shell.run_cell("%unload_ext trackbook").raise_error()
    return Turn(wall_s, cpu_s, sum(spent), shell.user_ns.pop("learned"))


def same_memory() -> None:
    """Let a turn begin without memory of its own, and with enough that the system has at hand.

    A DuckDB that is opened or closed gives back what the process had freed (`malloc_trim`),
    whoever had used it; and a virtual machine gives its own away after some seconds, and waits
    for it when it is wanted again.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)
    bytearray(b"\1") * AT_HAND_BYTES


def timed_ears() -> list[float]:
    """Measure from now on what hears calls; return a list that grows by the seconds of each."""
    from trackbook.capture import taps
    from trackbook.capture.calls import CallWatch

    spent: list[float] = []

    def timed(act):
        def acted(*args: object) -> None:
            begun = perf_counter()
            act(*args)
            spent.append(perf_counter() - begun)

        return acted if act else None

    for watch in CallWatch.started:
        tap = watch._tap  # noqa: SLF001  nothing else knows what it costs
        ears = tap.ears if hasattr(tap, "ears") else tap._ears  # noqa: SLF001
        for key, each in list(ears.items()):
            ears[key] = replace(
                each,
                opened=timed(each.opened),
                closed=timed(each.closed),
                noting=timed(each.noting),
            )
    notings = getattr(taps, "notings", {})  # not on Python 3.12
    notings.update({key: timed(each) for key, each in notings.items()})
    return spent


if __name__ == "__main__":
    main()
