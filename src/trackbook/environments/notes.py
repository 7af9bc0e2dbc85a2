"""The notes of a shipment, one in the log of each side, each naming the other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trackbook.clock import new_id
from trackbook.records import Shipment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.gates import Report
    from trackbook.records import Origin
    from trackbook.registry import VersionRow

BLANK: dict[str, Any] = {
    "entry": 0, "at_us": 0, "actor": "", "actor_from": "", "identity": "", "prev_hash": "",
    "hash": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A version on its way from one project's folder into another's."""

    book: Book
    there: Book
    row: VersionRow
    from_env: str
    to_env: str
    told: Sequence[Origin]

    @property
    def last_hash(self) -> str:
        """The last entry about the version in the log that it comes from."""
        return last_hash(self.book, self.row)


def note_of(
    way: Way,
    step: Literal["sent", "received"],
    reason: str,
    report: Report | None,
    receipt: Shipment | None = None,
) -> Shipment:
    """Return the note of a version that goes straight into another project.

    The receiver's names the last entry about it here; the sender's then names the receiver's.
    """
    from trackbook.registry import digest_of_facts, project_id

    row = way.row
    report_id = report.report_id if report is not None else None
    return Shipment(
        shipment_id=receipt.shipment_id if receipt is not None else new_id(),
        step=step,
        way="folder",
        model=row.model,
        version_id=row.version_id,
        semver=row.version,
        package_digest=row.package_digest,
        state=receipt.state if receipt is not None else row.state,
        from_env=way.from_env,
        to_env=way.to_env,
        from_project=project_id(way.book.store),
        to_project=project_id(way.there.store),
        place=str(way.there.project if step == "sent" else way.book.project),
        reason=reason or (receipt.reason if receipt is not None else ""),
        gate_report_id=receipt.gate_report_id if receipt is not None else report_id,
        facts_digest=receipt.facts_digest
        if receipt is not None
        else digest_of_facts(way.told),
        other_hash=receipt.hash if receipt is not None else way.last_hash,
        signed_by="",
        **BLANK,
    )


def last_hash(book: Book, row: VersionRow) -> str:
    """Return the hash of the last entry about a version that is more than a note of its sending."""
    from trackbook.registry import entries_about

    entries = entries_about(book.store, row.model, row.version_id)
    return [one for one in entries if not is_sent(one)][-1].hash


def is_sent(entry: object) -> bool:
    """Say whether an entry of the log notes that a version went away."""
    return isinstance(entry, Shipment) and entry.step == "sent"
