"""A bundle looked into: its signature first, then that it holds what it lists, then its records."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.environments.bundle import (
    LIST,
    PACKAGE,
    PAPERS,
    RECORDS,
    SIGNATURE,
    read_list,
)
from trackbook.environments.keys import is_signed, name_of, public_key, short
from trackbook.errors import Damaged, Misused, NotFound, Refused
from trackbook.records import Approval, Origin, Shipment, Transition, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from trackbook.environments.bundle import Held, List

LARGEST_RECORDS, LARGEST_PAPER, MOST_PAPERS = 16 << 20, 2 << 20, 20
LARGEST_LIST = 64 << 20
LARGEST = 1 << 40
MOST_FILES = 200_000
UNSIGNED = "unsigned"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LATEST_US = 253_402_300_800_000_000
"""The end of the year 9999, µs since 1970."""
KINDS: dict[str, type[Any]] = {
    one.kind: one for one in (Version, Transition, Approval, Shipment)
}


class Bundle:
    """An opened bundle whose signature was judged, and which holds just what it lists."""

    def __init__(self, archive: zipfile.ZipFile, listed: List, signed_by: str) -> None:
        self._archive = archive
        self.listed = listed
        self.signed_by = signed_by
        """The name of the trusted key; `unsigned` for none."""

    @property
    def package(self) -> list[Held]:
        """The package's files."""
        return [one for one in self.listed.files if one.path.startswith(PACKAGE)]

    def open(self, held: Held) -> Any:
        """Open one file to be read."""
        return self._archive.open(held.path)

    @property
    def papers(self) -> list[Held]:
        """The papers that came with it."""
        return [one for one in self.listed.files if one.path.startswith(PAPERS)]

    def text(self, held: Held, most: int = LARGEST_PAPER) -> bytes:
        """Return what a small file holds, if it is what is listed.

        Raises:
            Damaged: it is not
        """
        if held.size > most:
            raise Damaged(f"{held.path!r} has {held.size:,} bytes")
        with self._archive.open(held.path) as source:
            content: bytes = source.read(most + 1)
        if sha256(content).hexdigest() != held.sha256:
            raise Damaged(f"the bytes of {held.path!r} are others than are listed")
        return content

    def records(self) -> Told:
        """Return what is told of the version, every entry of its log with its hash found right."""
        for held in self.listed.files:
            if held.path == RECORDS:
                return told_in(self.text(held, LARGEST_RECORDS), self.listed)
        raise Damaged(f"it holds no {RECORDS}")


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bundle's records."""

    shipment: Shipment
    origins: list[Origin]

    @property
    def top(self) -> Origin:
        """The version as it stands in the project that sent it."""
        return next(one for one in self.origins if is_top(one))


def is_top(one: Origin) -> bool:
    """Say whether something told is the version in the project that sent it."""
    return one.what == "version" and not one.led_to


@contextmanager
def opened(file: Path, keys: Sequence[Path], *, unsigned: bool) -> Iterator[Bundle]:
    """Open a bundle, after its signature and everything that it lists was looked at.

    Args:
        file: the bundle
        keys: files of public keys that are trusted; nothing in the bundle says who is
        unsigned: take one that nobody signed

    Raises:
        Refused: it is not signed by somebody who is trusted
        Damaged: it is not what was signed, or no bundle
    """
    from trackbook.scan import wrong_in_box

    trusted = {name_of(found): found for found in map(public_key, keys)}
    try:
        source = os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except FileNotFoundError:
        raise NotFound(f"no bundle {file}") from None
    except OSError as error:
        raise Refused(f"cannot read {file} ({error.strerror or error})") from error
    with source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise Refused(f"{file} is no file")
        size = source.seek(0, 2)
        if size > LARGEST:
            raise Refused(f"{file} is larger than any bundle")
        wrong = wrong_in_box(source, size)
        if wrong:
            raise Damaged(f"{file} {wrong}; nothing was imported")
        with zipfile.ZipFile(source) as archive:
            try:
                yield judged(archive, trusted, unsigned=unsigned)
            except (Damaged, Refused) as error:
                raise type(error)(f"{file}: {error}; nothing was imported") from error
            except (Misused, zipfile.BadZipFile, EOFError) as error:
                raise Damaged(f"{file}: {error}; nothing was imported") from error


def judged(archive: zipfile.ZipFile, trusted: dict[str, Any], *, unsigned: bool) -> Bundle:
    """Return a bundle after its signature was checked, and that it holds what it lists."""
    content = small(archive, LIST, LARGEST_LIST)
    listed = read_list(content)
    signature = small(archive, SIGNATURE, 200) if SIGNATURE in archive.NameToInfo else None
    signed_by = signer_of(listed, content, signature, trusted, unsigned=unsigned)
    must_hold(archive, listed)
    return Bundle(archive, listed, signed_by)


