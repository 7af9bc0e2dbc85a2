"""Numbers of versions: read, ordered and counted on as semver.org 2.0.0 says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Iterable

    Key = tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]]
    """Smaller for what comes earlier; what stands behind a `+` does not count."""

Step = Literal["major", "minor", "patch"]
LONGEST = 100
FIRST = "1.0.0"
NUMBER = r"(?:0|[1-9][0-9]{0,17})"
PART = r"(?:0|[1-9][0-9]{0,17}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
SEMVER = re.compile(
    rf"({NUMBER})\.({NUMBER})\.({NUMBER})"
    rf"(?:-({PART}(?:\.{PART})*))?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)


def is_semver(text: str) -> bool:
    """Say whether a text is a whole semver number."""
    return len(text) <= LONGEST and SEMVER.fullmatch(text) is not None


def key_of(text: str) -> Key:
    """Return what orders a version number among others.

    Raises:
        Misused: it is none
    """
    found = SEMVER.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise Misused(
            f"{text[:LONGEST]!r} is no version number: write three numbers with dots, 1.4.0,"
            " or 1.4.0-rc.1"
        )
    before = tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in (found[4] or "").split(".")
        if part
    )
    return int(found[1]), int(found[2]), int(found[3]), not before, before


def next_after(known: Iterable[str], step: Step) -> str:
    """Return the number that follows the highest of some."""
    highest = max(map(key_of, known), default=None)
    if highest is None:
        return FIRST
    major, minor, patch, is_release, _ = highest
    if step == "major":
        return f"{major + 1}.0.0"
    if step == "minor":
        return f"{major}.{minor + 1}.0"
    # The release that a pre-release announces comes after it.
    return f"{major}.{minor}.{patch + 1 if is_release else patch}"
