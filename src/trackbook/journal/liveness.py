"""A lock that the system drops when its process dies: who is alive, without guessing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 62
    """Windows locks are mandatory for the bytes they cover: lock one far past any data."""

    def hold(fd: int) -> None:
        """Take the lock for as long as this descriptor is open."""
        os.lseek(fd, FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

    def let_go(fd: int) -> None:
        """Give the lock back, whoever else has a copy of the descriptor."""
        os.lseek(fd, FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

    def is_held(fd: int) -> bool:
        """Say whether somebody else holds the lock."""
        os.lseek(fd, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        os.lseek(fd, FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        return False

else:
    import fcntl

    def hold(fd: int) -> None:
        """Take the lock for as long as this descriptor is open."""
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def let_go(fd: int) -> None:
        """Give the lock back, whoever else has a copy of the descriptor."""
        fcntl.flock(fd, fcntl.LOCK_UN)

    def is_held(fd: int) -> bool:
        """Say whether somebody else holds the lock; a shared probe, let go at once.

        Shared, so that two who ask at the same time do not take each other for the owner.
        """
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        fcntl.flock(fd, fcntl.LOCK_UN)
        return False


def is_alive(file: Path) -> bool:
    """Say whether the process that writes this journal still runs."""
    try:
        fd = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return is_held(fd)
    finally:
        os.close(fd)
