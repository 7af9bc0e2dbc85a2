"""A sweep over a run whose params reach two of its ten cells, against executing all ten each time.

One sweep of 200 trials of each kind: behind the cells that no param
reaches, which are executed once, and with every cell in a fresh process. Goal: at least 3 times less
time. The numbers of both are compared to the bit.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")
from machine import machine, told

TRIALS, PARTS, GOAL = 200, 1, 3.0
CELLS = [
    "import numpy as np",
    "depth = 2\nscale = 0.5",
    "rng = np.random.default_rng(7)",
    "X = rng.normal(size=(20_000, 20))",
    "weights = rng.normal(size=20)",
    "y = X @ weights + rng.normal(size=len(X))",
    "grown = np.hstack([X, X**2, np.sin(X), np.tanh(X)])",
    "Q, R = np.linalg.qr(grown)\nfor _ in range(4):\n    Q, R = np.linalg.qr(Q @ R)",
    "fitted = Q[:, : 20 * depth] @ (Q[:, : 20 * depth].T @ y) * scale",
    "loss = float(np.mean((y - fitted) ** 2))",
]


def main() -> None:
    choice = told(__doc__)
    trials, parts = (8, 1) if choice.smoke else (TRIALS, PARTS)
    print(machine())
    with tempfile.TemporaryDirectory(prefix="sweep-slice-") as name:
        folder = Path(name)
        run = first(folder)
        ratios = []
        for part in range(parts):
            values = [
                0.1 + 0.01 * n for n in range(part * 100, part * 100 + trials // parts // 2)
            ]
            shared_s, shared = swept(run, values, share=True)
            whole_s, whole = swept(run, values, share=False)
            assert shared == whole, "the numbers differ"
            ratios.append(whole_s / shared_s)
            print(
                f"{len(shared)} trials: all cells each time {whole_s:.1f} s, shared cells once"
                f" {shared_s:.1f} s, {ratios[-1]:.1f} times less"
            )
        os.chdir(folder.parent)  # or what ends with this process would miss it
    print(f"median: {statistics.median(ratios):.1f} times less time (goal: {GOAL:g})")


def first(folder: Path) -> str:
    """Execute the cells in a notebook's way and return the run that they give."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from trackbook.doors.session import Current

    os.environ |= {"TRACKBOOK_PROJECT": str(folder), "TRACKBOOK_CARDS": "quiet"}
    os.chdir(folder)
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "trackbook")
    for cell in CELLS:
        shell.run_cell(cell, store_history=True).raise_error()
    book = Current.book
    book.settle()
    return next(iter(book.recorder.ledger.runs))


def swept(run: str, values: list[float], *, share: bool) -> tuple[float, list[object]]:
    """Return how long a sweep takes, and what its trials measured."""
    from trackbook.doors.session import Current
    from trackbook.sweeps import RunSlice, Wishes, space_from, sweep

    book = Current.book
    target = RunSlice(book.store, book.find(run), share=share)
    space = space_from({"scale": values, "depth": [1, 2]})
    begun = perf_counter()
    done = sweep(
        book.recorder, book.store, book.project, target, space,
        Wishes(metric="loss", direction="min"),
    )  # fmt: skip
    took = perf_counter() - begun
    assert done.states["done"] == len(values) * 2, done.line
    rows = book.store.rows(
        "SELECT value, cells_reused FROM trials WHERE sweep_id = $it ORDER BY number",
        it=done.sweep_id,
    ).rows
    assert {reused for _, reused in rows} == {8 if share else 0}, done.remarks
    return took, [value for value, _ in rows]


if __name__ == "__main__":
    main()
