"""One process's own journal file, and the pens that write into it."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import suppress
from struct import Struct
from struct import error as PackingError  # noqa: N812  it is a class
from time import time_ns
from typing import TYPE_CHECKING
from weakref import WeakSet
from zlib import crc32

from trackbook.errors import Damaged, Misused
from trackbook.journal.backlog import Backlog
from trackbook.journal.encode import (
    FLOAT64,
    INT64,
    TAIL,
    batch,
    fact,
    scalar_prefix,
    several,
)
from trackbook.journal.files import open_next, sync_folder, written_whole
from trackbook.journal.frames import HEAD, LARGEST, MAGIC, head_of
from trackbook.journal.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.records import Record

    SeriesPen = Callable[[int, float], None]

ROTATE_BYTES = 64 << 20
BATCH_POINTS = 1 << 18
CUT = "the disk took only part of a record"
MAY_PASS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE}

alive: WeakSet[Journal] = WeakSet()


class Journal:
    """Appends facts to a file that only this process writes.

    Raises OSError when made where nothing can ever be written. A disk that is
    full just now is waited for: then and later no call raises.

    When a call returns, the fact survives the death of the process: it was copied into
    a mapped part of the file, or written with one `os.write` (see outlet.py).
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
        self._branch = ""
        self._count = 0
        self._lock = threading.Lock()
        self._backlog = Backlog(folder)
        self._closed = False
        self._outlet = Outlet()
        alive.add(self)
        try:
            self._go_on()
        except OSError as error:
            if error.errno not in MAY_PASS:
                raise
            complain(self._backlog.failed(error) or "")

    def put(
        self, record: Record, run_id: str | None = None, execution_id: str | None = None
    ) -> None:
        """Write one record."""
        self._send(framed(fact(record, run_id, execution_id)))

    def put_for_good(self, record: Record) -> None:
        """Write one record that outlives a power cut when the call returns, or nothing.

        Raises:
            OSError: the disk did not take it; it does not wait in memory either
            Damaged: it was written, and the disk did not say that it has it
        """
        frame = framed(fact(record, None, None))
        with self._lock:
            if self._closed:
                raise Misused("this trackbook session has ended: start a new one")
            outlet = self._outlet
            is_usable = outlet.is_open and not self._backlog
            if not is_usable or outlet.is_spoilt(self._rotate_bytes):
                self._go_on()
            if not outlet.takes(frame):
                raise OSError(errno.ENOSPC, CUT)
            try:
                outlet.sync()
                sync_folder(self._folder)
            except OSError as error:
                raise Damaged(
                    f"{self._folder} took a record and could not confirm it ({error}): look"
                    " whether it stands before you try again"
                ) from error

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
        self._send(framed(several(run_id, execution_id, step, origin, values)))

    def put_batch(  # what a batch is, each by name
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
        one copy into the window.
        """
        prefix = scalar_prefix(run_id, execution_id, name, origin)
        opening = HEAD.pack(MAGIC, len(prefix) + TAIL.size, 0)[:-4]
        prefix_checksum = crc32(prefix)
        whole = HEAD.size + len(prefix) + TAIL.size
        tail, frame_of = TAIL.pack, Struct(f"<8sI{len(prefix)}s{TAIL.size}s").pack

        outlet = self._outlet

        def write(step: int, value: float) -> None:
            try:
                end = tail(INT64, time_ns() // 1000, INT64, step, FLOAT64, value)
            except (PackingError, OverflowError) as wrong:
                raise Misused(
                    f"metric {name!r}: step {step!r} or value {value!r} does not fit into"
                    " 64 bits"
                ) from wrong
            frame = frame_of(opening, crc32(end, prefix_checksum), prefix, end)
            try:
                if outlet.now.write(frame) == whole:
                    return
                error: Exception = OSError(CUT)
            except (OSError, ValueError) as failed:
                error = failed
            self._rescue(frame, error)

        return write

    def tend(self) -> None:
        """Do what a background thread owes the journal each second.

        Writes what waits, rotates a large file, and sets the file's time: the
        moment of a later death is then known to the second.
        """
        self.retry()
        self.rotate_if_large()
        with self._lock:
            if self._outlet.is_open:
                with suppress(OSError):  # a disk gone read-only: the next write will say so
                    os.utime(self._outlet.fd)

    def retry(self) -> None:
        """Try again to write what waits in memory since the disk took nothing."""
        with self._lock:
            says = None
            if not self._closed and (self._backlog or not self._outlet.is_open):
                says = self._renew()
        if says:
            self._complain(says)

    def rotate_if_large(self) -> None:
        """Go on in a new file when this one has grown large, so that bytes can be freed.

        Also when somebody has deleted it or cut it off: what is written there is lost.
        """
        says = None
        with self._lock:
            if self._outlet.is_open and self._outlet.is_spoilt(self._rotate_bytes):
                says = self._renew()
        if says:
            self._complain(says)

    @property
    def waiting_count(self) -> int:
        """Facts that wait in memory because the disk took nothing."""
        return len(self._backlog)

    def close(self) -> None:
        """Let go of the file: from here on this process counts as gone."""
        self.retry()
        with self._lock:
            lost = len(self._backlog)
            self._outlet.leave()
            self._closed = True
        if lost:
            self._complain(
                f"{lost} records are lost: {self._folder} took nothing to the end"
            )

    def forget_parent(self) -> None:
        """In a forked child: leave the parent's file and its lock alone.

        The child's own file is opened when it first writes; most never do.
        """
        self._branch = f"c{os.getpid()}-{os.urandom(3).hex()}."
        self._lock = threading.Lock()
        self._backlog = Backlog(self._folder)
        self._outlet.leave()

    def begin_anew(self, session_id: str) -> None:
        """In a forked child: write for a session of its own, no branch of the parent's."""
        self.session_id = session_id
        self._branch, self._count = "", 0

    def _send(self, frame: bytes) -> None:
        try:
            if self._outlet.now.write(frame) == len(frame):
                return
            error: Exception = OSError(CUT)
        except (OSError, ValueError) as failed:
            error = failed
        self._rescue(frame, error)

    def _rescue(self, frame: bytes, error: Exception) -> None:
        """Write elsewhere what could not be written, or keep it until it can be.

        Half a frame in the old file does no harm: readers pass over it. It is not
        cut off, for another thread may have written behind it.
        """
        with self._lock:
            if self._closed:
                raise Misused(
                    "this trackbook session has ended: start a new one"
                ) from error
            if self._outlet.fits_further_on(frame):
                return
            says = self._backlog.keep(frame)
            if self._backlog.is_due:
                says = self._renew() or says
        if says:
            self._complain(says)

    def _renew(self) -> str | None:
        """Go on in a next file, or else in memory; return what to tell the user."""
        try:
            self._go_on()
        except OSError as error:
            self._outlet.lead_nowhere()  # later facts queue behind those that wait
            return self._backlog.failed(error)
        return self._backlog.recovered()

    def _go_on(self) -> None:
        """Go on in a next file, with what waits written first."""
        name = f"{self.session_id}.{self._branch}{self._count}"
        self._count += 1  # even in vain: the name may be taken by what could be written
        with open_next(self._folder, name) as fresh:
            self._pour_into(fresh)
            self._outlet.lead_to(fresh)

    def _pour_into(self, fresh: int) -> None:
        """Write what waits; where that fails midway, the file so far keeps us alive."""
        try:
            self._backlog.pour(lambda frame: written_whole(fresh, frame))
        except OSError:
            self._outlet.hold(fresh)
            raise


def framed(payload: bytes) -> bytes:
    """Return the frame of one payload."""
    if len(payload) > LARGEST:
        raise Misused(
            f"a record of {len(payload) >> 20} MiB is too large for the journal (at most"
            f" {LARGEST >> 20}): log it as an artifact"
        )
    return HEAD.pack(MAGIC, len(payload), crc32(payload)) + payload


def forget_parents() -> None:
    """Make every journal of a forked child safe to use."""
    for journal in list(alive):
        journal.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_parents)
