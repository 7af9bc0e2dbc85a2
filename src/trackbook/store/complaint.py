"""What DuckDB's own complaints mean for a trackbook project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Busy, Damaged, NotFound, Refused, TrackbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def meaning_of(
    error: Exception, file: Path, *, attaching: bool = False
) -> TrackbookError | None:
    """Return what to tell the user; None when waiting helps, or for a bug of ours."""
    says = str(error)
    short = (says.splitlines() or [type(error).__name__])[0]
    if any(words in says for words in WAITING_HELPS):
        return None
    for words, make in MEANINGS:
        if any(word in says for word in words):
            return make(file, short)
    if not attaching:
        return None
    if not file.exists():
        return NotFound(f"no trackbook database {file}: nothing has been recorded yet")
    return damaged(file, short)


def in_this_process(file: Path) -> Busy:
    """Return the error for a file that the user's own code has open."""
    return Busy(
        f"{file} is open in this very process: close that DuckDB connection"
        " (trackbook.sql(...) asks without one); nothing is lost"
    )


def disk_full(file: Path, short: str) -> Busy:
    """Return the error for a database that can be read and not written just now."""
    return Busy(
        f"cannot write {file}, the disk is full: free some space; nothing is lost, what is"
        f" logged waits in the journal ({short})"
    )


def forbidden(file: Path, short: str) -> Refused:
    """Return the error for a file with too narrow permissions."""
    return Refused(f"you may not open {file}: ask for the right to ({short})")


def too_new(file: Path, short: str) -> Refused:
    """Return the error for a file of a newer DuckDB."""
    return Refused(f"{file} was written by a newer DuckDB: update duckdb ({short})")


def damaged(file: Path, short: str) -> Damaged:
    """Return the error for a file that is no database any more."""
    return Damaged(
        f"cannot read {file} as a trackbook database ({short}): nothing was deleted; see"
        " `trackbook doctor`"
    )


WAITING_HELPS = ("Could not set lock", "Conflicting lock")
MEANINGS: list[tuple[tuple[str, ...], Callable[[Path, str], TrackbookError]]] = [
    (
        ("Unique file handle", "already attached", "different configuration"),
        lambda file, _: in_this_process(file),
    ),
    (("No space left", "Could not write all bytes"), disk_full),
    (("Permission denied", "Read-only file system"), forbidden),
    (("version number", "newer version"), too_new),
    (("orrupt", "checksum"), damaged),
]
