"""What recording costs a training, card by card, and whether the models learn the same.

Goal: a training of some seconds takes at most 1 % longer with trackbook than without. Reference: the same
cell, `learned = train(SIZE)`, in the same IPython shell without trackbook. Each training of
`benchmarks/trainings` has a process of its own, in which its libraries are imported and warm. The bytes
of what was learned have to be the same in every turn, or this fails.

No two turns of a training take the same time to some percent, with trackbook or without: where its
numbers come to lie in memory makes it up to a quarter slower, and so does what else a machine does.
So **added** is measured where it is added, in turns with trackbook. What is called at a fit, an epoch, a
round or a trial, what tells of steps, and what stands around the cell is timed there: the median of the
turns. What hears each batch, loss and step, some microseconds each, cannot be timed without adding as
much again: in loops over batches it is switched off and on by chance from one call of the library's
function `BEAT` to the next, all along the training, and each piece with is compared with its neighbour
without (`beats.py`), in two turns for each of the others; **from** and **to** are the 95 % interval of
that. Where a training has no `BEAT` all is timed, and there is no interval. Not in it: other threads'
work (5 ms of CPU in 4 s), memory that is touched, the interpreter's way to a fit. They are in the ratios
of whole turns with and without, one after the other in either order: of the **fastest**, and of the
pairs the **median** with the **lowest** and the **highest**.

Before a turn with trackbook it is loaded, afterwards it is unloaded, and before any turn a cell trains at
size 1, free memory is given back, 400 MB are used once, and gaps of random size are left, so that where
numbers come to lie is chance in both: that is not counted, nor are a session's beginning and end
(`overhead.py` counts whole notebooks). A library that is not installed is named and not counted.

The trainings are small but real: a step of a loop takes some milliseconds, an epoch fifty, a trial a
hundred. Shorter ones show what a card adds: 10 to 40 us a batch, 1 to 2 ms a second for what is told
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
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from beats import Beat, Piece, added_by_switching
from machine import machine, told

FOLDER = Path(__file__).with_name("trainings")
GOAL = 0.01
TOO_LONG = 1.4
"""Times as long as wanted: then a smaller size is tried."""
AT_HAND_BYTES = 400 << 20
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}


class Timed(NamedTuple):
    """What the process of one training told."""

    missing: str = ""
    """The module that is not installed."""
    size: int = 0
    pairs: Sequence[tuple[float, float]] = ()
    """Seconds without and with trackbook, of turns that followed each other."""
    timed: float = 0.0
    """What was timed where it was added, as a part of a turn."""
    switched: Sequence[float] = ()
    """What was switched, as a part of a turn; where that lies, from and to."""
    is_same: bool = True
    """Whether each turn gave the same bytes."""

    @property
    def added(self) -> float:
        """Return the time that trackbook adds, as a part of a turn."""
        return self.timed + sum(self.switched[:1])


class Turn(NamedTuple):
    """A cell that trained once."""

    pieces: Sequence[Piece]
    learned: bytes

    @property
    def timed_s(self) -> float:
        """Return what was timed where it was added."""
        return sum(each.timed_s for each in self.pieces)

    @property
    def wall_s(self) -> float:
        """Return how long it took."""
        return sum(each.seconds + each.timed_s for each in self.pieces)


SMOKED = ["torch_loop", "xgboost_train"]
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
        f"{'training':<22}{'size':>6}{'seconds':>9}{'added':>8}{'from':>8}{'to':>8}"
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
        return f"{name:<22}  not measured: {found.missing} is not installed"
    plain, tracked = (min(seconds) for seconds in zip(*found.pairs, strict=True))
    ratios = sorted(tracked / plain for plain, tracked in found.pairs)
    between = [f"{found.timed + each:.2%}" for each in found.switched[1:]] or ["", ""]
    return (
        f"{name:<22}{found.size:>6}{plain:>9.2f}{found.added:>8.2%}{between[0]:>8}{between[1]:>8}"
        f"{tracked / plain:>9.3f}{statistics.median(ratios):>8.3f}{ratios[0]:>8.3f}{ratios[-1]:>8.3f}"
        f"{'' if found.is_same else '  LEARNED OTHERWISE'}"
    )


def summary(found: dict[str, Timed]) -> str:
    """Return what holds for all that were measured, and which were not."""
    added = {name: each.added for name, each in found.items() if not each.missing}
    missing = [name for name in found if name not in added]
    told = f"{len(added)} of {len(found)} measured"
    if added:
        told += f"; mean {statistics.mean(added.values()):.2%}"
    missed = [f"{name} {each:.2%}" for name, each in added.items() if each > GOAL]
    return (
        f"{told}; above {GOAL:.0%}: {', '.join(missed) or 'none'};"
        f" not installed: {', '.join(missing) or 'none'}"
    )


def serve(name: str, seconds: float, repeats: int) -> Timed:
    """Take the turns of one training in this process, at a size that lasts some seconds."""
    from IPython.core.interactiveshell import InteractiveShell

    from trackbook.capture.calls import CallWatch

    sys.path.insert(0, str(FOLDER))
    shell = InteractiveShell.instance()
    try:
        shell.run_cell(f"from {name} import train").raise_error()
    except ModuleNotFoundError as error:
        return Timed(missing=error.name or name)
    rng = Random(7)
    beat = Beat(getattr(sys.modules[name], "BEAT", ""), rng)
    shell.events.trigger = beat.timed(shell.events.trigger)
    CallWatch._tell_step = beat.timed(CallWatch._tell_step)  # noqa: SLF001  it tells of steps
    turn(shell, beat, rng, 1, how="heard")
    size, first = 1, turn(shell, beat, rng, 1, how="plain")
    for _ in range(6):
        wanted = max(1, min(10 * size, ceil(1.1 * size * seconds / first.wall_s)))
        if first.wall_s < seconds:
            wanted = max(wanted, size + 1)
        elif wanted == size or first.wall_s <= TOO_LONG * seconds:
            break
        size = wanted
        turn(shell, beat, rng, size, how="plain")  # the first turn of a size is slower
        first = turn(shell, beat, rng, size, how="plain")
    ways = ["plain", "heard"] + 2 * ["switched"] * beat.is_cut
    turns: dict[str, list[Turn]] = {how: [] for how in ways}
    for number in range(repeats):
        for how in ways[:: -1 if number % 2 else 1]:
            turns[how].append(turn(shell, beat, rng, size, how=how))
    learned = {each.learned for each in chain([first], *turns.values())}
    return Timed(
        size=size,
        pairs=[
            (plain.wall_s, heard.wall_s)
            for plain, heard in zip(turns["plain"], turns["heard"], strict=True)
        ],
        timed=statistics.median(each.timed_s / each.wall_s for each in turns["heard"]),
        switched=added_by_switching([each.pieces for each in turns.get("switched", [])]),
        is_same=len(learned) == 1,
    )


def turn(shell, beat: Beat, rng: Random, size: int, *, how: str) -> Turn:
    """Train once in a cell: plain, heard by trackbook, or switched between the two."""
    if how != "plain":
        shell.run_cell("%load_ext trackbook\n%track quiet").raise_error()
    shell.run_cell("learned = train()", store_history=True).raise_error()
    if how != "plain":
        from trackbook.doors.session import current_book

        current_book().settle()  # the surroundings are written once a session
        switch = time_ears(beat)
        beat.switch = switch if how == "switched" else None
    gc.collect()
    same_memory()
    lain = scattered(rng)
    beat.note()
    result = shell.run_cell(f"learned = train({size})", store_history=True)
    beat.note()
    result.raise_error()
    pieces = beat.end()
    beat.switch = None
    lain.clear()
    if how != "plain":
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


def scattered(rng: Random) -> list[bytearray]:
    """Return memory with gaps between: what comes next finds its places by chance."""
    lain = [bytearray(rng.randrange(1 << 12, 1 << 20)) for _ in range(64)]
    rng.shuffle(lain)
    return lain[::2]


def time_ears(beat: Beat) -> Callable[[bool], None]:
    """Time what hears calls; return what switches that which is not: it hears each step."""
    from trackbook.capture.calls import CallWatch

    # Nothing else knows what it costs: so this looks behind the doors.
    (watch,) = CallWatch.started
    tap: Any = watch._tap  # noqa: SLF001
    for key, each in list(tap.ears.items()):
        tap.ears[key] = replace(
            each, opened=beat.timed(each.opened), closed=beat.timed(each.closed)
        )
        note = each.note
        if note is not None and not beat.is_cut:
            note.ask, note.told = beat.timed(note.ask), beat.timed(note.told)
            note.when, note.hears = beat.timed(note.when), beat.timed(note.hears)
        tap.hush(each.code, False)
    noting = [each.code for each in tap.ears.values() if each.note]
    sleepers = watch._running.sleepers  # noqa: SLF001

    def switch(is_on: bool) -> None:
        for code in noting:
            tap.hush(code, not is_on)
        if is_on and sleepers.is_asleep:
            sleepers.hush(True)

    return switch


if __name__ == "__main__":
    main()
