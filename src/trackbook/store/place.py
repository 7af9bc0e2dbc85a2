"""Where the database lies, and how it is held: for moments, under one lock."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trackbook.errors import Busy, Damaged
from trackbook.store.sql import literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from filelock import BaseFileLock

PATIENCE_S = 10.0
"""How long a reader waits for others before it says who is in the way."""
LOCK_POLL_S = 0.003


class Place:
    """One DuckDB file, attached as `tb` to an instance in memory that is kept.

    Attaching costs 2.5 ms where connecting costs 50: the instance is dear, the
    file is cheap. Only one thread of the process is inside at a time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "trackbook.duckdb"
        self._inside = threading.RLock()
        self._instance: DuckDBPyConnection | None = None
        self._lock: BaseFileLock | None = None
        self._owner = os.getpid()

    @contextmanager
    def alone(self, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """Keep every other process and thread of trackbook out of the database.

        Raises:
            Busy: somebody else was inside for all of `patience_s`
        """
        self._after_fork()
        if not self._inside.acquire(timeout=patience_s):
            raise Busy("another thread is still reading the trackbook database: try again")
        try:
            with self._locked(patience_s):
                yield
        finally:
            self._inside.release()

    @contextmanager
    def attached(
        self, *, write: bool, patience_s: float = PATIENCE_S
    ) -> Iterator[DuckDBPyConnection]:
        """Give the instance with the file attached as `tb`; inside `alone` only."""
        db = self.instance()
        self._attach(db, write=write, patience_s=patience_s)
        try:
            yield db
        finally:
            if hasattr(db, "abort"):
                db.abort()  # an unfinished result would keep the file
            db.execute("USE memory")
            db.execute("DETACH tb")

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
        return self._instance

    def close(self) -> None:
        """Let the instance go."""
        with self._inside:
            if self._instance is not None:
                self._instance.close()
            self._instance = None

    def _attach(self, db: DuckDBPyConnection, *, write: bool, patience_s: float) -> None:
        """Attach the file, waiting for a foreign program to let it go."""
        import duckdb

        self._refuse_second_holder()
        how = "READ_ONLY"
        if write:
            new = not self.file.exists()
            how = "READ_WRITE"
            how += ", BLOCK_SIZE 65536, STORAGE_VERSION 'v1.5.0'" if new else ""
        deadline, pause_s = time.monotonic() + patience_s, 0.0005
        while True:
            try:
                db.execute(f"ATTACH {literal(str(self.file))} AS tb ({how})")
            except duckdb.Error as error:
                self._explain(error)
                if time.monotonic() > deadline:
                    raise Busy(
                        f"{self.file} is open in another program: close it there and try"
                        f" again; nothing is lost ({first_line(error)})"
                    ) from error
            else:
                return
            time.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311  spreads waiters
            pause_s = min(pause_s * 1.6, 0.01)

    def _explain(self, error: Exception) -> None:
        """Raise what waiting will not mend."""
        says = str(error)
        if "Unique file handle" in says or "already attached" in says:
            raise Busy(
                f"{self.file} is open in this very process: close that DuckDB connection"
                " (trackbook.sql(...) asks without one); nothing is lost"
            ) from error
        if "Could not set lock" in says or "Conflicting lock" in says:
            return
        if "No space left" in says or "Read-only file system" in says:
            raise Busy(f"cannot write {self.file}: {first_line(error)}") from error
        if "Cannot open file" in says and self.file.is_file():
            raise Busy(f"cannot open {self.file}: {first_line(error)}") from error
        raise Damaged(
            f"cannot read {self.file} as a trackbook database ({first_line(error)}):"
            " nothing was changed; see `trackbook doctor`"
        ) from error

    def _refuse_second_holder(self) -> None:
        """Stay away while the user's own code has the file open in this process.

        Detaching would silently drop that connection's lock: POSIX locks belong
        to the process, not to the descriptor.
        """
        if not sys.platform.startswith("linux"):
            return
        target = str(self.file.resolve())
        for name in os.listdir("/proc/self/fd"):
            try:
                held = os.readlink(f"/proc/self/fd/{name}")
            except OSError:
                continue
            if held == target:
                raise Busy(
                    f"{self.file} is open in this very process: close that DuckDB"
                    " connection (trackbook.sql(...) asks without one); nothing is lost"
                )

    @contextmanager
    def _locked(self, patience_s: float) -> Iterator[None]:
        if self._lock is None:
            from filelock import FileLock

            self._lock = FileLock(self.folder / "lock", poll_interval=LOCK_POLL_S)
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=patience_s)
        except Timeout as error:
            raise Busy(
                f"another process is still using {self.file}: try again; nothing is lost"
            ) from error
        except OSError as error:
            if self._lock.is_locked or os.access(self.folder, os.W_OK):
                raise
            yield  # a read-only folder: nobody can write here, so nobody can be in the way
            return
        try:
            yield
        finally:
            self._lock.release()

    def _after_fork(self) -> None:
        """In a forked child: leave the parent's instance and locks alone."""
        if os.getpid() != self._owner:
            self.__init__(self.folder)  # type: ignore[misc]  # as new, on purpose


def first_line(error: BaseException) -> str:
    """Return an error's first line, for use inside our own message."""
    return (str(error).splitlines() or [type(error).__name__])[0]
