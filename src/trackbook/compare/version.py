"""Whether anything has changed, without opening anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.journal import written_until

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store import Store


def version(store: Store) -> str:
    """Return a text that changes with every fact that is written, by whatever process.

    It may also change when nothing did: facts move from the journals to the database.
    """
    journals = sorted(store.journal_folder.glob("*.tbj"))
    states = [state_of_database(store.place.file), *map(state_of_journal, journals)]
    return ";".join(filter(None, states))


def state_of_database(file: Path) -> str:
    """Return a database's state in a few characters; nothing where there is none."""
    try:
        facts = file.stat()
    except FileNotFoundError:
        return ""
    return f"{facts.st_ino:x}.{facts.st_size:x}.{facts.st_mtime_ns:x}"


def state_of_journal(file: Path) -> str:
    """Return a journal's name and how far it is written; nothing if it cannot be read."""
    try:
        return f"{file.name[-12:]}:{written_until(file):x}"
    except OSError:
        return ""
