"""`trackbook demo`: a real notebook, recorded, and what can be asked of its record."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.book import Book
    from trackbook.records import Run
    from trackbook.table import Table

NOTEBOOK = "quickstart.ipynb"
METRIC = "accuracy"
GLANCE = (METRIC, "rmse")
"""Metrics of the notebook's two tasks."""
NEEDED = {"nbclient": "nbclient", "ipykernel": "ipykernel", "sklearn": "scikit-learn"}
MOST_COPIES = 100


class Demonstration:
    """What the demo found: its runs, and the whole tale as text."""

    def __init__(self, runs: Table, tale: str) -> None:
        self.runs = runs
        self.tale = tale

    def __repr__(self) -> str:
        return self.tale

    def table(self) -> Table:
        """Return the runs."""
        return self.runs


def demonstrate(folder: Path, *, quiet: bool = False) -> Demonstration:
    """Execute the quickstart notebook in a folder and return what was recorded of it.

    Args:
        folder: Where the notebook and its project go; made if it is not there.
        quiet: Show no progress.

    Raises:
        NotFound: a package that the notebook needs is not installed
        Refused: the folder cannot be written to
        CellFailed: a cell raised; the runs before it are kept
    """
    check_installed()
    from trackbook.book import Book
    from trackbook.doors.demo_kernel import play
    from trackbook.reproduce import CellFailed

    file = placed(folder.expanduser().absolute())
    progress = Progress(quiet=quiet)
    before = {run.run_id for run in runs_in(file.parent)}
    try:
        play(file, progress.show)
    except CellFailed as error:
        count = len(runs_in(file.parent)) - len(before)
        raise CellFailed(
            f"{error} (in {file}); the {count} runs recorded before it are kept:"
            f" cd {file.parent} && trackbook runs"
        ) from error
    finally:
        progress.end()
    book = Book(file.parent)
    try:
        return demonstration(book, before, file)
    finally:
        book.close()


def check_installed(needed: Mapping[str, str] = NEEDED) -> None:
    """Say which package is missing, and how to get it."""
    missing = [package for module, package in needed.items() if find_spec(module) is None]
    if missing:
        raise NotFound(
            f"the demo needs {' and '.join(missing)}: pip install 'trackbook[demo]'"
        )


def placed(folder: Path) -> Path:
    """Return a fresh copy of the notebook in a folder; a changed one is left as it is."""
    import nbformat

    from trackbook.doors.demo_kernel import save

    fresh = nbformat.read(shipped(), as_version=4)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, MOST_COPIES):
            name = NOTEBOOK if number == 1 else NOTEBOOK.replace(".", f"-{number}.")
            if is_free(folder / name, fresh):
                if number > 1:
                    changed = folder / NOTEBOOK
                    say(f"{changed} was changed and stays as it is: this is {name}")
                save(fresh, folder / name)
                return folder / name
    except OSError as error:
        raise Refused(
            f"cannot write to {folder} ({error.strerror or error}):"
            " name another with --folder"
        ) from error
    raise Refused(f"{folder} is full of changed notebooks: name another with --folder")


def shipped() -> Path:
    """Return the notebook that came with trackbook: beside this file, or in a checkout."""
    here = Path(__file__)
    for file in (here.with_name(NOTEBOOK), here.parents[3] / "notebooks" / NOTEBOOK):
        if file.is_file():
            return file
    raise NotFound(f"{NOTEBOOK} is missing from this installation: install trackbook again")


