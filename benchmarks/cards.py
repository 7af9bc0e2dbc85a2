"""What recording costs a training, card by card, and whether the models learn the same.

Goal: a training of some seconds (of CPU) takes at most 1 % longer with trackbook than without. Reference: the
same cell, `learned = train(SIZE)`, in the same IPython shell without trackbook. Each training of
`benchmarks/trainings` has a process of its own, in which its libraries are imported and warm; the
turns with and without go in pairs, in either order by turns. The bytes of what was learned have to be the
same each time, or this fails.

**ratio** is what is to be at most 1.01. No two turns of a training take the same time to a percent, with
trackbook or without: where its numbers come to lie in memory makes it up to a quarter slower, and so
does what else a machine does. So a turn is cut in pieces, at each call of a function of the library
that comes all along (`BEAT` in each training: a batch, a round, a tree), which are the same pieces each
time. Of each piece the fastest of all turns counts, and what hears the library's calls and reads them
is timed there and counted apart, as the median of the turns, since it comes at other pieces each time:
ratio = (fastest pieces with, less what was heard in them, + heard) / fastest pieces without. All else
that trackbook costs is in the pieces: the interpreter's way to what hears, cold caches, memory, what
stands around a cell. Only what other threads do for some milliseconds may fall out, as 5 ms of CPU in 4 s
do. **heard** alone is shown beside it; then, of whole turns, the ratio of the fastest, and of the
pairs the median with the lowest and the highest, which say how quiet the machine was.

Before a turn with trackbook it is loaded, afterwards it is unloaded, and before any turn a cell trains at
size 1, free memory is given back and 400 MB are used once: that is not counted, nor are a session's
beginning and end (`overhead.py` counts whole notebooks). Memory comes in huge pages (glibc's
tunable), with trackbook and without, which halves what its place does. A library that is not installed is
named and not counted.

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
from functools import reduce
from importlib import import_module
from itertools import chain, pairwise
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from machine import machine, told

FOLDER = Path(__file__).with_name("trainings")
GOAL = 1.01
AT_HAND_BYTES = 400 << 20
SAME_EACH_TIME = {
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")},
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


class Timed(NamedTuple):
    """What the process of one training told."""

    missing: str = ""
    """The module that is not installed."""
    size: int = 0
    pairs: Sequence[tuple[float, float]] = ()
    """Seconds without and with trackbook, of turns that followed each other."""
    plain_s: float = 0.0
    """The fastest pieces without."""
    unheard_s: float = 0.0
    """The fastest pieces with, less what was heard in them."""
    heard_s: float = 0.0
    """What a turn with trackbook spends in hearing calls: the median."""
    is_same: bool = True
    """Whether each turn gave the same bytes."""

    @property
    def ratio(self) -> float:
        """Return how much longer it takes with trackbook."""
        return (self.unheard_s + self.heard_s) / self.plain_s

    @property
    def share(self) -> float:
        """Return which part of it is spent in hearing."""
        return self.heard_s / self.plain_s


class Turn(NamedTuple):
    """A cell that trained once."""

    pieces: Sequence[tuple[float, float]]
    """Seconds of each, and how much of them was spent in hearing calls."""
    learned: bytes

    @property
    def wall_s(self) -> float:
        """Return how long it took."""
        return sum(seconds for seconds, _ in self.pieces)

    @property
    def heard_s(self) -> float:
        """Return how long calls were heard."""
        return sum(heard for _, heard in self.pieces)


class Beat:
    """Notes when a function of a library is called: a training's pieces begin and end there."""

    def __init__(self, place: str) -> None:
        module, _, path = place.partition(":")
        *owners, name = path.split(".")
        owner = reduce(getattr, owners, import_module(module))
        function = getattr(owner, name)

        def called(*args: object, **named: object) -> object:
            self.note()
            return function(*args, **named)

        setattr(owner, name, called)
        self.heard = [0.0]
        """Seconds that were spent in hearing calls."""
        self._noted: list[tuple[float, float]] = []

    def note(self) -> None:
        """Note the time, and what was heard until then."""
        self._noted.append((perf_counter(), self.heard[0]))

    def pieces(self) -> list[tuple[float, float]]:
        """Return, of what lay between the times noted, the seconds and those heard; begin anew."""
        noted, self._noted = self._noted, []
        return [
            (end - start, heard - before)
            for (start, before), (end, heard) in pairwise(noted)
        ]


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
        f"{'training':<26}{'size':>6}{'seconds':>9}{'ratio':>8}{'heard':>8}"
        f"{'fastest':>9}{'median':>8}{'lowest':>8}{'highest':>8}"
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
            | SAME_EACH_TIME
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
    fastest = min(pair[1] for pair in found.pairs) / min(pair[0] for pair in found.pairs)
    ratios = sorted(tracked / plain for plain, tracked in found.pairs)
    return (
        f"{name:<26}{found.size:>6}{found.plain_s:>9.2f}{found.ratio:>8.4f}{found.share:>8.2%}"
        f"{fastest:>9.3f}{statistics.median(ratios):>8.3f}{ratios[0]:>8.3f}{ratios[-1]:>8.3f}"
        f"{'' if found.is_same else '  LEARNED OTHERWISE'}"
    )


