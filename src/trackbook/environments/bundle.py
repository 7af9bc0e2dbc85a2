"""A bundle: a version with its package and all that is told of it, in one file.

A zip archive in which nothing is packed, in this order:
bundle.json     what it is, and every other file with its size and SHA-256
bundle.sig      the signature of bundle.json, where it is signed
records.json    the note that it was sent, and what is told of the version
papers/…        the model card and the bill of materials
package/…       the package
"""

from __future__ import annotations

import json
import os
import zipfile
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from trackbook.errors import Damaged, Refused
from trackbook.packages import Entry, Tampered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from trackbook.records import Origin, Shipment

FORMAT = "trackbook-bundle/1"
LIST, SIGNATURE, RECORDS = "bundle.json", "bundle.sig", "records.json"
PAPERS, PACKAGE = "papers/", "package/"
WHEN = (1980, 1, 1, 0, 0, 0)
"""Every file's time, so that equal bundles are equal byte for byte."""
MODE = 0o100644 << 16
CHUNK_BYTES = 1 << 20
UNIX = 3
FOUR_GB = 1 << 32


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a bundle."""

    path: str
    size: int
    sha256: str


class List(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a bundle is, and every file in it but its signature."""

    format: str
    shipment_id: str
    model: str
    version: str
    version_id: str
    package_digest: str
    key: str
    """By what the key is known that signed it; empty where nobody did."""
    files: list[Held]


class Contents(NamedTuple):
    """What goes into a bundle."""

    sent: Shipment
    told: Sequence[Origin]
    papers: Mapping[str, str]
    package: Sequence[Entry]
    folder: Path
    """The package's."""


def records_of(contents: Contents) -> bytes:
    """Return a bundle's records, the same bytes for the same records."""
    said = {
        "shipment": msgspec.structs.asdict(contents.sent),
        "origins": [msgspec.structs.asdict(one) for one in contents.told],
    }
    return as_bytes(said)


def as_bytes(said: object) -> bytes:
    """Return plain values as JSON, the same bytes for the same values."""
    return json.dumps(said, sort_keys=True, indent=1).encode("ascii") + b"\n"


def list_of(contents: Contents, texts: Mapping[str, bytes], key: str) -> bytes:
    """Return a bundle's list of files."""
    held = [Held(path, len(text), sha256(text).hexdigest()) for path, text in texts.items()]
    held += [Held(PACKAGE + e.path, e.size_bytes, e.sha256) for e in contents.package]
    sent = contents.sent
    said = List(
        format=FORMAT,
        shipment_id=sent.shipment_id,
        model=sent.model,
        version=sent.semver,
        version_id=sent.version_id,
        package_digest=sent.package_digest,
        key=key,
        files=sorted(held, key=lambda one: one.path),
    )
    return as_bytes(msgspec.to_builtins(said))


def texts_of(contents: Contents) -> dict[str, bytes]:
    """Return the files of a bundle that are not the package's."""
    papers = {
        PAPERS + name: text.encode("utf-8", "backslashreplace")
        for name, text in sorted(contents.papers.items())
    }
    return {RECORDS: records_of(contents), **papers}


def write(file: Path, contents: Contents, listed: bytes, signature: bytes | None) -> None:
    """Write a bundle, whole or not at all.

    Raises:
        Tampered: a byte of the package is not what was registered
        Refused: the file cannot be written
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with fresh.open("xb") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(member(LIST), listed)
                if signature is not None:
                    archive.writestr(member(SIGNATURE), signature.hex() + "\n")
                for path, text in texts_of(contents).items():
                    archive.writestr(member(path), text)
                for entry in sorted(contents.package):
                    put_in(archive, entry, contents.folder)
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except OSError as error:
        raise Refused(f"cannot write {file} ({error.strerror or error})") from error
    finally:
        fresh.unlink(missing_ok=True)


def put_in(archive: zipfile.ZipFile, entry: Entry, folder: Path) -> None:
    """Put a package's file into a bundle, if its bytes are still those that were registered."""
    found = sha256()
    info = member(PACKAGE + entry.path)
    info.file_size = entry.size_bytes
    is_large = entry.size_bytes >= FOUR_GB // 2
    with (
        (folder / PurePosixPath(entry.path)).open("rb") as source,
        archive.open(info, "w", force_zip64=is_large) as target,
    ):
        while piece := source.read(CHUNK_BYTES):
            found.update(piece)
            target.write(piece)
    if found.hexdigest() != entry.sha256:
        raise Tampered(f"the bytes of {entry.path!r} are others than were registered")


def member(path: str) -> zipfile.ZipInfo:
    """Return how a file is entered."""
    info = zipfile.ZipInfo(path, WHEN)
    info.compress_type = zipfile.ZIP_STORED
    info.external_attr = MODE
    info.create_system = UNIX
    return info


def read_list(content: bytes) -> List:
    """Return a bundle's list.

    Raises:
        Damaged: it is none that this trackbook knows
    """
    try:
        found = msgspec.json.decode(content, type=List, strict=True)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Damaged(f"its list cannot be read ({error})") from None
    if found.format != FORMAT:
        raise Damaged(f"it is a {found.format[:40]!r}, and this trackbook reads {FORMAT}")
    return found