def is_free(file: Path, fresh: Any) -> bool:
    """Say whether a file is not there, or is a copy that only the demo itself changed."""
    import nbformat

    from trackbook.doors.demo_kernel import variants

    if not file.exists():
        return True
    try:
        found = nbformat.read(file, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return False
    return len(found.cells) == len(fresh.cells) and all(
        cell.cell_type == ours.cell_type and cell.source in variants(ours)
        for cell, ours in zip(found.cells, fresh.cells, strict=True)
    )


def runs_in(project: Path) -> list[Run]:
    """Return all runs of a project, newest first; none where there is no project yet."""
    from trackbook.book import Book
    from trackbook.runs import search
    from trackbook.settings import FOLDER

    if not (project / FOLDER).is_dir():
        return []
    book = Book(project)
    try:
        return search(book.store, limit=None)
    finally:
        book.close()


def demonstration(book: Book, before: set[str], file: Path) -> Demonstration:
    """Return the runs that are new in a project, with their tale."""
    from trackbook.doors.rows import runs_table
    from trackbook.runs import search

    runs = [
        r
        for r in search(book.store, sort="started_at", limit=None)
        if r.run_id not in before
    ]
    table = runs_table(runs, direction=book.direction)
    parts = [f"{len(runs)} runs of {file.name}", "", str(glance(runs))]
    best = best_of(runs)
    if best is not None:
        parts += story_of(best, book)
    return Demonstration(table, "\n".join([*parts, next_steps(file)]))


def glance(runs: Sequence[Run]) -> Table:
    """Return the few columns that tell the tale, narrow enough for any terminal."""
    from trackbook.doors.rows import SHORT, parent_of
    from trackbook.table import Table

    rows = [
        (
            run.run_id[-SHORT:],
            ("└ " if run.relation == "child" else "") + run.name,
            parent_of(run),
            *(run.metrics.get(name) for name in GLANCE),
        )
        for run in runs
    ]
    best = best_of(runs)
    marked = {} if best is None else {METRIC: runs.index(best)}
    return Table(["run", "name", "parent", *GLANCE], rows, best=marked)


def best_of(runs: Sequence[Run]) -> Run | None:
    """Return the run of the highest accuracy; of equal ones a variation, else the first."""
    measured = [run for run in runs if METRIC in run.metrics]
    return max(
        measured,
        key=lambda run: (run.metrics[METRIC], run.relation == "variation"),
        default=None,
    )


def story_of(best: Run, book: Book) -> list[str]:
    """Return lines on the best run, and on what changed between its parent and it."""
    from trackbook.doors.verbs import diff

    lines = ["", f"Best {METRIC}: {best.metrics[METRIC]:.4f} by {best.name}"]
    if best.parent_run_id is not None and best.relation == "variation":
        parent = book.find(best.parent_run_id)
        lines[-1] += f", a variation of {parent.name}"
        lines += ["", str(diff(book, parent.run_id, best.run_id))]
    return lines


def next_steps(file: Path) -> str:
    """Return how to open the notebook, and a few commands worth trying."""
    from shlex import quote

    lab = "" if find_spec("jupyterlab") else "pip install jupyterlab && "
    name = shown(file)
    question = f"SELECT name, metrics['{METRIC}'] FROM runs"  # noqa: S608  # only shown
    steps = (
        (f"{lab}jupyter lab {quote(name)}", "open the notebook"),
        (f"cd {quote(shown(file.parent))}", "its project; then"),
        (f"trackbook runs 'metrics.{METRIC} > 0.95' --sort -metrics.{METRIC}", "ask again"),
        (f"trackbook show best:{METRIC}", "all about the best run"),
        (f'trackbook sql "{question}"', "any question"),
    )
    width = max(len(command) for command, _ in steps)
    return "\n".join(["", "Next:", *(f"  {c:<{width}}  # {what}" for c, what in steps)])


def shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def say(words: str) -> None:
    """Tell the user something that is no part of the answer."""
    sys.stderr.write(f"trackbook: {words}\n")


class Progress:
    """One line on a terminal that says which cell is running; nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.speaks = not quiet and sys.stderr.isatty()

    def show(self, done: int, total: int, cell: str) -> None:
        """Say which cell begins."""
        bar = "█" * (20 * done // total)
        line = f"{bar:░<20} {done}/{total}  {cell}" if done else "starting a kernel"
        self.write(line[: shutil.get_terminal_size().columns - 1])

    def end(self) -> None:
        """Clear the line."""
        self.write("")

    def write(self, line: str) -> None:
        """Put a line in the place of the last one."""
        if self.speaks:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
