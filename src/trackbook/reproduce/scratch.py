"""A folder in which a slice can be run again without touching what the first run made."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FILE = "file "
"""With this begins the name of a file among the things that an execution changed."""
LARGE, ROOM, MOST = 64 << 20, 2 << 30, 20_000
"""Bytes of a file, and of all, that are copied where the disk cannot share them; entries."""
SHARE = 0x40049409
"""Linux' request to let a new file share the blocks of another until one of them changes."""
ALIEN = {"node_modules", "__pycache__", "site-packages"}


@contextmanager
def scratch(folder: str | None, written: Collection[str]) -> Iterator[Path]:
    """Give a new folder that shows a folder's files; it is gone afterwards.

    Args:
        folder: where the first run worked; None or gone for an empty folder
        written: whole paths of files that the run wrote: they are left out, so that
            writing them again changes nothing outside
    """
    with tempfile.TemporaryDirectory(
        prefix="trackbook-", ignore_cleanup_errors=True
    ) as made:
        work = Path(made).resolve() / "work"
        work.mkdir()
        if folder is not None and Path(folder).is_dir():
            Mirror(written).show(Path(folder).resolve(), work)
        yield work


class Mirror:
    """Shows a folder in another: small files as copies, large ones and packages as links."""

    def __init__(self, written: Collection[str]) -> None:
        self._written = set(written)
        self._room = ROOM
        self._left = MOST

    def show(self, source: Path, target: Path) -> None:
        """Show what lies in a folder."""
        with os.scandir(source) as entries:
            for entry in entries:
                if entry.name == ".trackbook" or entry.path in self._written:
                    continue
                self._left -= 1
                if entry.is_dir(follow_symlinks=False) and self._is_own(entry):
                    (target / entry.name).mkdir()
                    self.show(Path(entry.path), target / entry.name)
                elif not self._copied(entry, target / entry.name):
                    (target / entry.name).symlink_to(entry.path)

    def _is_own(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether a folder is to be gone into: not one of thousands of others' files."""
        inside = entry.path + os.sep
        if any(path.startswith(inside) for path in self._written):
            return True
        is_alien = entry.name.startswith(".") or entry.name in ALIEN
        return (
            not is_alien and self._left > 0 and not Path(entry.path, "pyvenv.cfg").exists()
        )

    def _copied(self, entry: os.DirEntry[str], target: Path) -> bool:
        """Copy a file where that costs little; say whether it was done."""
        try:
            if not entry.is_file():
                return False
            if shared(entry.path, target):
                return True
            size = entry.stat().st_size
            if size > LARGE or size > self._room:
                return False
            self._room -= size
            shutil.copy2(entry.path, target)
        except OSError:  # not to be read, or gone meanwhile: the cell will say so
            target.unlink(missing_ok=True)
            return False
        return True


def shared(source: str, target: Path) -> bool:
    """Make a file that shares the blocks of another, where the disk can do that."""
    if sys.platform != "linux":
        return False
    import fcntl

    with open(source, "rb") as old, target.open("wb") as new:  # noqa: PTH123  # a plain path
        try:
            fcntl.ioctl(new.fileno(), SHARE, old.fileno())
        except OSError:
            return False
    shutil.copystat(source, target)
    return True
