"""Where one process's frames go: into a window, through a descriptor, or nowhere."""

from __future__ import annotations

import os
from io import FileIO
from typing import TYPE_CHECKING
from weakref import finalize

from trackbook.journal.files import nowhere
from trackbook.journal.window import first_window, next_window

if TYPE_CHECKING:
    from trackbook.journal.window import Window


class Outlet:
    """One way to write that leads to one file after another.

    `now.write` is a copy into a mapped part of the file (see window.py), or one
    `os.write` where a file cannot be mapped safely. No lock is taken on the way there;
    whoever changes where it leads holds the journal's.

    One descriptor number serves for the whole life. What it leads to is changed by
    dup2, which is atomic: a thread about to write meets the old file, the next one, or
    nowhere, never a stranger's file. A window is sealed before it is left: a thread
    about to write into it fails, and comes to be rescued.
    """

    def __init__(self) -> None:
        self.is_open = False
        self.fd, self._blind = nowhere(), nowhere()
        for fd in (self.fd, self._blind):
            finalize(self, os.close, fd).atexit = False
        self._plain = FileIO(self.fd, "wb", closefd=False)
        self._window: Window | None = None
        self.now: Window | FileIO = self._plain
        self._held: int | None = None
        """The last file while nothing can be written: its lock is the sign of life."""

    def lead_to(self, fresh: int) -> None:
        """Go on in another file, whose descriptor the caller closes."""
        window = first_window(fresh)
        os.dup2(fresh, self.fd, inheritable=False)
        self._look_through(window)
        self.is_open = True
        self._let_go_of_held()

    def lead_nowhere(self) -> None:
        """Let every write fail, and the last file still say that the process lives."""
        if self.is_open:
            try:
                self._held = os.dup(self.fd)
            except OSError:
                return  # no descriptor left: the old file may still take what comes
        self._end()

    def hold(self, fd: int) -> None:
        """Let a file say that the process lives, where no other does."""
        if not self.is_open and self._held is None:
            self._held = os.dup(fd)

    def leave(self) -> None:
        """Let go of the file and of its lock."""
        self._end()
        self._let_go_of_held()

    def fits_further_on(self, frame: bytes) -> bool:
        """Move the window on along the file, and write a frame that it had no room for."""
        while self._window is not None:
            try:
                self._window.write(frame)
            except ValueError:
                try:
                    self._look_through(next_window(self.fd, self._window, len(frame)))
                except OSError:
                    return False
            else:
                return True
        return False

    def takes(self, frame: bytes) -> bool:
        """Write a frame where there is room for it; say whether it was written whole."""
        try:
            return self.now.write(frame) == len(frame)
        except ValueError:
            return self.fits_further_on(frame)

    def sync(self) -> None:
        """Have the system put on the disk what was written, before this returns."""
        if self._window is not None:
            self._window.flush()
        os.fsync(self.fd)

    def is_spoilt(self, most_bytes: int) -> bool:
        """Say whether the file has grown too large, or was deleted, cut off or closed."""
        try:
            facts = os.fstat(self.fd)
        except OSError:
            return True
        if self._window is None:
            return facts.st_size > most_bytes or facts.st_nlink == 0
        whole = self._window.limit <= facts.st_size and facts.st_nlink > 0
        return self._window.end > most_bytes or not whole

    def _look_through(self, window: Window | None) -> None:
        """Write through another window from here on, or without one."""
        old, self._window = self._window, window
        self.now = window if window is not None else self._plain
        if old is not None:
            old.seal()
            old.close()

    def _end(self) -> None:
        self._look_through(None)
        os.dup2(self._blind, self.fd, inheritable=False)
        self.is_open = False

    def _let_go_of_held(self) -> None:
        if self._held is not None:
            os.close(self._held)
        self._held = None
