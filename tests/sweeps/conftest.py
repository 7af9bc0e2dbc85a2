"""Sweeps are tested in the shell and in a notebook, on functions of a module beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trackbook.store import Store

HERE = Path(__file__).parent
SHELL = "from trackbook.doors.cli import run; run()"


class Place:
    """A project, and the shell in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marks = folder / "marks"
        self.env = os.environ | {
            "TRACKBOOK_PROJECT": str(folder),
            "PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)]),
            "TOY_MARKS": str(self.marks),
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", SHELL, "sweep", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.env,
        )

    def sweep(self, *words: str) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        return out + err

    def rows(self, question: str) -> list[tuple[object, ...]]:
        store = Store(self.folder / ".trackbook")
        try:
            return store.rows(question).rows
        finally:
            store.close()

    def trials(self, sweep: str) -> dict[object, tuple[object, ...]]:
        """Return state, value and error of a sweep's trials by their x."""
        found = self.rows(
            "SELECT t.params, t.state, t.value, t.error FROM trials t"
            f" JOIN sweeps s USING (sweep_id) WHERE s.name = '{sweep}' ORDER BY number"
        )
        return {json.loads(str(params))["x"]: rest for params, *rest in found}

    @property
    def called(self) -> list[int]:
        """What the functions were called with so far."""
        return (
            [int(x) for x in self.marks.read_text().split()] if self.marks.exists() else []
        )


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Place:
    """A project in which a sweep has ended: for what changes nothing."""
    found = Place(tmp_path_factory.mktemp("swept"))
    assert "1 of 1 done" in found.sweep("toy:plain", "x=1", "--name", "ended")
    return found


SESSION = [
    "import numpy as np",
    "lr = 0.1\ncfg = {'depth': 3}\nn = 40",
    "rng = np.random.default_rng(0)\nX = rng.normal(size=(n, 3))",
    "unrelated = 5",
    "noise = np.random.normal(size=n)",
    "def train():\n    return np.tanh(X * lr).sum()",
    "made = train() + noise.sum()",
    "acc = float(made + cfg['depth'] + rng.normal())",
    "log = open('log.txt', 'w')\nlog.write('x')\nlog.close()",
    "if lr > 1:\n    with open('big.txt', 'w') as f:\n        f.write('big')\n"
    "error = float(1 / (2 - lr) + X.mean())",
]


@pytest.fixture(scope="module")
def session(tmp_path_factory, shell_in):
    """A notebook whose runs are swept, for all tests of a file."""
    folder = tmp_path_factory.mktemp("session")
    with shell_in(folder) as shell:
        made = Session(shell, folder)
        made.ok("%load_ext trackbook", "%track quiet", *SESSION)
        yield made


class Session:
    """A notebook in a real IPython shell, with trackbook loaded."""

    def __init__(self, shell, project: Path) -> None:
        self.shell = shell
        self.project = project

    @property
    def book(self):
        from trackbook.doors.session import Current

        return Current.book

    def run(self, source: str):
        return self.shell.run_cell(source, store_history=True)

    def ok(self, *cells: str) -> None:
        for source in cells:
            self.run(source).raise_error()

    def sql(self, question: str):
        self.book.settle()
        return self.book.store.rows(question).rows

    def runs(self):
        from trackbook.runs import search

        self.book.settle()
        return search(self.book.store, limit=None)[::-1]
