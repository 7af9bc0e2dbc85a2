"""A notebook executed in a real kernel of this interpreter, as a person would do it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.sign import NotebookNotary

from trackbook.reproduce import FreshKernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GO_BACK = "go-back"
"""Tag of the cell at which the reader is asked to try other values in earlier cells."""
TRY_AGAIN = "try-again"
"""Tag of those earlier cells; `metadata.trackbook.again` has the lines to put into them."""


def play(file: Path, progress: Callable[[int, int, str], None]) -> None:
    """Execute a notebook's cells in order, go back where it says so, and save it.

    The notebook is saved with its outputs and with the cells as they ran last, also
    when one of them fails.

    Args:
        file: The notebook; its folder becomes the project and the working directory.
        progress: Told before each execution: how many are done, of how many, which cell.

    Raises:
        CellFailed: a cell raised, or the kernel died in it
    """
    notebook = nbformat.read(file, as_version=4)
    turns = list(turns_of(notebook))
    env = {"TRACKBOOK_PROJECT": str(file.parent), "TRACKBOOK_NOTEBOOK": str(file)}
    try:
        with FreshKernel(notebook, file.parent, env) as kernel:
            for number, (at, source) in enumerate(turns):
                cell = notebook.cells[at]
                progress(number, len(turns), cell.id)
                cell.source = source
                kernel.execute(at)
    finally:
        save(notebook, file)
        sign(notebook)


def turns_of(notebook: Any) -> Iterator[tuple[int, str]]:
    """Yield what is executed in which order: the cell's place, and its source then."""
    earlier: list[int] = []
    for at, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", ())
        if GO_BACK in tags:
            for place in earlier:
                yield from (
                    (place, source) for source in variants(notebook.cells[place])[1:]
                )
        if cell.cell_type == "code":
            yield at, cell.source
            if TRY_AGAIN in tags:
                earlier.append(at)


def variants(cell: Any) -> list[str]:
    """Return a cell's source as it is written, then as it is tried again, in order."""
    sources = [cell.source]
    for line in cell.metadata.get("trackbook", {}).get("again", ()):
        name = line.partition("=")[0].strip()
        old = re.compile(rf"^{re.escape(name)} *=.*$", re.MULTILINE)
        sources.append(old.sub(line.replace("\\", r"\\"), sources[-1], count=1))
    return sources


def save(notebook: Any, file: Path) -> None:
    """Write a notebook in one step, so that nobody finds half of it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    nbformat.write(notebook, fresh)
    fresh.replace(file)


def sign(notebook: Any) -> None:
    """Vouch for a notebook's outputs, as Jupyter does for what its user executed."""
    with NotebookNotary() as notary:
        notary.sign(notebook)
