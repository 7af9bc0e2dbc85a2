"""What recording costs whole notebooks, and whether it changes anything that they show.

Three figures over the notebooks of `benchmarks/notebooks`, top to bottom. They are cut down to run in
seconds, and most of what recording costs is the same however long a notebook takes: so one of them runs
once more at the size that its book prints (20,640 districts, forests of 100 trees). Goals: the whole run takes
at most 2 % longer with trackbook than without (the reference: the same notebook in a kernel without
it, turn by turn; medians, the start of kernels left out); the hooks take a cell a median of at most
5 ms and 50 ms in the 95th percentile, with a frame of a million rows alive; and the outputs of all
cells are the same, but for addresses, times, process ids and what differs without it too. Random numbers are seeded alike.

Run: `python benchmarks/overhead.py [--smoke] [--repeats 3]`.
"""

from __future__ import annotations

import os
import re
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

from hook_cost import Shell
from machine import machine, told
from players import Played, Turn, cells_of, names, play, straight, workplace

SEEDED = "(__import__('random').seed(7), __import__('numpy').random.seed(7))"
CPU = "open('.cpu', 'w').write(str(__import__('time').process_time()))"
ALIVE = """\
import numpy as _np, pandas as _pd
big_frame = _pd.DataFrame(_np.random.rand({rows}, 10)).assign(kind=lambda x: _np.arange(len(x)) % 7)
_np.random.seed(7)
"""
AS_PRINTED = {
    "housing_book": (
        ("n=900", "n=20_640"),
        ("n_estimators=15", "n_estimators=100"),
    )
}
"""What is another number in the book, by notebook."""
OWN = re.compile(
    r"0x[0-9a-f]+|x[0-9a-f]{10,12}\b|\b\d\d:\d\d(?::\d\d)?\b|(?:CPU times|Wall time): [^\n]*|\bpid \d+|/tmp/\S+"
)
"""What differs from process to process."""


class Whole(NamedTuple):
    """One notebook executed once."""

    wall_s: float
    """In its cells."""
    cpu_s: float
    """Of its process, imports of the libraries included, its threads too."""
    outputs: list[tuple[str, str]]


def main() -> None:
    choice = told(__doc__, repeats=0)
    repeats = choice.repeats or (1 if choice.smoke else 3)
    wanted = ["researcher_descent"] if choice.smoke else names()
    print(machine())
    print(f"load average at the start: {os.getloadavg()[0]:.1f}; {repeats} turns each")
    print(f"{'':<22}{'wall, s':^16}{'':>7}{'process CPU, s':^16}")
    print(
        f"{'notebook':<22}{'without':>8}{'with':>8}{'ratio':>7}{'without':>8}{'with':>8}{'ratio':>7}"
    )
    walls, cpus, differ = [], [], 0
    for name in wanted:
        turns = [(whole(name, False), whole(name, True)) for _ in range(repeats)]
        wall = medians(turns, "wall_s")
        cpu = medians(turns, "cpu_s")
        walls.append(wall)
        cpus.append(cpu)
        print(
            f"{name:<22}{wall[0]:>8.2f}{wall[1]:>8.2f}{wall[1] / wall[0]:>7.3f}"
            f"{cpu[0]:>8.2f}{cpu[1]:>8.2f}{cpu[1] / cpu[0]:>7.3f}",
            flush=True,
        )
        differ += told_differences(turns)
    for name in () if choice.smoke else AS_PRINTED:
        turns = [in_turn(name, first_on=bool(n % 2)) for n in range(repeats)]
        wall, cpu = medians(turns, "wall_s"), medians(turns, "cpu_s")
        print(
            f"{name:<22}{wall[0]:>8.2f}{wall[1]:>8.2f}{wall[1] / wall[0]:>7.3f}"
            f"{cpu[0]:>8.2f}{cpu[1]:>8.2f}{cpu[1] / cpu[0]:>7.3f}  at the size of the book",
            flush=True,
        )
    for said, pairs in (("wall", walls), ("process CPU", cpus)):
        plain, tracked = (sum(column) for column in zip(*pairs, strict=True))
        print(
            f"all, {said}: {plain:.2f} s without, {tracked:.2f} with: {tracked / plain:.3f};"
            f" {(tracked - plain) / len(pairs):.2f} s a notebook"
        )
    hooks(wanted, rows=100_000 if choice.smoke else 1_000_000)
    print(f"cells whose outputs differ: {differ}")


