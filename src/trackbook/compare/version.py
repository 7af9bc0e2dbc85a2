"""Whether anything has changed, without opening anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store import Store


def version(store: Store) -> str:
    """Return a text that changes with every fact that is written, by whatever process.

    It may also change when nothing did: facts move from the journals to the database.
    """
    files = [store.place.file, *sorted(store.journal_folder.glob("*.tbj"))]
    return ";".join(filter(None, map(state_of, files)))


def state_of(file: Path) -> str:
    """Return a file's state in a few characters; nothing where there is no file."""
    try:
        facts = file.stat()
    except FileNotFoundError:
        return ""
    return f"{file.name[-12:]}:{facts.st_ino:x}.{facts.st_size:x}.{facts.st_mtime_ns:x}"
