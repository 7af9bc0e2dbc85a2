"""The list of a package's files, whose digest is the package's."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "manifest.json"
FORMAT = "trackbook-package/1"
DIGEST = re.compile(r"[0-9a-f]{64}")


class Entry(NamedTuple):
    """One file."""

    path: str
    """With single forward slashes."""
    size_bytes: int
    sha256: str


def digest_of(entries: Iterable[Entry]) -> str:
    """Return the digest of a list of files, whatever its order.

    It is the SHA-256 of one line per file, sorted by path: a JSON list of path, size and
    SHA-256 in ASCII, without blanks, and a line feed.
    """
    whole = sha256()
    for entry in sorted(entries):
        whole.update(json.dumps(list(entry), separators=(",", ":")).encode("ascii") + b"\n")
    return whole.hexdigest()


def text_of(entries: Iterable[Entry]) -> str:
    """Return the text of a manifest: the same for the same files, byte for byte."""
    files = sorted(entries)
    said = {
        "format": FORMAT,
        "package_digest": digest_of(files),
        "files": [
            {"path": one.path, "size": one.size_bytes, "sha256": one.sha256}
            for one in files
        ],
    }
    return json.dumps(said, indent=1) + "\n"


def entries_of(text: str) -> list[Entry] | None:
    """Return the files that a manifest lists; None if trackbook did not write it so."""
    try:
        said = json.loads(text)
        found = [Entry(one["path"], one["size"], one["sha256"]) for one in said["files"]]
        same = text_of(found) == text
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = all(
        type(one.path) is str and type(one.size_bytes) is int and type(one.sha256) is str
        for one in found
    )
    return found if same and sound else None
