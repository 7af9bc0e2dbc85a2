"""Whether a package is what was written: looked at before anything in it is read or loaded."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trackbook.errors import Damaged, Misused, NotFound
from trackbook.packages.manifest import DIGEST, NAME, digest_of, entries_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from trackbook.packages.manifest import Entry

CHUNK_BYTES = 1 << 20
MOST_MANIFEST_BYTES = 64 << 20
MOST_FILES = 200_000
AT_MOST = 5
"""Differences that are named in one message."""


class Tampered(Damaged):
    """A package is not what was written; nothing of it was loaded."""


def verify(folder: Path, digest: str, *, known: Collection[str] = ()) -> list[Entry]:
    """Return a package's files, if they are just those, byte for byte, that were written.

    The digest must come from where it was recorded, never from the folder itself.
    Whoever can write to the folder can change it again afterwards: this tells what it was when
    it was looked at. The bytes of `known` files are not read: whoever names them just wrote them.

    Raises:
        NotFound: there is no such folder
        Tampered: something was changed, added, removed or renamed, or is a link
    """
    if not DIGEST.fullmatch(digest):
        raise Misused(
            f"{digest[:70]!r} is no package digest: one has 64 hexadecimal digits"
        )
    if not folder.is_dir():
        raise NotFound(
            f"no package {digest[:12]} in {str(folder)!r}: restore it from a copy"
        )
    files = files_in(folder)
    entries = listed(folder, digest)
    unread = [entry for entry in entries if entry.path not in known]
    wrong = [*differences(files, entries), *changed(folder, files, unread)]
    if wrong:
        more = f" and {len(wrong) - AT_MOST} more" if len(wrong) > AT_MOST else ""
        raise Tampered(
            f"package {digest[:12]} in {str(folder)!r} is not what was written:"
            f" {'; '.join(wrong[:AT_MOST])}{more}; nothing was loaded: restore it from a copy"
        )
    return entries


def files_in(folder: Path) -> dict[str, int]:
    """Return the size of every file by its path; anything but files and folders is refused."""
    found: dict[str, int] = {}
    if folder.is_symlink():
        raise Tampered(f"{str(folder)!r} is a link: a package is a folder of its own")
    waiting = [("", os.fspath(folder))]
    while waiting:
        under, place = waiting.pop()
        with os.scandir(place) as entries:
            inside = list(entries)
        if under and not inside:
            raise Tampered(
                f"in package {str(folder)!r}, the empty folder {under!r} was added"
            )
        for entry in inside:
            path = under + entry.name
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(facts.st_mode):
                waiting.append((f"{path}/", entry.path))
            elif stat.S_ISREG(facts.st_mode):
                found[path] = facts.st_size
            else:
                what = "a link" if entry.is_symlink() else "no file"
                raise Tampered(
                    f"in package {str(folder)!r}, {path!r} is {what}; nothing was loaded"
                )
        if len(found) > MOST_FILES:
            raise Tampered(f"package {str(folder)!r} has more than {MOST_FILES:,} files")
    return found


def listed(folder: Path, digest: str) -> list[Entry]:
    """Return what the manifest lists, if it is the one that was recorded."""
    file = folder / NAME
    if not file.is_file() or file.stat().st_size > MOST_MANIFEST_BYTES:
        raise Tampered(f"package {digest[:12]} in {str(folder)!r} has no manifest.json")
    entries = entries_of(file.read_bytes().decode("utf-8", "replace"))
    if entries is None:
        raise Tampered(f"the manifest of package {digest[:12]} was changed: {str(file)!r}")
    found = digest_of(entries)
    if found != digest:
        raise Tampered(
            f"{str(folder)!r} is package {found[:12]} by its manifest, and not the recorded"
            f" {digest[:12]}; nothing was loaded"
        )
    return entries


def differences(files: dict[str, int], entries: list[Entry]) -> list[str]:
    """Return what was added, removed or has another size."""
    expected = {entry.path: entry.size_bytes for entry in entries}
    added = sorted(set(files) - set(expected) - {NAME})
    return [
        *(f"{path!r} was added" for path in added),
        *(f"{path!r} is missing" for path in sorted(set(expected) - set(files))),
        *(
            f"{path!r} had {size} bytes and has {files[path]}"
            for path, size in expected.items()
            if files.get(path, size) != size
        ),
    ]


def changed(folder: Path, files: dict[str, int], entries: list[Entry]) -> list[str]:
    """Return which files of the right size have other bytes."""
    return [
        f"the bytes of {entry.path!r} are others"
        for entry in entries
        if files.get(entry.path) == entry.size_bytes
        and sha256_of(folder / PurePosixPath(entry.path)) != entry.sha256
    ]


def sha256_of_pieces(pieces: Iterable[bytes | memoryview]) -> str:
    """Return the SHA-256 of bytes in pieces."""
    found = sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    found, buffer = sha256(), bytearray(CHUNK_BYTES)
    view = memoryview(buffer)
    fd = os.open(
        file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(fd, "rb", buffering=0) as source:
        while count := source.readinto(buffer):
            found.update(view[:count])
    return found.hexdigest()