def signer_of(
    listed: List,
    content: bytes,
    signature: bytes | None,
    trusted: dict[str, Any],
    *,
    unsigned: bool,
) -> str:
    """Return the name of the trusted key that signed a list; `unsigned` where that is allowed."""
    if signature is None:
        if listed.key:
            raise Damaged("it says that it is signed, and its signature is missing")
        if not unsigned:
            raise Refused(
                "nobody signed it: ask for a signed one, or say --unsigned, which marks the"
                " version for ever"
            )
        return UNSIGNED
    key = trusted.get(listed.key)
    if key is None:
        raise Refused(
            f"it is signed by {short(listed.key)!r}, whom this project does not trust: --trust"
            " FILE.pub, with the key that its sender gave you, and not with the bundle"
        )
    try:
        raw = bytes.fromhex(signature.decode("ascii").strip())
    except ValueError:
        raise Damaged("its signature is no signature") from None
    if not is_signed(key, raw, content):
        raise Damaged(f"its list is not what {short(listed.key)} signed")
    return listed.key


def small(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return a file of a bundle that must be there and be small."""
    info = archive.NameToInfo.get(name)
    if info is None:
        raise Damaged(f"it is no bundle, for it has no {name}")
    if info.file_size > most:
        raise Damaged(f"its {name} has {info.file_size:,} bytes")
    return archive.read(info)


def must_hold(archive: zipfile.ZipFile, listed: List) -> None:
    """Refuse a bundle that does not hold just the files that it lists."""
    found = {info.filename: info.file_size for info in archive.infolist()}
    for name in (LIST, SIGNATURE):
        found.pop(name, None)
    if len(listed.files) > MOST_FILES:
        raise Damaged(f"it lists more than {MOST_FILES:,} files")
    said = {one.path: one.size for one in listed.files}
    if len(said) < len(listed.files):
        raise Damaged("it lists a file twice")
    if sum(path.startswith(PAPERS) for path in said) > MOST_PAPERS:
        raise Damaged(f"it brings more than {MOST_PAPERS} papers")
    for path in sorted(found.keys() | said.keys()):
        if path != RECORDS and not path.startswith((PAPERS, PACKAGE)):
            raise Damaged(f"{path!r} is no part of a bundle")
        if path not in said:
            raise Damaged(f"{path!r} is in it and not listed")
        if path not in found:
            raise Damaged(f"{path!r} is listed and missing")
        if found[path] != said[path]:
            raise Damaged(f"{path!r} has {found[path]} bytes, and {said[path]} are listed")


def told_in(content: bytes, listed: List) -> Told:
    """Return a bundle's records, if they fit each other and what it lists."""
    from trackbook.registry import digest_of_facts, hash_of

    try:
        told = msgspec.json.decode(content, type=Told, strict=True)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Damaged(f"its records cannot be read ({error})") from None
    sent = told.shipment
    if hash_of(sent) != sent.hash or (sent.step, sent.way) != ("sent", "bundle"):
        raise Damaged("the note that it was sent is not as it was written")
    about = (
        sent.shipment_id,
        sent.model,
        sent.semver,
        sent.version_id,
        sent.package_digest,
    )
    if about != (
        listed.shipment_id, listed.model, listed.version, listed.version_id,
        listed.package_digest,
    ):  # fmt: skip
        raise Damaged("the note that it was sent is of another version than it lists")
    whose = {(one.version_id, one.package_digest) for one in told.origins}
    if whose != {(sent.version_id, sent.package_digest)}:
        raise Damaged("it tells of another version than it brings")
    if digest_of_facts(told.origins) != sent.facts_digest:
        raise Damaged("what it tells is not what was sent")
    must_be_sane(told)
    if sum(map(is_top, told.origins)) != 1:
        raise Damaged("it does not tell what the version is where it comes from")
    return told


def must_be_sane(told: Told) -> None:
    """Refuse what no project would tell, and what no later question could read."""
    known = {one.origin_id for one in told.origins}
    if len(known) < len(told.origins):
        raise Damaged("it tells of one thing twice")
    if not ID.fullmatch(told.shipment.version_id) or not ID.fullmatch(
        told.shipment.shipment_id
    ):
        raise Damaged("it has an id that trackbook does not give")
    for one in told.origins:
        if not 0 <= one.born_us < LATEST_US:
            raise Damaged(f"it tells of {one.name[:80]!r} at an impossible time")
        if one.what == "paper" or one.led_to not in {"", *known}:
            raise Damaged(f"it tells of {one.name[:80]!r}, which led to nothing")


def entries_in(facts: Any) -> list[Any]:
    """Return the log's entries that were told, if each is as it was written.

    Raises:
        Damaged: one was changed, or is none
    """
    from trackbook.registry import hash_of

    found = []
    try:
        for said in facts["entries"]:
            kind = KINDS[said["kind"]]
            rest = {name: value for name, value in said.items() if name != "kind"}
            if rest.keys() - set(kind.__struct_fields__):
                raise Damaged("an entry of its log is of a newer trackbook")
            entry = msgspec.convert(rest, kind, strict=True)
            if hash_of(entry) != entry.hash:
                raise Damaged("an entry of its log is not as it was written")
            times = (entry.at_us, getattr(entry, "expires_us", 0))
            if not all(0 <= one < LATEST_US for one in times):
                raise Damaged("an entry of its log is of an impossible time")
            found.append(entry)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise Damaged(f"what it tells of its log cannot be read ({error})") from None
    return found
