"""Loads a package in a fresh process and takes the time of each call; executed as a script.

It needs the standard library and numpy only. What it finds it writes into files.
"""

from __future__ import annotations

import os
import pickle
import runpy
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, perf_counter_ns
from typing import Any

OWN = runpy.run_path(str(Path(__file__).with_name("load_probe.py")), run_name="probe")
"""How packages are loaded and asked, in a file that needs nothing either."""
WARMUP_SHARE = 0.25
"""Of the time, after which the warm-up is over."""


def main(folder: Path, work: Path) -> None:
    """Load the package in a folder, call it as ordered, and write down how long each took."""
    began = monotonic()
    order = pickle.loads((work / "order.pkl").read_bytes())  # noqa: S301  our own starter wrote it
    pinned = hold(order["threads"])
    started = perf_counter_ns()
    package, model = OWN["loaded"](folder)
    facts = {
        "load_s": (perf_counter_ns() - started) / 1e9,
        "python": sys.version.split()[0],
        "network": os.environ.get("TRACKBOOK_GATE_NETWORK"),
    }
    OWN["write"](work / "loaded.json", facts)
    slow_down(order["threads"])
    took = timed(package, model, order, began)
    import numpy as np

    np.save(work / "took.npy", np.array(took, dtype="int64"))
    OWN["write"](work / "latency.json", {"processors": pinned})


def hold(threads: int) -> list[int]:
    """Keep this process on so many processors, the last ones; return which, where that goes."""
    with suppress(AttributeError, OSError):
        usable = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, usable[-threads:])
        return sorted(os.sched_getaffinity(0))
    return []


def slow_down(threads: int) -> None:
    """Tell torch, which asks no variable once it is imported."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)


def timed(package: Any, model: Any, order: dict[str, Any], began: float) -> list[int]:
    """Return the nanoseconds of each call after the warm-up, as many as there is time for."""
    warm, until = (began + part * order["seconds"] for part in (WARMUP_SHARE, 1))
    batches = batches_of(order["rows"], order["batch"])
    ask = OWN["asker"](package, model)
    for at in range(order["warmup"]):
        if at and monotonic() > warm:
            break
        ask(batches[at % len(batches)])
    took = []
    for at in range(order["calls"]):
        rows = batches[at % len(batches)]
        started = perf_counter_ns()
        ask(rows)
        took.append(perf_counter_ns() - started)
        if monotonic() > until:
            break
    return took


def batches_of(rows: Any, size: int) -> list[Any]:
    """Return rows cut into batches of a size, from the first to the last and over again."""
    count = OWN["count_of"](rows)
    starts = range(0, count, size) if size < count else [0]
    return [OWN["picked"](rows, [(s + n) % count for n in range(size)]) for s in starts]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
