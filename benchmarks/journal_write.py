"""What a write into the journal costs, against a bare `os.write` of 64 bytes.

Goal for one point by a pen: at most 2 times. Same process, thread CPU time, interleaved rounds, the
median of the rounds' ratios. A further case is one more line in `cases`.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from array import array
from pathlib import Path
from time import thread_time_ns
from typing import TYPE_CHECKING

from machine import machine, told

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import Param

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = tuple[str, Callable[[int], None], int]


def cases(folder: Path) -> list[Case]:
    """Return each case: its name, what it does for a step, and how many points that is."""
    raw = os.open(folder / "raw.bin", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    data = b"x" * 64
    journal = Journal(folder / "journal", new_id(), complain=print)
    run = new_id()
    pen = journal.pen(run, "loss", origin="logged")
    four = {"loss": 0.1, "acc": 0.9, "f1": 0.8, "lr": 0.001}
    numbers = memoryview(array("d", range(1000)))
    param = Param(name="lr", value="0.1", type="float", origin="literal")
    return [
        ("os.write of 64 bytes", lambda _: os.write(raw, data), 1),
        ("pen(step, value)", lambda step: pen(step, 0.5), 1),
        (
            "put_several of 4",
            lambda step: journal.put_several(run, four, step=step, origin="x"),
            4,
        ),
        (
            "put_batch of 1,000",
            lambda step: journal.put_batch(run, "a", numbers, steps=step),
            1000,
        ),
        ("put(Param)", lambda _: journal.put(param, run), 1),
    ]


def main() -> None:
    choice = told(__doc__)
    rounds, calls = (5, 1000) if choice.smoke else (41, 5000)
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        table = cases(Path(folder))
        times: list[list[float]] = [[] for _ in table]
        for _ in range(rounds):
            for (_, work, points), taken in zip(table, times, strict=True):
                count = max(10, calls // points)
                started = thread_time_ns()
                for step in range(count):
                    work(step)
                taken.append((thread_time_ns() - started) / count)
    for (name, _, points), taken in zip(table, times, strict=True):
        ratio = statistics.median(t / bare for t, bare in zip(taken, times[0], strict=True))
        each = statistics.median(taken)
        print(
            f"{name:22} {each:9.0f} ns a call, {each / points:7.1f} a point; {ratio:.2f} x os.write"
        )


if __name__ == "__main__":
    main()
