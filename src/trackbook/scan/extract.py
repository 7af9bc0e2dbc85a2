"""Takes an archive apart into a new folder, all of it or nothing, and nothing outside of it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from trackbook.errors import Damaged, Misused, NotFound, Refused
from trackbook.scan import tars, zips
from trackbook.scan.finding import shown
from trackbook.scan.kinds import kind_of
from trackbook.scan.limits import Budget, Limits, Spent, Unclear
from trackbook.scan.look import BROKEN
from trackbook.scan.paths import fold, trick_in
from trackbook.scan.reader import Blob
from trackbook.scan.unwrap import UNPACKERS, temporary, unpack

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Callable

    Member = tuple[str, bool, Callable[[BinaryIO], int]]
    """Its path, whether it is a folder, and what writes it into a file."""

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE}
"""Faults of the place that is written to, not of the archive."""
FILE_MODE = 0o644
"""Nothing that comes out of an archive can be started."""


def extract(
    archive: Path | str, folder: Path | str, *, limits: Limits | None = None
) -> list[str]:
    """Return the paths of the files that were taken out of a zip or tar into a new folder.

    Refused, before anything stands in the folder: paths that lead out of it or are absolute,
    links and special files, names that are there twice or differ in case only, encrypted
    members, and more bytes than the limits allow. The folder must not exist, or be empty.
    """
    source, target = Path(archive), Path(folder)
    if not source.is_file():
        raise NotFound(f"no archive {str(source)!r}")
    if target.is_symlink() or (
        target.exists() and (not target.is_dir() or any(target.iterdir()))
    ):
        raise Misused(
            f"{str(target)!r} is not empty: give a folder that does not exist yet"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".trackbook-", dir=target.parent))
    try:
        with source.open("rb") as file:
            blob = Blob(source.name, source.name, file, source.stat().st_size)
            paths = extract_into(stage, blob, Budget(limits or Limits()))
        stage.chmod(0o755)
        stage.rename(target)
    except (Unclear, Spent) as fault:
        raise Refused(f"{shown(source.name)} {fault}; nothing was extracted") from None
    except BROKEN as fault:
        if isinstance(fault, OSError) and fault.errno in DISK:
            raise
        raise Damaged(
            f"{shown(source.name)} cannot be read to its end: {shown(fault)}; nothing was extracted"
        ) from fault
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return paths


def extract_into(stage: Path, blob: Blob, budget: Budget) -> list[str]:
    """Take an archive apart into an empty folder."""
    kind = kind_of(blob)
    if kind == "zip":
        zips.check_directory(blob)
        with zipfile.ZipFile(blob.file) as archive:
            return written(
                stage, [zip_member(archive, m, budget) for m in archive.infolist()], budget
            )
    if kind in UNPACKERS:
        with temporary() as file:
            size, rest = unpack(blob, kind, file, budget)
            if rest:
                raise Unclear("has bytes behind the end of what is compressed")
            return extract_tar(stage, Blob(blob.path, blob.name, file, size), budget)
    return extract_tar(stage, blob, budget)


def extract_tar(stage: Path, blob: Blob, budget: Budget) -> list[str]:
    """Take a tar apart into an empty folder."""
    if kind_of(blob) != "tar":
        raise Unclear("is neither a zip nor a tar")
    with tars.opened(blob) as archive:
        members = []
        for member in archive:
            budget.look()
            if member.name not in {".", "./"}:
                members.append(tar_member(archive, member, budget))
        return written(stage, members, budget)


def zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Member:
    """Return how to write a member of a zip."""
    if zips.is_special(member):
        raise Unclear(f"holds a link or a special file, {member.filename!r}")
    if member.orig_filename != member.filename:
        raise Unclear(f"holds a name with a zero byte, {member.filename!r}")
    return (
        member.filename,
        member.is_dir(),
        lambda to: zips.copy_member(archive, member, to, budget),
    )


def tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, budget: Budget) -> Member:
    """Return how to write a member of a tar."""
    if not (member.isreg() or member.isdir()):
        raise Unclear(f"holds a link or a special file, {member.name!r}")
    return (
        member.name.removeprefix("./"),
        member.isdir(),
        lambda to: tars.copy_member(archive, member, to, budget),
    )


def written(stage: Path, members: list[Member], budget: Budget) -> list[str]:
    """Write the members below a folder, after all of their names were looked at."""
    check_names([(path, is_folder) for path, is_folder, _ in members], budget)
    found = []
    for path, is_folder, write in members:
        place = stage / path
        if is_folder:
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
        with open(fd, "wb") as to:  # noqa: PTH123  opened so that it must be new
            write(to)
            to.flush()
            os.fsync(fd)
        found.append(path)
    return found


def check_names(names: list[tuple[str, bool]], budget: Budget) -> None:
    """Raise if a name leads out of the folder, or if two take the same place."""
    files: set[str] = set()
    folders: set[str] = set()
    for path, is_folder in names:
        budget.look()
        trick = trick_in(path)
        if trick:
            raise Unclear(f"{trick}: {shown(path)!r}")
        plain = fold(path.removesuffix("/"))
        parts = plain.split("/")
        above = {"/".join(parts[:n]) for n in range(1, len(parts))}
        if plain in files or (not is_folder and plain in folders) or above & files:
            raise Unclear(
                f"holds a name twice, or two that differ in case only: {shown(path)!r}"
            )
        folders |= above | ({plain} if is_folder else set())
        if not is_folder:
            files.add(plain)
