"""The files of a package while it is written: copied, compared, made safe, thrown away."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import TYPE_CHECKING

from trackbook.packages.verify import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO
    from pathlib import Path

    Pieces = Sequence[bytes | memoryview]
    """The bytes of a file, one piece after another."""

AT_ONCE = 8
MOST_PIECES = 512
MOST_BYTES = 1 << 30
"""Systems take at least 1,024 pieces, and 2 GB, in one call."""


def put_pieces(pieces: Pieces, place: Path) -> None:
    """Write a new file of pieces."""
    with place.open("xb", buffering=0) as target:
        left = [memoryview(piece) for piece in pieces]
        while left:
            # Many at once: after each call, a thread waits for its turn among the others.
            several = first_of(left)
            if len(several) > 1 and hasattr(os, "writev"):
                done = os.writev(target.fileno(), several)
            else:
                done = target.write(left[0])
            while left and done >= len(left[0]):
                done -= len(left.pop(0))
            if done:
                left[0] = left[0][done:]


def first_of(pieces: list[memoryview]) -> list[memoryview]:
    """Return as many of the first pieces as every system takes in one call."""
    ends = accumulate(map(len, pieces[:MOST_PIECES]))
    return pieces[: sum(1 for end in ends if end <= MOST_BYTES)]


def copied(origin: FileIO, place: Path) -> None:
    """Write what a file holds into a new one."""
    buffer = bytearray(CHUNK_BYTES)
    view = memoryview(buffer)
    with place.open("xb", buffering=0) as target:
        while count := origin.readinto(buffer):
            written = 0
            while written < count:
                written += target.write(view[written:count])


def is_alike(origin: FileIO, place: Path) -> bool:
    """Tell whether two files hold the same bytes."""
    one, other = bytearray(CHUNK_BYTES), bytearray(CHUNK_BYTES)
    origin.seek(0)
    with place.open("rb") as copy, open(origin.fileno(), "rb", closefd=False) as first:
        while count := first.readinto(one):
            if copy.readinto(other) != count:
                return False
            if count < CHUNK_BYTES:  # what was read before lies behind it
                one, other = one[:count], other[:count]
            if one != other:
                return False
        return not copy.read(1)


def seal_of(file: Path) -> tuple[int, ...]:
    """Return what tells that a file was neither replaced nor written to."""
    facts = file.stat(follow_symlinks=False)
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def settle(folder: Path) -> None:
    """Make all files of a folder read-only and safe from a power cut, and then its names."""
    found = [*folder.rglob("*")]
    files = [path for path in found if not path.is_dir()]
    for file in files:
        file.chmod(0o444)
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        # The disk gathers what is asked of it at once: one by one it took three times as long.
        list(at_once.map(sync, files))
    for path in (*(path for path in found if path.is_dir()), folder):
        sync(path)


def sync(path: Path) -> None:
    """Make a file's bytes or a folder's names safe, where the system can promise it."""
    if os.name == "nt" and path.is_dir():
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def discard(folder: Path) -> None:
    """Remove a folder that was never published, or nothing if it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
