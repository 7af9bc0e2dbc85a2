"""A folder in which a slice can be run again without touching what the first run made."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FILE = "file "
"""With this begins the name of a file among the things that an execution changed."""


@contextmanager
def scratch(folder: str | None, written: Collection[str]) -> Iterator[Path]:
    """Give a new folder that shows a folder's files as links; it is gone afterwards.

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
            mirror(Path(folder).resolve(), work, set(written))
        yield work


def mirror(source: Path, target: Path, written: Collection[str]) -> None:
    """Link a folder's entries into another; folders in which something was written are made."""
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.name == ".trackbook" or entry.path in written:
                continue
            inside = entry.path + os.sep
            if entry.is_dir() and any(path.startswith(inside) for path in written):
                (target / entry.name).mkdir()
                mirror(Path(entry.path), target / entry.name, written)
            else:
                (target / entry.name).symlink_to(entry.path)
