"""A package carried from one shelf to another, every byte compared on both."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trackbook.errors import TrackbookError
from trackbook.packages.manifest import digest_of
from trackbook.packages.verify import Tampered, verify

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.packages.shelf import Draft, Shelf


def carried(source: Path, digest: str, shelf: Shelf) -> bool:
    """Copy a package to another shelf; say whether anything had to be copied.

    It appears there whole or not at all, and only if it has the digest still.

    Raises:
        Tampered: a byte was changed where it lay or on the way
    """
    entries = verify(source, digest)
    if is_sound(shelf.place_of(digest), digest):
        return False
    with shelf.draft() as draft:
        for entry in entries:
            draft.copy(entry.path, source / PurePosixPath(entry.path))
        must_be(draft, digest)
        draft.publish()
    return True


def must_be(draft: Draft, digest: str) -> None:
    """Refuse a package that came from elsewhere and is not the one that was meant.

    Raises:
        Tampered: some byte is another
    """
    found = digest_of(draft.entries)
    if found != digest:
        raise Tampered(
            f"package {digest[:12]} arrived as {found[:12]}: a byte was changed on the way;"
            " nothing was taken in"
        )


def is_sound(place: Path, digest: str) -> bool:
    """Say whether a package lies there as it was written."""
    if not place.is_dir():
        return False
    try:
        verify(place, digest)
    except TrackbookError:
        return False  # publishing puts it aside
    return True
