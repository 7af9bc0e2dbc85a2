"""How a journal's files come into being: locked first, then visible."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.journal.liveness import hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOK_BACK_BYTES = 64 << 10


def nowhere() -> int:
    """Return a descriptor on which every write fails."""
    return os.open(os.devnull, os.O_RDONLY)


@contextmanager
def open_next(folder: Path, name: str) -> Iterator[int]:
    """Give a new journal file, held by this process for as long as a dup of it is open.

    Without the rename a drainer may find the file before it is locked, and take
    its process for dead. When the body fails, what was written whole stays and
    an empty file goes.
    """
    file = folder / f"{name}.tbj"
    if file.exists():
        raise FileExistsError(errno.EEXIST, "a journal of this name exists", str(file))
    newborn = folder / f"{name}.new"
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)
    fd = os.open(newborn, flags, 0o644)
    try:
        try:
            hold(fd)
            newborn.rename(file)
        except OSError:
            newborn.unlink(missing_ok=True)
            raise
        try:
            yield fd
        except OSError:
            if os.fstat(fd).st_size == 0:
                file.unlink(missing_ok=True)
            raise
    finally:
        os.close(fd)


def written_until(file: Path) -> int:
    """Return where in a journal the last byte was written that is no zero.

    It moves with every frame, wherever the file ends: a frame begins with its magic,
    and what is behind the last one may be room that its process reserved.
    """
    with file.open("rb") as opened:
        end = opened.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - LOOK_BACK_BYTES)
            opened.seek(start)
            written = opened.read(end - start).rstrip(b"\0")
            if written:
                return start + len(written)
            end = start
    return 0


def written_whole(fd: int, frame: bytes) -> None:
    """Write a frame, or nothing of it, into a file that nobody else writes yet."""
    size_before = os.fstat(fd).st_size
    written = os.write(fd, frame)
    if written != len(frame):
        os.ftruncate(fd, size_before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def sync_folder(folder: Path) -> None:
    """Have the system put the names of a folder's files on the disk, where it can."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
