"""All that is on record of one version, gathered once: every paper is written from it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.book import around_of, slice_of_run
from trackbook.errors import Damaged, NotFound
from trackbook.packages import METADATA, Signature, metadata_of, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from trackbook.book import Book
    from trackbook.gates import Report
    from trackbook.lineage import DatasetPage, Graph, Slice
    from trackbook.packages import Entry
    from trackbook.records import Run
    from trackbook.registry import ApprovalRow, Chain, MoveRow, VersionRow
    from trackbook.runs import Around, RunPage

NO_RUN = "no run is on record for this version"
GONE = "the run that made it was removed from the record"
ELSEWHERE = "the run that made it is on record where the version came from, in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """One dataset that the run used, and what for."""

    role: str
    data: DatasetPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A version's package, as it was found now."""

    files: Sequence[Entry] = ()
    """Empty where it is not what was written."""
    metadata: Mapping[str, Any]
    """What was found out of the model when it was packaged."""
    fault: str = ""
    """What is wrong with it; empty where every byte is the one that was registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A version with its whole evidence; what is not on record is None or empty."""

    version: VersionRow
    parent: str
    """The version that it goes on from; empty for none."""
    run: Run | None
    no_run: str
    """Why there is no run; empty where there is one."""
    page: RunPage | None
    data: Sequence[Used]
    around: Around | None
    cut: Slice | None
    """The executions that the run rests on."""
    reports: Sequence[Report]
    """Of its gates, the last one first."""
    approvals: Sequence[ApprovalRow]
    moves: Sequence[MoveRow]
    """Decisions that moved it, oldest first."""
    chain: Chain
    """What an examination of the whole log found."""
    kept: Kept
    graph: Graph
    written_at: datetime
    """Aware, UTC."""

    @property
    def signature(self) -> Signature | None:
        """What goes in and comes out; None where no example told, or it cannot be read."""
        try:
            return Signature.of_text(self.version.signature)
        except Damaged:
            return None

    @property
    def last_reports(self) -> list[Report]:
        """The last report of each target, the last one first."""
        found: dict[str, Report] = {}
        for one in self.reports:
            found.setdefault(one.target, one)
        return list(found.values())


def dossier_of(book: Book, reference: str, *, now: datetime) -> Dossier:
    """Return all that is on record of the version that a reference means."""
    from trackbook.gates import reports_of
    from trackbook.lineage import Key, graph_around
    from trackbook.registry import approvals, history, verify_chain

    row = book.models.version(reference)
    run, why = run_of(book, row)
    asked = approvals(book.store, row.model)
    return Dossier(
        version=row,
        parent=parent_of(book, row),
        run=run,
        no_run=why,
        page=page_of(book, run) if run is not None else None,
        data=data_of(book, run) if run is not None else [],
        around=around_of(book, run) if run is not None else None,
        cut=slice_of_run(book, run) if run is not None else None,
        reports=reports_of(book.store, row.version_id, limit=1000),
        approvals=[one for one in asked if one.version_id == row.version_id],
        moves=[one for one in history(book.store, row.model).moves if moved(one, row)],
        chain=verify_chain(book.store),
        kept=kept_at(book.models.shelf.place_of(row.package_digest), row.package_digest),
        graph=graph_around(book.store, Key("version", row.version_id)),
        written_at=now,
    )


def moved(one: MoveRow, row: VersionRow) -> bool:
    """Tell whether a decision was about a version: it moved, came, or had to make room."""
    return row.version in (one.version, one.before, one.after)


def run_of(book: Book, row: VersionRow) -> tuple[Run | None, str]:
    """Return the run that made a version, or why there is none."""
    if row.run_id is None:
        return None, NO_RUN
    if row.origin:
        return None, f"{ELSEWHERE} {row.origin}: {row.run_id}"
    try:
        return book.find(row.run_id), ""
    except NotFound:
        return None, f"{GONE}: {row.run_id}"


def parent_of(book: Book, row: VersionRow) -> str:
    """Return the number of the version from which one goes on."""
    from trackbook.registry import versions

    known = {one.version_id: one.name for one in versions(book.store, row.model)}
    return known.get(row.parent_id or "", row.parent_id or "")


def page_of(book: Book, run: Run) -> RunPage:
    """Return everything known of a run, with what speaks against it by now."""
    from dataclasses import replace

    from trackbook.runs import show

    found = show(book.store, run)
    return replace(found, doubts=[doubt.words for doubt in book.doubts.now(run)])


def data_of(book: Book, run: Run) -> list[Used]:
    """Return the data that a run used, in the order in which it did."""
    from trackbook.lineage import dataset, inputs_of

    rows = inputs_of(book.store, run).dicts()
    pages = [(row["role"], dataset(book.store, str(row["dataset_id"]))) for row in rows]
    return [Used(role=str(role), data=one) for role, one in pages if one is not None]


def kept_at(folder: Path, digest: str) -> Kept:
    """Return what a package holds, after every byte of it was compared with its digest."""
    try:
        files = verify(folder, digest)
        said = metadata_of((folder / METADATA).read_text(encoding="utf-8"))
    except (NotFound, Damaged, OSError) as error:
        return Kept(metadata={}, fault=str(error))
    return Kept(files=files, metadata=said)
