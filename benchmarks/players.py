"""Plays the notebooks of `benchmarks/notebooks` in real kernels, as people execute them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np

from trackbook.reproduce import CellFailed, FreshKernel

FOLDER = Path(__file__).with_name("notebooks")
JUNK = (
    "1 + 1", "print('here')", "%whos", "import os; os.getcwd()", "tmp = [1, 2, 3]", "help(len)",
    "undefined_name", "_", "x_tmp = 3\nx_tmp * 2", "# nothing",
)  # fmt: skip
"""Cells that people type and forget."""


class Turn(NamedTuple):
    """One execution: which cell, and what stood in it then."""

    cell_id: str
    source: str


class Played(NamedTuple):
    """What came of one execution."""

    turn: Turn
    seconds: float
    outputs: list
    failure: str


def names() -> list[str]:
    """Return the names of the notebooks."""
    return [file.stem for file in sorted(FOLDER.glob("*.ipynb"))]


def cells_of(name: str) -> dict[str, str]:
    """Return a notebook's code cells by id, in order of the document."""
    cells = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.cell_type == "code"}


def straight(name: str) -> list[Turn]:
    """Return the turns from top to bottom."""
    return [Turn(cell_id, source) for cell_id, source in cells_of(name).items()]


def messy(name: str, rng: np.random.Generator, *, again: float = 0.12) -> list[Turn]:
    """Return the turns of a notebook's session script, with re-runs and junk strewn in.

    Args:
        name: the notebook
        rng: decides where an earlier turn is taken again, and where junk is typed
        again: how likely either is, after each turn
    """
    cells, script = cells_of(name), FOLDER / f"{name}.session.json"
    turns: list[Turn] = []
    for step in json.loads(script.read_text())["steps"]:
        if "junk" in step:
            turns.append(Turn(f"junk{len(turns)}", step["junk"]))
        else:
            source = step.get("source", cells[step["cell"]])
            turns.append(Turn(step["cell"], source))
        if rng.random() < again:
            turns.append(turns[int(rng.integers(len(turns)))])
        if rng.random() < again:
            turns.append(Turn(f"junk{len(turns)}", JUNK[int(rng.integers(len(JUNK)))]))
    return turns


def play(
    turns: Iterable[Turn],
    folder: Path,
    *,
    recording: bool = True,
    first: str = "",
    last: str = "",
) -> Iterator[Played]:
    """Execute turns in a fresh kernel that works in a folder, one after the other.

    A cell that fails is left behind, as people do; the kernel goes on.

    Args:
        turns: what is executed
        folder: where the kernel works; it becomes the project
        recording: whether trackbook is loaded
        first: executed before it all, and before trackbook is loaded; no cell
        last: executed when all is done; no cell
    """
    cells = {turn.cell_id: turn for turn in turns}
    v4 = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(id=name) for name in cells])
    place = {name: at for at, name in enumerate(cells)}
    env = {"TRACKBOOK_PROJECT": str(folder), "TRACKBOOK_CARDS": "quiet"}
    with FreshKernel(notebook, folder, env, timeout_s=120) as kernel:
        kernel.silently(first)
        if recording:
            kernel.silently("%load_ext trackbook")
        for turn in turns:
            cell = notebook.cells[place[turn.cell_id]]
            cell.source, failure = turn.source, ""
            begun = time.perf_counter()
            try:
                kernel.execute(place[turn.cell_id])
            except CellFailed as error:
                failure = str(error)
            seconds = time.perf_counter() - begun
            yield Played(turn, seconds, list(cell.outputs), failure)
        kernel.silently(last)


def workplace() -> tempfile.TemporaryDirectory:
    """Return a folder for one session, to be used in a `with` statement."""
    return tempfile.TemporaryDirectory(
        prefix="trackbook-session-", ignore_cleanup_errors=True
    )