def whole(name: str, recording: bool, *, as_printed: bool = False) -> Whole:
    """Execute a notebook from top to bottom, as it is or at the size that its book prints."""
    turns = straight(name)
    if as_printed:
        turns = [turn._replace(source=printed(name, turn.source)) for turn in turns]
    with workplace() as folder:
        begun(Path(folder))
        done = list(play(turns, Path(folder), recording=recording, first=SEEDED, last=CPU))
        cpu_s = float(Path(folder, ".cpu").read_text())
    outputs = [(played.turn.cell_id, shown_by(played)) for played in done]
    return Whole(sum(played.seconds for played in done), cpu_s, outputs)


def begun(folder: Path) -> None:
    """Let a session have been there before, as for all sessions but a project's first."""
    list(play([Turn("earlier", "x = 1")], folder))


def in_turn(name: str, *, first_on: bool) -> tuple[Whole, Whole]:
    """Execute a notebook at the size of its book without and with, in either order."""
    done = {on: whole(name, on, as_printed=True) for on in (first_on, not first_on)}
    return done[False], done[True]


def printed(name: str, source: str) -> str:
    """Return a cell with the numbers that the book has."""
    for ours, theirs in AS_PRINTED[name]:
        source = source.replace(ours, theirs)
    return source


def shown_by(played: Played) -> str:
    """Return what a cell gave, without what differs from process to process."""
    found: dict[str, str] = {}
    for output in played.outputs:
        if output.output_type == "stream":
            found[output.name] = found.get(output.name, "") + output.text
        else:
            found[f"{output.output_type} {len(found)}"] = str(dict(output))
    return OWN.sub("…", str(sorted(found.items())))


def told_differences(turns: list[tuple[Whole, Whole]]) -> int:
    """Print the cells whose outputs differ, and return how many they are.

    Not those that differ without trackbook too: times in a table, sums by many threads.
    """
    plain, tracked = turns[0]
    steady = [
        len(set(shown)) == 1
        for shown in zip(*(whole.outputs for whole, _ in turns), strict=True)
    ]
    found = [
        (one, a, b)
        for (one, a), (_, b), is_steady in zip(
            plain.outputs, tracked.outputs, steady, strict=True
        )
        if a != b and is_steady
    ]
    for cell_id, before, now in found:
        at = next(
            (n for n, (x, y) in enumerate(zip(before, now, strict=False)) if x != y), 0
        )
        start = max(0, at - 40)
        print(
            f"    {cell_id}: {before[start : at + 60]!r}\n        now {now[start : at + 60]!r}"
        )
    return len(found)


def medians(turns: list[tuple[Whole, Whole]], of: str) -> tuple[float, float]:
    """Return the medians without and with trackbook."""
    plain, tracked = (
        statistics.median(getattr(turn[at], of) for turn in turns) for at in (0, 1)
    )
    return plain, tracked


def hooks(wanted: list[str], *, rows: int) -> None:
    """Print what the hooks cost the cells of notebooks, in shells where a large frame is alive."""
    cpu, wall = [], []
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
            shell = Shell(Path(folder), "with")
            shell.run(ALIVE.format(rows=rows))
            turns = [shell.run(source) for source in cells_of(name).values()]
            shell.end()
        cpu += [turn.hooks for turn in turns]
        wall += [turn.hooks_wall for turn in turns]
    print(f"hooks of {len(cpu)} cells, a frame of {rows:,} rows alive; ms")
    for said, found in (("thread CPU", cpu), ("wall", wall)):
        found.sort()
        print(
            f"    {said:<12}p50 {statistics.median(found):.2f}  p95"
            f" {found[len(found) * 95 // 100]:.2f}  max {found[-1]:.2f}"
        )


if __name__ == "__main__":
    main()
