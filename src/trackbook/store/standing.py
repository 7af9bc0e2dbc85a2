"""Whether a database still is what it was, told without opening it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.store.place import file_in
from trackbook.store.stretch import is_drained

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Standing(NamedTuple):
    """A database at one moment, and how much of each journal was in it."""

    database: tuple[int, int, int, int]
    """Its device, inode, size in bytes, and when it was changed in ns: others after a change."""
    ends: Mapping[str, int]
    """Bytes, by the journal's name."""


def past_in(folder: Path) -> Path:
    """Return the file in which a session leaves what the next one begins with."""
    return folder / "past.msgpack"


def state_of(file: Path) -> tuple[int, int, int, int] | None:
    """Return what changes with every change that anybody makes to a database; None without one."""
    try:
        facts = file.stat()
    except FileNotFoundError:
        return None
    return (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def still_stands(folder: Path, then: Standing, *, besides: str = "") -> bool:
    """Say whether a project's database is as it was then, and nothing waits to go into it.

    Args:
        folder: the project's folder of trackbook
        then: what it was
        besides: the id of a session whose journals may have more by now
    """
    if state_of(file_in(folder)) != then.database:
        return False
    return is_drained(folder / "journal", then.ends, besides=besides)
