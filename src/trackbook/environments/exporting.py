"""A version put into a bundle, for a machine that does not see this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from trackbook.clock import new_id
from trackbook.environments.bundle import Contents, list_of, texts_of, write
from trackbook.environments.chart import read_chart
from trackbook.environments.keys import name_of, private_key, signature_of
from trackbook.environments.notes import BLANK, last_hash
from trackbook.environments.telling import told_of
from trackbook.environments.unpack import UNSIGNED
from trackbook.errors import Misused, Refused
from trackbook.records import Shipment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackbook.book import Book
    from trackbook.records import Origin
    from trackbook.registry import VersionRow


SIGN = (
    "a bundle is signed: --key FILE (trackbook key --new FILE makes one); or say --unsigned"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A bundle that was written."""

    file: Path
    name: str
    key: str
    """The name of the key that signed it; `unsigned` for none."""
    size_bytes: int
    sent: Shipment


def pack(
    book: Book,
    reference: str,
    file: Path,
    *,
    key: Path | None,
    unsigned: bool = False,
    papers: Mapping[str, str] | None = None,
    overwrite: bool = False,
) -> Packed:
    """Write a version with its package and all that is known of it into one signed file.

    Args:
        book, reference: the project and the version
        file: where to
        key: the file of the private key
        unsigned: without a key; whoever imports it must ask for that too
        papers: texts by name that go with it
        overwrite: replace a file that is there

    Raises:
        Refused: the file is there
        Tampered: a byte of the package is not what was registered
    """
    from trackbook.packages import verify

    if (key is None) == (not unsigned):
        raise Misused(SIGN)
    if file.exists() and not overwrite:
        raise Refused(f"{file} is there already: name another, or say --overwrite")
    row = book.models.version(reference)
    secret = private_key(key) if key is not None else None
    name = name_of(secret.public_key()) if secret is not None else ""
    folder = book.models.shelf.place_of(row.package_digest)
    entries = verify(folder, row.package_digest)
    told = told_of(book, row, read_chart(book.project).here or book.project.name)
    sent = noted(book, row, told, file.name, name or UNSIGNED)
    contents = Contents(sent, told, papers or {}, entries, folder)
    listed = list_of(contents, texts_of(contents), name)
    write(file, contents, listed, signature_of(secret, listed) if secret else None)
    size = file.stat().st_size
    return Packed(
        file=file, name=row.name, key=name or UNSIGNED, size_bytes=size, sent=sent
    )


def noted(
    book: Book, row: VersionRow, told: Sequence[Origin], place: str, key: str
) -> Shipment:
    """Note that a version was put into a bundle; the same note where the same was told before."""
    from trackbook.registry import digest_of_facts, project_id, shipped

    draft = Shipment(
        shipment_id=new_id(),
        step="sent",
        way="bundle",
        model=row.model,
        version_id=row.version_id,
        semver=row.version,
        package_digest=row.package_digest,
        state=row.state,
        from_env=told[-1].env,
        to_env="",
        from_project=project_id(book.store),
        to_project="",
        place=place,
        reason="",
        gate_report_id=None,
        facts_digest=digest_of_facts(told),
        other_hash=last_hash(book, row),
        signed_by=key,
        **BLANK,
    )
    return shipped(book.store, book.journal, book.models.registry().who, draft)[0]


def received_note(sent: Shipment, *, project: str, place: str, signed_by: str) -> Shipment:
    """Return the note of a bundle's arrival, which names the note of its sending."""
    return msgspec.structs.replace(
        sent,
        step="received",
        to_project=project,
        place=place,
        other_hash=sent.hash,
        signed_by=signed_by,
        **BLANK,
    )
