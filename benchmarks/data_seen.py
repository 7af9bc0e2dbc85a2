"""What a gigabyte of data costs the cell that hands it to a training, and what follows.

Goal: at most 50 ms in the foreground; the exact fingerprint follows in the background.
Reference: `joblib.hash` of the same data, which MLflow's users and joblib's own cache know.
The cell calls `fit` of an estimator that does nothing, with recording on and off, in one
IPython shell; each round makes the data anew, so that nothing is known of them.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time

import numpy as np
import pandas as pd
from machine import machine, told

ROUNDS = 7
BYTES = 1_000_000_000
COLUMNS = 20
DONE = (
    "SELECT bool_and(digest IS NOT NULL) FROM datasets"
    " WHERE session_id = (SELECT max(session_id) FROM datasets) AND row_count > 2"
)
ESTIMATOR = """
from sklearn.base import BaseEstimator, ClassifierMixin
class Idle(ClassifierMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.classes_ = [0, 1]
        return self
    def predict(self, X):
        return [0]
"""


def main() -> None:
    choice = told(__doc__)
    size = BYTES // 100 if choice.smoke else BYTES
    rounds = 2 if choice.smoke else ROUNDS
    os.chdir(tempfile.mkdtemp(prefix="data-seen-"))
    print(machine())
    shell = started()
    for name, make in KINDS.items():
        data = make(size)
        on, off, behind = measured(shell, data, rounds)
        hashed = reference(data)
        print(
            f"{name}, {size / 1e9:.2f} GB: {(on - off) * 1e3:.1f} ms in the cell"
            f" (goal 50), {behind:.2f} s behind it; joblib.hash {hashed:.2f} s,"
            f" {hashed / max(on - off, 1e-6):.0f} x the cell's"
        )


def frame(size: int):
    return pd.DataFrame(array(size), columns=[f"c{n}" for n in range(COLUMNS)])


def array(size: int):
    return np.random.default_rng(0).normal(size=(size // 8 // COLUMNS, COLUMNS))


def mixed(size: int):
    rows = size // (8 * COLUMNS)
    made = frame(size // 2)[:rows]
    made["word"] = np.random.default_rng(0).choice(["red", "green", "blue"], len(made))
    made["when"] = pd.date_range("2020", periods=len(made), freq="s")
    return made


KINDS = {"array": array, "frame": frame, "frame with texts": mixed}


def started():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_cell(ESTIMATOR)
    return shell


def measured(shell, data, rounds: int) -> tuple[float, float, float]:
    """Return the medians of a cell's seconds with recording and without, and of what follows."""
    on, off, behind = [], [], []
    for _ in range(rounds):
        for load, into in ((True, on), (False, off)):
            if load:
                shell.run_cell("%load_ext trackbook\n%track quiet;")
            shell.user_ns["data"] = data.copy() if hasattr(data, "iloc") else data + 0
            shell.run_cell("warm = Idle().fit([[0]], [0])")
            begun = time.perf_counter()
            shell.run_cell("m = Idle().fit(data, [0, 1])").raise_error()
            into.append(time.perf_counter() - begun)
            if load:
                begun = time.perf_counter()
                shell.run_cell(
                    "%track on"
                )  # a cell's end, before which nothing was settled
                wait_for_digest()
                behind.append(time.perf_counter() - begun)
                shell.run_cell("%unload_ext trackbook")
    return statistics.median(on), statistics.median(off), statistics.median(behind)


def wait_for_digest() -> None:
    """Return when the data of the last cell have been gone through."""
    from trackbook.doors.session import current_book

    while not current_book().store.rows(DONE).rows[0][0]:
        time.sleep(0.05)


def reference(data) -> float:
    import joblib

    begun = time.perf_counter()
    joblib.hash(data)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