def summary(found: dict[str, Timed]) -> str:
    """Return what holds for all that were measured, and which were not."""
    counted = {name: each for name, each in found.items() if not each.missing}
    missing = [name for name in found if name not in counted]
    told = f"{len(counted)} of {len(found)} measured"
    if counted:
        mean = statistics.mean(each.ratio for each in counted.values())
        told += f"; mean ratio {mean:.4f}, goal {GOAL}"
    missed = [f"{name} {each.ratio:.4f}" for name, each in counted.items() if each.ratio > GOAL]
    return (
        f"{told}; above it: {', '.join(missed) or 'none'};"
        f" not installed: {', '.join(missing) or 'none'}"
    )


def serve(name: str, seconds: float, repeats: int) -> Timed:
    """Take the turns of one training in this process, at a size that lasts some seconds."""
    from IPython.core.interactiveshell import InteractiveShell

    sys.path.insert(0, str(FOLDER))
    shell = InteractiveShell.instance()
    try:
        shell.run_cell(f"from {name} import BEAT, train").raise_error()
    except ModuleNotFoundError as error:
        return Timed(missing=error.name or name)
    beat = Beat(shell.user_ns["BEAT"])
    turn(shell, beat, 1, recording=True)
    size, first = 1, turn(shell, beat, 1, recording=False)
    while first.wall_s < seconds:
        wanted = ceil(1.1 * size * seconds / first.wall_s)
        size = min(10 * size, max(size + 1, wanted))
        first = turn(shell, beat, size, recording=False)
    turns: dict[bool, list[Turn]] = {False: [], True: []}
    for number in range(repeats):
        first_on = bool(number % 2)
        for on in (first_on, not first_on):
            turns[on].append(turn(shell, beat, size, recording=on))
    return Timed(
        size=size,
        pairs=[(off.wall_s, on.wall_s) for off, on in zip(*turns.values(), strict=True)],
        plain_s=fastest_pieces(turns[False]),
        unheard_s=fastest_pieces(turns[True]),
        heard_s=statistics.median(each.heard_s for each in turns[True]),
        is_same={each.learned for each in chain(*turns.values())} == {first.learned},
    )


def fastest_pieces(turns: Sequence[Turn]) -> float:
    """Return the seconds of all pieces without hearing, of each piece its fastest turn."""
    by_piece = zip(*(each.pieces for each in turns), strict=True)
    return sum(min(seconds - heard for seconds, heard in each) for each in by_piece)


def turn(shell, beat: Beat, size: int, *, recording: bool) -> Turn:
    """Train once in a cell, with trackbook or without."""
    if recording:
        shell.run_cell("%load_ext trackbook\n%track quiet").raise_error()
    shell.run_cell("learned = train()", store_history=True).raise_error()
    if recording:
        from trackbook.doors.session import current_book

        current_book().settle()  # the surroundings are written once a session
        time_ears(beat.heard)
    gc.collect()
    same_memory()
    beat.pieces()
    beat.note()
    result = shell.run_cell(f"learned = train({size})", store_history=True)
    beat.note()
    result.raise_error()
    pieces = beat.pieces()
    if recording:
        shell.run_cell("%unload_ext trackbook").raise_error()
    return Turn(pieces, shell.user_ns.pop("learned"))


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


def time_ears(spent: list[float]) -> None:
    """Measure from now on what hears calls; add the seconds of each to the one of a list."""
    from trackbook.capture import taps
    from trackbook.capture.calls import CallWatch

    def timed(act):
        def acted(*args: object) -> None:
            begun = perf_counter()
            act(*args)
            spent[0] += perf_counter() - begun

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


if __name__ == "__main__":
    main()
