"""One process's own journal file, and the pens that write into it."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from struct import Struct
from time import time_ns
from typing import TYPE_CHECKING
from weakref import WeakSet
from zlib import crc32

from trackbook.errors import Misused
from trackbook.journal.encode import (
    FLOAT64,
    INT64,
    TAIL,
    batch,
    fact,
    scalar_prefix,
    several,
)
from trackbook.journal.frames import HEAD, MAGIC, head_of
from trackbook.journal.liveness import hold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.records import Record

    SeriesPen = Callable[[int, float], None]

ROTATE_BYTES = 64 << 20
WAITING_BYTES = 64 << 20
"""How much may wait in memory while the disk takes nothing."""
BATCH_POINTS = 1 << 18
WORD = Struct("<I")
CUT = "the disk took only part of a record"

os_write = os.write

alive: WeakSet[Journal] = WeakSet()


class Journal:
    """Appends facts to a file that only this process writes.

    Each call is one `os.write` on an O_APPEND descriptor: when it returns, the
    fact survives the death of the process. No lock is taken on the way.
    """

    def __init__(
        self,
        folder: Path,
        session_id: str,
        *,
        complain: Callable[[str], None],
        rotate_bytes: int = ROTATE_BYTES,
    ) -> None:
        self.session_id = session_id
        self._folder = folder
        self._complain = complain
        self._rotate_bytes = rotate_bytes
        self._owner = os.getpid()
        self._count = 0
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._complained = False
        self._closed = False
        self._fd = self._open()
        alive.add(self)

    def put(
        self, record: Record, run_id: str | None = None, execution_id: str | None = None
    ) -> None:
        """Write one record."""
        payload = fact(record, run_id, execution_id)
        self._send(HEAD.pack(MAGIC, len(payload), crc32(payload)) + payload)

    def put_several(
        self,
        run_id: str,
        values: dict[str, float],
        *,
        step: int,
        origin: str,
        execution_id: str | None = None,
    ) -> None:
        """Write several numbers of one moment in one frame."""
        payload = several(run_id, execution_id, step, origin, values)
        self._send(HEAD.pack(MAGIC, len(payload), crc32(payload)) + payload)

    def put_batch(
        self,
        run_id: str,
        name: str,
        values: memoryview,
        *,
        steps: int | memoryview = 0,
        origin: str = "logged",
        execution_id: str | None = None,
    ) -> None:
        """Write many points of one series.

        `values` are float64 and `steps` int64, contiguous and little-endian; an
        integer counts from there.
        """
        for start in range(0, len(values), BATCH_POINTS):
            part = slice(start, start + BATCH_POINTS)
            at = steps + start if isinstance(steps, int) else bytes(steps[part])
            numbers = bytes(values[part])
            parts = batch(run_id, execution_id, name, origin, at, numbers)
            self._send(b"".join((head_of(*parts), *parts)))

    def pen(
        self, run_id: str, name: str, *, origin: str, execution_id: str | None = None
    ) -> SeriesPen:
        """Return a function that writes (step, value) points of one series.

        What does not change is encoded once: a point then costs one checksum and
        one system call.
        """
        prefix = scalar_prefix(run_id, execution_id, name, origin)
        opening = HEAD.pack(MAGIC, len(prefix) + TAIL.size, 0)[:-4]
        prefix_checksum = crc32(prefix)
        whole = HEAD.size + len(prefix) + TAIL.size
        tail, word = TAIL.pack, WORD.pack

        def write(step: int, value: float) -> None:
            end = tail(INT64, time_ns() // 1000, INT64, step, FLOAT64, value)
            frame = opening + word(crc32(end, prefix_checksum)) + prefix + end
            try:
                if os_write(self._fd, frame) == whole:
                    return
                error = OSError(CUT)
            except OSError as failed:
                error = failed
            self._rescue(frame, error)

        return write

    def retry(self) -> None:
        """Try again to write what waits in memory since the disk took nothing."""
        with self._lock:
            while self._waiting:
                frame = self._waiting[0]
                try:
                    self._write_or_renew(frame)
                except OSError:
                    return
                self._waiting.popleft()
            self._complained = False

    def rotate_if_large(self) -> None:
        """Go on in a new file when this one has grown large, so that bytes can be freed."""
        with self._lock:
            if self._fd < 0 or os.fstat(self._fd).st_size <= self._rotate_bytes:
                return
            try:
                self._take_over(self._open())
            except OSError:
                return  # the old file still takes records; the next look tries again

    @property
    def waiting_count(self) -> int:
        """Facts that wait in memory because the disk took nothing."""
        return len(self._waiting)

    def close(self) -> None:
        """Let go of the file: from here on this process counts as gone."""
        self.retry()
        with self._lock:
            if not self._closed and self._fd >= 0:
                os.close(self._fd)
            self._fd, self._closed = -1, True

    def forget_parent(self) -> None:
        """In a forked child: leave the parent's file and its lock alone.

        The child's own file is opened when it first writes; most never do.
        """
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
        self._lock = threading.Lock()
        self._waiting = deque()

    def _send(self, frame: bytes) -> None:
        try:
            written = os_write(self._fd, frame)
        except OSError as error:
            self._rescue(frame, error)
            return
        if written != len(frame):
            self._rescue(frame, OSError(CUT))

    def _rescue(self, frame: bytes, error: OSError) -> None:
        """Write elsewhere what could not be written, or keep it until it can be."""
        if self._closed:
            raise Misused("this trackbook session has ended: start a new one") from error
        with self._lock:
            try:
                self._write_or_renew(frame, renew=True)
            except OSError:
                self._keep(frame, error)

    def _write_or_renew(self, frame: bytes, *, renew: bool = False) -> None:
        """Write a frame whole, into a new file where the old one ends in half a frame."""
        if renew or self._fd < 0:
            fresh = self._open()
            self._take_over(fresh)
        size_before = os.fstat(self._fd).st_size
        written = os_write(self._fd, frame)
        if written != len(frame):
            os.ftruncate(self._fd, size_before)
            raise OSError(CUT)

    def _keep(self, frame: bytes, error: OSError) -> None:
        self._waiting.append(frame)
        lost = 0
        while sum(map(len, self._waiting)) > WAITING_BYTES:
            self._waiting.popleft()
            lost += 1
        if lost or not self._complained:
            self._complained = True
            what = f"{lost} of the oldest are lost" if lost else "nothing is lost yet"
            self._complain(
                f"cannot write to {self._folder} ({error}): new records wait in memory,"
                f" {what}; free some space"
            )

    def _take_over(self, fresh: int) -> None:
        """Let the descriptor that threads already use point at the new file.

        dup2 is atomic: a thread between reading the number and writing meets the
        old file or the new one, never a stranger's.
        """
        if self._fd < 0:
            self._fd = fresh
        else:
            os.dup2(fresh, self._fd, inheritable=False)
            if sys.platform != "win32":
                os.close(fresh)

    def _open(self) -> int:
        """Open the next file of this process, visible to others only once it is locked."""
        child = f"c{os.getpid()}." if os.getpid() != self._owner else ""
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
        file = self._folder / f"{self.session_id}.{child}{self._count}.tbj"
        newborn = file.with_suffix(".new")
        self._folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(newborn, flags | getattr(os, "O_BINARY", 0), 0o644)
        try:
            hold(fd)
            newborn.rename(file)
        except OSError:
            os.close(fd)
            newborn.unlink(missing_ok=True)
            raise
        self._count += 1
        return fd


def forget_parents() -> None:
    """Make every journal of a forked child safe to use."""
    for journal in list(alive):
        journal.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_parents)
