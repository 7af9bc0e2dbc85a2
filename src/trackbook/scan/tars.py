"""Scans tar archives, packed or not, member by member."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING, BinaryIO, cast

from trackbook.scan.limits import Unclear
from trackbook.scan.paths import fold, trick_in
from trackbook.scan.reader import Blob
from trackbook.scan.unwrap import CHUNK, temporary

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.limits import Budget


def scan_tar(blob: Blob, desk: Desk) -> None:
    """Scan every member of a tar archive."""
    seen: set[str] = set()
    with opened(blob) as archive:
        for member in archive:
            desk.budget.look()
            path = f"{blob.path}!{member.name}"
            trick = trick_in(member.name.removeprefix("./") or ".")
            if trick and member.name not in {".", "./"}:
                desk.error(path, "path-trick", trick)
            if not (member.isreg() or member.isdir()):
                desk.error(path, "link", "is a link or a special file in an archive")
            elif fold(member.name) in seen and not member.isdir():
                desk.error(
                    path, "duplicate-name", "is there twice, or differs in case only"
                )
            seen.add(fold(member.name))
            if member.isreg():
                scan_member(blob, archive, member, path, desk)


MOST_AT_ONCE = 1 << 24


class Capped:
    """A file of which no one reads very much at once: headers may promise any length."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        if size > MOST_AT_ONCE:
            raise Unclear("has a header of enormous length")
        return self._file.read(size)


def opened(blob: Blob) -> tarfile.TarFile:
    """Return a tar archive, to be read from its beginning."""
    blob.file.seek(0)
    return tarfile.open(fileobj=cast("BinaryIO", Capped(blob.file)), mode="r:")


def scan_member(
    blob: Blob, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str, desk: Desk
) -> None:
    """Scan one member."""
    with temporary() as file:
        size = copy_member(archive, member, file, desk.budget)
        name = member.name.rpartition("/")[2]
        desk.look(Blob(path, name, file, size, blob.depth + 1, "tar"), desk)


def copy_member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, to: BinaryIO, budget: Budget
) -> int:
    """Copy one member into a file within the budget; return how many bytes it has."""
    source = archive.extractfile(member)
    if source is None or member.issparse():
        raise Unclear("has a member with holes, which is larger than the archive")
    total = 0
    with source:
        while piece := source.read(CHUNK * 16):
            total += len(piece)
            budget.grow(len(piece), total, total)
            to.write(piece)
    return total
