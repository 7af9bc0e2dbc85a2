"""A dump of OSV's database on this disk: what is known to be wrong with which versions."""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trackbook.errors import Misused
from trackbook.gates.cvss import WORDS, base_score, grade_of
from trackbook.gates.package import MB

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from trackbook.gates.cvss import Grade

LARGEST_ENTRY, LARGEST_DUMP, MOST_ENTRIES = 10 * MB, 4_000 * MB, 2_000_000
ECOSYSTEM = re.compile(r"PyPI(:|$)", re.IGNORECASE)


class Package(msgspec.Struct, frozen=True):
    """Whose versions an entry is about."""

    name: str = ""
    ecosystem: str = ""


class Range(msgspec.Struct, frozen=True):
    """A stretch of versions: events, each with one of introduced, fixed, last_affected, limit."""

    type: str = ""
    events: list[dict[str, str]] = []


class Affected(msgspec.Struct, frozen=True):
    """Versions of one package."""

    package: Package = Package()
    ranges: list[Range] = []
    versions: list[str] = []


class Severity(msgspec.Struct, frozen=True):
    """How grave it is, by one method."""

    type: str = ""
    score: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One thing that is known to be wrong; as in OSV's schema 1.7, without what is not used."""

    id: str
    modified: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    affected: list[Affected] | None = None
    severity: list[Severity] | None = None
    summary: str = ""
    database_specific: Any = None


class Known(NamedTuple):
    """What a dump knows of some packages."""

    entries: dict[str, list[Entry]]
    """By the package's name, as PyPI compares it."""
    total: int
    """Entries that were read."""
    newest: datetime | None
    """When the last of all its entries was changed."""


def known_of(place: Path, names: Collection[str]) -> Known:
    """Return what a dump, a folder or a zip of JSON files, knows of some packages.

    Nothing is unpacked to the disk, links are not followed, withdrawn entries are left out.

    Raises:
        Misused: it is no dump, is broken, or larger than a dump can be
    """
    entries: dict[str, list[Entry]] = {}
    count, newest = 0, None
    for name, content in contents_of(place):
        one = entry_in(name, content)
        count += 1
        changed = moment(one.modified)
        newest = max(filter(None, (newest, changed)), default=None)
        if one.withdrawn:
            continue
        about = {canonicalize_name(a.package.name) for a in python_in(one)}
        for package in about & set(names):
            entries.setdefault(package, []).append(one)
    if not count:
        raise Misused(
            f"{place} holds no entries: give OSV's all.zip, or a folder of its JSON"
        )
    return Known(entries, count, newest)


def contents_of(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each entry's file and its bytes."""
    try:
        if place.is_dir():
            yield from in_folder(place)
        else:
            yield from in_zip(place)
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
    ) as error:
        said = getattr(error, "strerror", None) or error
        raise Misused(f"cannot read the database {place}: {said}") from error


def in_folder(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files of a folder and those below it; links are none."""
    count = total = 0
    for folder, folders, names in os.walk(place, followlinks=False):
        folders.sort()
        for name in sorted(one for one in names if one.endswith(".json")):
            file = Path(folder, name)
            about = file.lstat()
            if not stat.S_ISREG(about.st_mode):
                continue
            count, total = count + 1, total + about.st_size
            within(place, name, about.st_size, count, total)
            yield name, file.read_bytes()


def in_zip(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON files of an archive, each read in memory and no further than its size."""
    total = 0
    with zipfile.ZipFile(place) as inside:
        members = [one for one in inside.infolist() if one.filename.endswith(".json")]
        for count, one in enumerate(members, 1):
            total += one.file_size
            within(place, one.filename, one.file_size, count, total)
            with inside.open(one) as opened:
                content = opened.read(LARGEST_ENTRY + 1)
            within(place, one.filename, len(content), count, total)
            yield one.filename, content


def within(place: Path, name: str, size: int, count: int, total: int) -> None:
    """Refuse what is larger than a dump can be."""
    if size > LARGEST_ENTRY:
        raise Misused(f"{place}: {name[:80]!r} is larger than {LARGEST_ENTRY // MB} MB")
    if total > LARGEST_DUMP or count > MOST_ENTRIES:
        raise Misused(f"{place} is larger than any dump of OSV's: nothing was matched")


DECODER = msgspec.json.Decoder(Entry)


def entry_in(name: str, content: bytes) -> Entry:
    """Return an entry from its bytes."""
    try:
        return DECODER.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Misused(
            f"{name[:80]!r} in the database is no entry of OSV's: {error}"
        ) from error


def python_in(one: Entry) -> list[Affected]:
    """Return of an entry what is about packages of Python's index."""
    return [a for a in one.affected or () if ECOSYSTEM.match(a.package.ecosystem)]


def is_hit(one: Entry, name: str, version: Version) -> bool:
    """Tell whether a version of a package is one that an entry speaks of.

    Source: OSV schema, section "Evaluation".
    """
    version = Version(version.public)  # a build of one's own (1.0+cpu) has the same faults
    for about in python_in(one):
        if canonicalize_name(about.package.name) != name:
            continue
        if any(same(version, text) for text in about.versions):
            return True
        stretches = [r.events for r in about.ranges if r.type in ("ECOSYSTEM", "SEMVER")]
        if any(is_within(version, events) for events in stretches):
            return True
    return False


def is_within(version: Version, events: Sequence[dict[str, str]]) -> bool:
    """Tell whether a version lies in a stretch that was begun and not ended before it."""
    told = sorted(
        (found, rank, what)
        for event in events
        for what, text in event.items()
        if what in RANKS and (found := version_of(text)) is not None
        for rank in [RANKS[what]]
    )
    is_in = False
    for at, _, what in told:
        if what == "introduced" and version >= at:
            is_in = True
        elif (what == "fixed" and version >= at) or (
            what == "last_affected" and version > at
        ):
            is_in = False
    return is_in


RANKS = {"fixed": 0, "introduced": 1, "last_affected": 2}
"""At one and the same version what ends a stretch comes before what begins one."""


def version_of(text: str) -> Version | None:
    """Return a version from its text, `0` for the first of all; None for what is none."""
    try:
        return Version("0.dev0") if text == "0" else Version(text)
    except InvalidVersion:
        return None


def same(version: Version, text: str) -> bool:
    """Tell whether a text is a version."""
    return version_of(text) == version


def fixed_in(one: Entry, name: str, version: Version) -> str:
    """Return the first version in which it is mended; empty where none is named."""
    ends = [
        (found, event["fixed"])
        for about in python_in(one)
        if canonicalize_name(about.package.name) == name
        for stretch in about.ranges
        for event in stretch.events
        if "fixed" in event
        and (found := version_of(event["fixed"])) is not None
        and found > version
    ]
    return min(ends)[1] if ends else ""


def grade_in(one: Entry) -> Grade | None:
    """Return how grave an entry is; None where it does not say so in a way that is known."""
    said = one.database_specific
    word = said.get("severity") if isinstance(said, dict) else None
    if isinstance(word, str) and word.upper() in WORDS:
        return WORDS[word.upper()]
    scores = [base_score(each.score) for each in one.severity or ()]
    known = [score for score in scores if score is not None]
    return grade_of(max(known)) if known else None


def moment(text: str) -> datetime | None:
    """Return a time of OSV's; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
