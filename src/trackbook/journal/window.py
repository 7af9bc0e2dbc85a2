"""A part of a file, mapped: writing is a copy in memory, and as safe from a kill.

A page of a shared mapping belongs to the file and not to the process: what was copied
into it is found by every reader at once, and written to the disk by the system whatever
becomes of the process. A copy costs a tenth of a system call.

A store into a mapping for which the disk has no block left would end the process
(SIGBUS). So zeros are written there first, and only where what was written once can be
overwritten without new room. That also brings the pages in by large pieces: first use of
a page cost 100 ns a point before, and 30 so.
"""

from __future__ import annotations

import errno
import mmap
import os
import sys
from pathlib import Path

from trackbook.journal.files import written_whole
from trackbook.journal.frames import HEAD, MAGIC

FIRST_BYTES, NEXT_BYTES = 64 << 10, 256 << 10
"""Reserved at once: little for the many sessions that say little, then more."""
IN_PLACE = {"ext4", "xfs", "tmpfs", "overlay"}
"""File systems on this machine that overwrite in place."""
MOUNTS = Path("/proc/self/mountinfo")

kinds: dict[int, str] = {}
"""File systems by device, as looked up."""


class Window(mmap.mmap):
    """A mapped part of a journal, with room for frames behind those it has.

    `write` copies a frame behind the last one and returns its length. It is a single
    step of the interpreter, during which no other thread runs: frames neither overlap
    nor leave gaps. Raises ValueError when there is no room, and when sealed or closed.
    """

    __slots__ = ("file_id", "start")

    start: int
    """Where in the file it begins, in bytes."""
    file_id: tuple[int, int]

    @property
    def end(self) -> int:
        """Where in the file the next frame comes to stand."""
        return self.start + self.tell()

    @property
    def limit(self) -> int:
        """Where in the file it ends."""
        return self.start + len(self)

    def seal(self) -> int:
        """Let nobody write any more; return where in the file the next frame belongs."""
        at, size = self.tell(), len(self)
        self.seek(size)
        # Another thread may have written between these two steps.
        while at + HEAD.size <= size:
            magic, length, _ = HEAD.unpack_from(self, at)
            if magic != MAGIC:
                break
            at += HEAD.size + length
        return self.start + at


def first_window(fd: int) -> Window | None:
    """Return a window behind all that a file holds, or None where none is safe."""
    facts = os.fstat(fd)
    if not is_mappable(facts.st_dev):
        return None
    try:
        return opened(fd, facts.st_size, facts.st_size, FIRST_BYTES)
    except OSError:
        return None  # no room to reserve, which a few bytes may still find


def next_window(fd: int, before: Window, needed: int) -> Window:
    """Return the window that follows another, which is sealed, with room for `needed` bytes.

    Raises:
        OSError: the disk has no room, or the descriptor leads to another file; the window
            before is left as it was
    """
    facts = os.fstat(fd)
    if before.file_id != (facts.st_dev, facts.st_ino):
        raise OSError(errno.ESTALE, "the descriptor leads to another file")
    window = opened(fd, before.end, before.limit, max(NEXT_BYTES, needed))
    window.seek(before.seal() - window.start)
    return window


def opened(fd: int, end: int, size: int, room: int) -> Window:
    """Return a window that begins in front of `end`, with room added to a file's `size`."""
    start = end - end % mmap.ALLOCATIONGRANULARITY
    written_whole(fd, bytes(room))
    facts = os.fstat(fd)
    if facts.st_blocks * 512 < facts.st_size:
        raise OSError(errno.EOPNOTSUPP, "the file system reserves nothing")
    window = Window(fd, size + room - start, offset=start)
    window.start, window.file_id = start, (facts.st_dev, facts.st_ino)
    window.seek(end - start)
    return window


def is_mappable(device: int) -> bool:
    """Say whether files on a device can be written through memory without danger."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    if not sys.platform.startswith("linux") or free_threaded:
        return False
    if device not in kinds:
        kinds[device] = kind_of(device)
    return kinds[device] in IN_PLACE


def kind_of(device: int) -> str:
    """Return the name of a device's file system; empty where the system does not tell."""
    numbers = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        told, _, more = line.partition(" - ")
        if told.split()[2:3] == [numbers]:
            return more.split()[0]
    return ""
