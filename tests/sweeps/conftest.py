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


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Place:
    return Place(tmp_path_factory.mktemp("place"))
