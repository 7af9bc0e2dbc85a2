"""The registry looked at, and approvals: versions, history, who said yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trackbook.doors.moves import moment_of
from trackbook.doors.said import Said

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.doors.versus import Beside
    from trackbook.records import Approval
    from trackbook.table import Table

COLUMNS = (
    "name", "state", "slots", "aliases", "flavour", "size_bytes", "registered_at",
    "registered_by", "why_semver", "run_id",
)  # fmt: skip


def versions(book: Book, of: list[str] = []) -> Table | Beside:  # noqa: B006  never written to
    """List versions of models, or put what is on record of some of them side by side.

    Nothing is loaded for that; compare-versions asks them the same rows besides.

    Args:
        of: a model's name lists its versions, NAME@VERSION shows one, several stand side by side
    """
    from trackbook.doors.versus import Beside
    from trackbook.registry import versions as listed
    from trackbook.table import Table
    from trackbook.versus import side_by_side

    book.settle()
    if len(of) > 1 or (of and "@" in of[0]):
        return Beside(side_by_side(book, [book.models.version(one) for one in of]))
    rows = listed(book.store, of[0] if of else None)
    note = "" if rows else "nothing is registered: %track register MODEL NAME"
    cells = [tuple(getattr(row, name) for name in COLUMNS) for row in rows]
    return Table(list(COLUMNS), cells, note=note)


def approve(
    book: Book,
    version: str,
    to: Literal["staging", "production"] = "production",
    *,
    comment: str = "",
) -> Said:
    """Approve a version, after somebody else asked for it; bound to its bytes and gate report.

    Args:
        version: the version
        to: what for
        comment: what you looked at
    """
    entry = book.models.registry(to).approve(version, to, comment=comment)
    return answered(book, version, entry)


def reject(
    book: Book,
    version: str,
    to: Literal["staging", "production"] = "production",
    *,
    comment: str,
) -> Said:
    """Say no to a version for which an approval was asked.

    Args:
        version: the version
        to: what for
        comment: why not
    """
    entry = book.models.registry(to).reject(version, to, comment=comment)
    return answered(book, version, entry)


def answered(book: Book, version: str, entry: Approval | None) -> Said:
    """Return a version's approvals, under what was just said of it."""
    row = book.models.version(version)
    asked = approvals_of(book, row.model)
    step = "nothing new" if entry is None else f"{entry.step} by {entry.actor}"
    rows = [one for one in asked.dicts() if one["version"] == row.version]
    columns = list(rows[0]) if rows else ["version"]
    return Said(f"{row.name}: {step}", columns, [tuple(one.values()) for one in rows])


def approvals(book: Book, name: str | None = None) -> Table:
    """List approvals that were asked for, and what became of them.

    Args:
        name: only of this model
    """
    book.settle()
    return approvals_of(book, name)


def approvals_of(book: Book, name: str | None) -> Table:
    """Return requests for approvals, the newest first, under them what came with versions."""
    from trackbook.registry import ApprovalRow
    from trackbook.registry import approvals as listed
    from trackbook.table import Table

    columns = list(ApprovalRow.__annotations__)
    rows = listed(book.store, name)
    cells = [(*(getattr(row, column) for column in columns), "") for row in rows]
    cells += approvals_that_came(book, name)
    return Table(
        [*columns, "origin"], cells, note="" if cells else "nobody asked for an approval"
    )


def approvals_that_came(book: Book, name: str | None) -> list[tuple[object, ...]]:
    """Return approvals as they were given where versions came from, in the same columns."""
    from trackbook.registry import approvals_elsewhere
    from trackbook.registry import versions as listed

    return [
        (
            one.request_id, row.model, row.version, row.version_id, one.target, one.step,
            [one.actor] if one.step == "approved" else [],
            one.actor if one.step == "rejected" else None,
            one.actor if one.step == "requested" else "",
            one.comment, None, one.gate_report_id, one.at, one.expires_at, one.env,
        )
        for row in listed(book.store, name)
        for one in approvals_elsewhere(book.store, row)
    ]  # fmt: skip


def history(book: Book, name: str, *, at: str | None = None) -> Said:
    """Show what was decided of a model: what was where, who moved it, when and why.

    Args:
        name: the model
        at: how it stood then, 2026-05-03 (its end) or 2026-05-03T14:20, UTC
    """
    from trackbook.registry import history as told

    book.settle()
    model = name.partition("@")[0]
    found = told(book.store, model, at=moment_of(at, last=True) if at else None)
    rows = [
        (one.moved_at, one.command, one.version, one.name or one.what, one.after, one.actor,
         one.reason, one.before, one.forced, one.what)
        for one in found.moves
    ]  # fmt: skip
    columns = [  # what fits no narrow terminal is left out from the end
        "at", "command", "version", "which", "after", "actor", "reason", "before", "forced", "what",
    ]  # fmt: skip
    when = "now" if found.at is None else f"on {found.at:%Y-%m-%d %H:%M} UTC"
    serving = found.production
    if serving is None:
        return Said(f"{when}, no version of {model} was in production", columns, rows)
    why = f" ({serving.reason})" if serving.reason else ""
    headline = (
        f"{when}, {model}@{serving.version} served in prod: {serving.command} by"
        f" {serving.actor} at {serving.since:%Y-%m-%d %H:%M} UTC{why}"
    )
    return Said(headline, columns, rows)


def impact(book: Book, dataset: str, *, everything: bool = False) -> Table:
    """List the deployed versions that rest on a dataset.

    Args:
        dataset: its name, id or fingerprint, or where it came from, `train.csv`
        everything: also versions that are in no slot
    """
    from trackbook.registry import ImpactRow
    from trackbook.registry import impact as resting
    from trackbook.table import Table

    book.settle()
    rows = resting(book.store, dataset, deployed=not everything)
    columns = list(ImpactRow.__annotations__)
    cells = [tuple(getattr(row, name) for name in columns) for row in rows]
    return Table(
        columns, cells, note="" if rows else f"no deployed version rests on {dataset}"
    )
