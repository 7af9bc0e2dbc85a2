"""One of the versions that stand side by side, with all that is on record of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.book import slice_of_run
from trackbook.compare import packages_of, surroundings_of
from trackbook.errors import Damaged, NotFound, TrackbookError
from trackbook.packages import Signature, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackbook.book import Book
    from trackbook.compare import Executed
    from trackbook.records import Run
    from trackbook.registry import VersionRow

LARGEST = 20_000_000
HEAD = "# %% ["


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One execution of a cell, read from a package's script."""

    execution_id: str
    cell_key: str
    execution_count: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A version; what is not on record is None or empty, and `gone` says why."""

    row: VersionRow
    parent: str
    """The version that it goes on from; empty for none."""
    varies: str
    """The run that its own goes on from; empty for none."""
    run: Run | None
    gone: str
    """Why there is no run; empty where there is one."""
    params: Mapping[str, object]
    metrics: Mapping[str, object]
    inputs: Sequence[Mapping[str, Any]]
    """The data that its run used, each with role, name, fingerprint, rows."""
    cells: Sequence[Executed]
    """The executions that its run rests on."""
    packages: Mapping[str, str]
    around: Mapping[str, str]
    """What was around its run besides packages."""

    @property
    def name(self) -> str:
        """What it is called, `name@1.2.0`."""
        return self.row.name

    @property
    def signature(self) -> Signature | None:
        """What goes in and comes out; None where no example told, or it cannot be read."""
        try:
            return Signature.of_text(self.row.signature)
        except Damaged:
            return None


def side_of(book: Book, row: VersionRow, parents: Mapping[str, str]) -> Side:
    """Return a version with what its run left on record, or else with what its package holds."""
    parent = parents.get(row.parent_id or "", "")
    run, gone = run_of(book, row)
    if run is None:
        return from_package(
            row, parent, gone, book.models.shelf.place_of(row.package_digest)
        )
    from trackbook.lineage import inputs_of

    cut = slice_of_run(book, run)
    return Side(
        row=row,
        parent=parent,
        varies=run_called(book, run.parent_run_id),
        run=run,
        gone="",
        params=run.params,
        metrics=run.metrics,
        inputs=list(inputs_of(book.store, run)),
        cells=cut.parts if cut is not None else (),
        packages=packages_of(book.store, run),
        around=surroundings_of(book.store, run),
    )


def run_of(book: Book, row: VersionRow) -> tuple[Run | None, str]:
    """Return the run that made a version, or why there is none."""
    if row.run_id is None:
        return None, "no run is on record for it"
    try:
        return book.find(row.run_id), ""
    except NotFound:
        if row.origin:
            return None, f"its run is on record in {row.origin}, from which it came"
        return None, "the run that made it was removed from the record"


def run_called(book: Book, run_id: str | None) -> str:
    """Return how a run is called, with the end of its id that tells it from others."""
    if run_id is None:
        return ""
    try:
        return f"{book.find(run_id).name} {run_id[-8:]}"
    except NotFound:
        return f"{run_id}, removed from the record"


def from_package(row: VersionRow, parent: str, gone: str, folder: Path) -> Side:
    """Return a version as its package tells it, if every byte is still the registered one."""
    try:
        verify(folder, row.package_digest)
    except TrackbookError as error:
        folder, gone = folder / "nowhere", f"{gone}, and its package is no help: {error}"
    inputs = [one for one in read(folder, "data/dataset.json").values() if is_input(one)]
    params = read(folder, "experiments/hyperparameters.json")
    known = text_in(folder, "environment/requirements.txt").splitlines()
    pins = (line.partition("==") for line in known if not line.startswith("#"))
    return Side(
        row=row,
        parent=parent,
        varies="",
        run=None,
        gone=gone,
        params={name: str(value) for name, value in params.items()},
        metrics=read(folder, "experiments/metrics.json"),
        inputs=inputs,
        cells=cells_in(text_in(folder, "code/train.py")),
        packages={name.strip(): version.strip() for name, _, version in pins if version},
        around={},
    )


def is_input(one: object) -> bool:
    """Tell whether a package says of a dataset what there is to compare."""
    return isinstance(one, dict) and {"role", "name", "fingerprint"} <= one.keys()


def read(folder: Path, name: str) -> dict[str, Any]:
    """Return what a file of a package says; nothing where there is none."""
    try:
        found = json.loads(text_in(folder, name) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def text_in(folder: Path, name: str) -> str:
    """Return a text of a package; nothing where there is none."""
    file = folder / name
    if not file.is_file() or file.stat().st_size > LARGEST:
        return ""
    return file.read_text(encoding="utf-8", errors="replace")


def cells_in(script: str) -> list[Cell]:
    """Return the cells of a package's training script; the same source is the same cell."""
    found = []
    for at, part in enumerate(script.split(f"\n{HEAD}")):
        count, _, source = part.removeprefix(HEAD).partition("]\n")
        if source:
            number = int(count) if count.isdigit() else None
            text = source.strip("\n")
            found.append(
                Cell(
                    execution_id=f"{at:08}",
                    cell_key=text,
                    execution_count=number,
                    source=text,
                )
            )
    return found
