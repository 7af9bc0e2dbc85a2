"""What was decided, noted beside the database: the log cannot lose its end unnoticed.

Each line is an entry's number and hash. It lies outside of the database, so that a file put
back from a copy, or an end that somebody cut off, is found.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trackbook.errors import Misused

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.registry.chain import Head

NAME = "registry.anchors"


def note(folder: Path, head: Head) -> None:
    """Write an entry's number and hash behind those that are noted, for good."""
    flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND
    fd = os.open(folder / NAME, flags, 0o644)
    try:
        # The newline first: half a line of somebody who died stays a line of its own.
        os.write(fd, f"\n{head.entry} {head.hash}".encode("ascii"))
        os.fsync(fd)
    finally:
        os.close(fd)


def noted(folder: Path) -> dict[int, list[str]]:
    """Return the hashes that were noted, by entry; unfinished lines are passed over."""
    file = folder / NAME
    if not file.exists():
        return {}
    found: dict[int, list[str]] = {}
    for line in file.read_bytes().splitlines():
        number, _, digest = line.decode("ascii", "replace").partition(" ")
        if number.isdecimal() and len(digest) == 64:  # noqa: PLR2004  hex digits of SHA-256
            found.setdefault(int(number), []).append(digest)
    return found


def expected(head: str) -> dict[int, list[str]]:
    """Return what somebody kept elsewhere, as `Head` shows it: `17 ab12…`, to be looked for."""
    number, _, digest = head.strip().partition(" ")
    if not (number.isdecimal() and len(digest) == 64):  # noqa: PLR2004  as above
        raise Misused(f"{head[:80]!r} is no head: the entry's number and its 64 hex digits")
    return {int(number): [digest]}
