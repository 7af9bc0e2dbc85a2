"""Where the database lies, and how it is held: for moments, under one lock."""

from __future__ import annotations

import errno
import os
import random
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakSet

from trackbook.errors import Busy, Refused, TrackbookError
from trackbook.journal import hold, let_go
from trackbook.store.complaint import damaged, in_this_process, meaning_of
from trackbook.store.sql import literal, queries_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

SQL = queries_of("trackbook.store")
PATIENCE_S = 10.0
"""How long a reader waits for others before it says who is in the way."""
LOCK_POLL_S = 0.003
SPREAD = random.Random()  # noqa: S311  not the global one: its numbers are the user's own
FORK_PATIENCE_S = 5.0
RECYCLE_AFTER = 2000
"""An instance grows by 6 kB with each attaching: after so many a new one is made."""

places: WeakSet[Place] = WeakSet()


def file_in(folder: Path) -> Path:
    """Return the database file of a project's folder, whether it is there or not."""
    return folder / "trackbook.duckdb"


class Place:
    """One DuckDB file, attached as `tb` to an instance in memory that is kept.

    Attaching costs 2.5 ms where connecting costs 50: the instance is dear, the
    file is cheap. Only one thread of the process is inside at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = file_in(folder)
        self._inside = threading.RLock()
        self._instance: DuckDBPyConnection | None = None
        self._lock_fd: int | None = None
        self._is_attached = self._stopped_for_fork = False
        self._use_count = 0
        places.add(self)

    @property
    def is_read_only(self) -> bool:
        """Say whether nothing can be written here."""
        return self.folder.is_dir() and not os.access(self.folder, os.W_OK)

    @contextmanager
    def alone(self, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Keep every other process and thread of trackbook out of the database.

        Raises:
            Busy: somebody else was inside for all of `patience_s`
        """
        if not self._inside.acquire(timeout=patience_s):
            raise Busy("another thread is still reading the trackbook database: try again")
        try:
            # Where nobody can write, nobody can be in the way.
            if self._lock_fd is not None or self.is_read_only:
                yield
            else:
                with self._locked(patience_s):
                    yield
        finally:
            self._inside.release()

    @contextmanager
    def attached(
        self, *, write: bool, patience_s: float = PATIENCE_S, file: Path | None = None
    ) -> Iterator[DuckDBPyConnection]:
        """Give the instance with the file attached as `tb`; inside `alone` only.

        Another file than the project's own may be given, to be put in its place.
        """
        import duckdb

        if write and self.is_read_only:
            raise Refused(
                f"{self.folder} can only be read here: copy the project to where you may"
                " write, or ask for the right to"
            )
        try:
            db = self.instance()
            self._attach(db, file or self.file, write=write, patience_s=patience_s)
            self._is_attached = True
            must_be_whole(db, file or self.file)
            yield db
            detach(db)
        except TrackbookError:
            self._leave()
            raise
        except BaseException as error:
            # Whatever state it is in, closing the instance gives the file back.
            self.close()
            if write and isinstance(error, duckdb.Error):
                raise meaning_of(error, self.file) or error from error
            raise
        finally:
            self._is_attached = False
        self._use_count += 1
        if self._use_count > RECYCLE_AFTER:
            self.close()

    @contextmanager
    def replaced(
        self, *, patience_s: float = PATIENCE_S, begun: bytes = b""
    ) -> Iterator[DuckDBPyConnection]:
        """Give a new database as `tb` that takes the file's place when all went well.

        It begins with the bytes of another, if they are given.
        """
        fresh = self.file.with_suffix(".new")
        parts = fresh, fresh.with_suffix(".new.wal")
        for part in parts:  # of one that was killed
            part.unlink(missing_ok=True)
        wal, kept = self.file.with_suffix(".duckdb.wal"), self.folder / "quarantine"
        if wal.exists() and not self.file.exists():
            # Somebody took the database away and left its log, which fits no other.
            kept.mkdir(exist_ok=True)
            wal.replace(kept / f"{time.time_ns()}.wal")
        try:
            if begun:
                try:
                    fresh.write_bytes(begun)
                except OSError:  # a full disk: DuckDB's own words for it are understood
                    fresh.unlink(missing_ok=True)
            with self.attached(write=True, patience_s=patience_s, file=fresh) as db:
                yield db
            fresh.replace(self.file)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)

    def instance(self) -> DuckDBPyConnection:
        """Return this process's own DuckDB instance, made when first needed."""
        if self._instance is None:
            import duckdb

            settings: dict[str, str | bool | int | float | list[str]] = {
                "threads": 2,
                "autoinstall_known_extensions": False,
                "temp_directory": str(self.folder / "tmp"),
            }
            self._instance = duckdb.connect(config=settings)
            self._instance.execute("SET TimeZone = 'UTC'")
            self._instance.execute("SET enable_progress_bar = false")
            # Columns of texts are texts, also where all that are looked at are NULL.
            self._instance.execute("SET pandas_analyze_sample = 0")
            self._use_count = 0
        return self._instance

    def close(self) -> None:
        """Let the instance go."""
        with self._inside:
            instance, self._instance = self._instance, None
            if instance is not None:
                instance.close()

    def stop_for_fork(self) -> None:
        """Before a fork: leave nothing that the child would inherit half alive.

        In a child DuckDB 2.0 dies of a segmentation fault when it lets an inherited
        instance go, and an inherited lock would outlive its owner.
        """
        self._stopped_for_fork = self._inside.acquire(timeout=FORK_PATIENCE_S)
        if self._stopped_for_fork and not self._is_attached:
            self.close()

    def go_on_after_fork(self) -> None:
        """In the parent: let the other threads in again."""
        if self._stopped_for_fork:
            self._stopped_for_fork = False
            self._inside.release()

    def begin_anew(self) -> None:
        """In the child: own nothing of the parent's."""
        if self._instance is not None:
            import ctypes

            # Never let go, for that is what crashes.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._instance))
        if self._lock_fd is not None:
            os.close(self._lock_fd)
        self._instance = self._lock_fd = None
        self._inside = threading.RLock()
        self._is_attached = self._stopped_for_fork = False

    def _leave(self) -> None:
        """Detach, if attached; where even that fails, let the instance go."""
        import duckdb

        if self._is_attached:
            try:
                detach(self.instance())
            except duckdb.Error:
                self.close()

    def _attach(
        self, db: DuckDBPyConnection, file: Path, *, write: bool, patience_s: float
    ) -> None:
        """Attach the file, waiting for a foreign program to let it go."""
        import duckdb

        self._refuse_second_holder()
        how = "READ_ONLY"
        if write:
            new = not file.exists()
            how = "READ_WRITE"
            how += ", BLOCK_SIZE 65536, STORAGE_VERSION 'v1.5.0'" if new else ""
        deadline, pause_s = time.monotonic() + patience_s, 0.0005
        while True:
            try:
                db.execute(f"ATTACH {literal(str(file))} AS tb ({how})")
            except duckdb.Error as error:
                if why := meaning_of(error, file, attaching=True):
                    raise why from error
                if time.monotonic() > deadline:
                    raise Busy(
                        f"{file} is open in another program: close it there and try"
                        f" again; nothing is lost ({first_line(error)})"
                    ) from error
            else:
                return
            time.sleep(pause_s * SPREAD.uniform(0.5, 1.5))  # spreads waiters
            pause_s = min(pause_s * 1.6, 0.01)

    def _refuse_second_holder(self) -> None:
        """Stay away while the user's own code has the file open in this process.

        Detaching would silently drop that connection's lock: POSIX locks belong
        to the process, not to the descriptor.
        """
        if not sys.platform.startswith("linux"):
            return
        target = str(self.file.resolve())
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  # at each attaching
            try:
                held = os.readlink(f"/proc/self/fd/{name}")  # noqa: PTH115  # as above
            except OSError:
                continue
            if held == target:
                raise in_this_process(self.file)

    @contextmanager
    def _locked(self, patience_s: float) -> Iterator[None]:
        fd = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            self._wait_for(fd, patience_s)
            self._lock_fd = fd
            try:
                yield
            finally:
                self._lock_fd = None
                let_go(fd)
        finally:
            os.close(fd)

    def _wait_for(self, fd: int, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                hold(fd)
            except OSError as error:
                if error.errno not in {errno.EAGAIN, errno.EACCES}:
                    raise Refused(
                        f"{self.folder} lies on a file system that cannot lock ({error}):"
                        " keep the project on a local disk"
                    ) from error
                if time.monotonic() > deadline:
                    raise Busy(
                        f"another process is still using {self.file}: try again; nothing"
                        " is lost (`trackbook doctor` names it)"
                    ) from error
            else:
                return
            time.sleep(LOCK_POLL_S * SPREAD.uniform(0.5, 1.5))  # as above


def detach(db: DuckDBPyConnection) -> None:
    """Detach the file, whatever was left unfinished."""
    if hasattr(db, "abort"):
        db.abort()  # since DuckDB 2.0 an unfinished result would keep the file
    db.execute("USE memory")
    db.execute("DETACH tb")


def must_be_whole(db: DuckDBPyConnection, file: Path) -> None:
    """Refuse a file that was cut off, before anything is written behind the cut."""
    ((expected,),) = db.execute(SQL["size_of_database"]).fetchall()
    size = file.stat().st_size
    if size < expected:
        raise damaged(file, f"it has {size:,} bytes of {expected:,}")


def first_line(error: BaseException) -> str:
    """Return an error's first line, for use inside our own message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def before_fork() -> None:
    """Make every place safe to fork around."""
    for place in list(places):
        place.stop_for_fork()


def after_fork_in_parent() -> None:
    """Let every place go on."""
    for place in list(places):
        place.go_on_after_fork()


def after_fork_in_child() -> None:
    """Make every place new."""
    for place in list(places):
        place.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=before_fork,
        after_in_parent=after_fork_in_parent,
        after_in_child=after_fork_in_child,
    )
