"""Whether anything has changed, without opening anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.journal import written_until
from trackbook.settings import FOLDER
from trackbook.store import file_in

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.store import Store


def version(store: Store) -> str:
    """Return a text that changes with every fact that is written, by whatever process.

    It may also change when nothing did: facts move from the journals to the database.
    """
    return state(store.place.file, store.journal_folder)


def version_of(project: Path) -> str:
    """Return the same for a project folder whose store nobody has open."""
    return state(file_in(project / FOLDER), project / FOLDER / "journal")


def state(database: Path, journal_folder: Path) -> str:
    """Return the states of a database and of the journals on their way into it."""
    journals = sorted(journal_folder.glob("*.tbj"))
    states = [state_of_database(database), *map(state_of_journal, journals)]
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
