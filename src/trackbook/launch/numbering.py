"""Names for launched runs that were given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.settings import FOLDER
from trackbook.store import Store, queries_of

if TYPE_CHECKING:
    from pathlib import Path

SQL = queries_of("trackbook.launch")


def number_for(project: Path, stem: str) -> str:
    """Return a name for the next launched run of a target: `train-3`."""
    if not (project / FOLDER / "trackbook.duckdb").exists():
        return f"{stem}-1"
    store = Store(project / FOLDER)
    try:
        names = {name for (name,) in store.rows(SQL["names_like"], start=f"{stem}-").rows}
    finally:
        store.close()
    number = len(names) + 1
    while f"{stem}-{number}" in names:
        number += 1
    return f"{stem}-{number}"
