"""All that is on record of a run and its versions, gathered once for every line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.checklist.rows import (
    BaselineRow,
    Counts,
    DataRow,
    FileRow,
    MoveRow,
    PackageRow,
)
from trackbook.errors import NotFound
from trackbook.store import ask, queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.contract import Breach, Contract
    from trackbook.gates import Report
    from trackbook.records import Run
    from trackbook.registry import VersionRow
    from trackbook.runs import Around

SQL = queries_of("trackbook.checklist")
SHORT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What every line is told from."""

    book: Book
    run: Run
    version: VersionRow | None
    """The one that was asked for, or the latest of the run's."""
    around: Around | None
    counts: Counts
    data: Sequence[DataRow]
    files: Sequence[FileRow]
    packages: Sequence[PackageRow]
    baselines: Sequence[Run]
    """Runs tagged as such, on some of the same data."""
    contract: Contract | None
    breaches: Sequence[Breach]
    reports: Sequence[Report]
    """Of the version's gates, the last one first."""
    entry: int | None
    """Of the log, with which the version came into its state."""

    @property
    def run_ref(self) -> str:
        """By what the run is called in a command."""
        return self.run.run_id[-SHORT:]

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.run.status != "RUNNING"


def evidence_of(book: Book, reference: str) -> Evidence:
    """Return all that is on record of what a reference means.

    Raises:
        NotFound: there is no such run or version, or its run is not on record
    """
    from trackbook.gates import reports_of
    from trackbook.runs import by_ids

    run, version = meant(book, reference)
    one = {"run": run.run_id}
    contract = book.contracts.now()
    rivals = [
        row.run_id for row in ask(book.store, SQL["baselines_of"], BaselineRow, **one)
    ]
    moves = [
        row.entry
        for row in ask(book.store, SQL["last_move"], MoveRow, version=version.version_id)
    ] if version is not None else []  # fmt: skip
    return Evidence(
        book=book,
        run=run,
        version=version,
        around=around_of_run(book, run),
        counts=ask(book.store, SQL["counts_of"], Counts, **one)[0],
        data=ask(book.store, SQL["data_of"], DataRow, **one),
        files=ask(book.store, SQL["files_of"], FileRow, **one),
        packages=ask(book.store, SQL["packages_of"], PackageRow, **one),
        baselines=by_ids(book.store, rivals),
        contract=contract,
        breaches=book.contracts.breaches([run])[0] if contract is not None else [],
        reports=reports_of(book.store, version.version_id) if version is not None else [],
        entry=moves[0] if moves else None,
    )


def around_of_run(book: Book, run: Run) -> Around | None:
    """Return what was around a run; None where nothing of it is on record."""
    from trackbook.book import around_of

    return around_of(book, run)


def meant(book: Book, reference: str) -> tuple[Run, VersionRow | None]:
    """Return the run that a reference means, with its latest version; or a version's run."""
    from trackbook.registry import versions

    if "@" in reference.lstrip("@"):
        try:
            version = book.models.version(reference)
        except NotFound:
            version = None  # a run's name may have that sign too
        if version is not None:
            return run_of(book, version), version
    run = book.find(reference)
    made = [row for row in versions(book.store) if row.run_id == run.run_id]
    return run, max(made, key=lambda row: row.registered_at, default=None)


def run_of(book: Book, version: VersionRow) -> Run:
    """Return the run that made a version."""
    if version.run_id is None:
        raise NotFound(
            f"{version.name} says of no run that it made it, so nothing of one can be looked"
            " at: register it with --run RUN"
        )
    try:
        return book.find(version.run_id)
    except NotFound:
        raise NotFound(
            f"the run of {version.name}, {version.run_id}, was removed from the record:"
            f" trackbook paper {version.name} tells what is left"
        ) from None
