"""Where data came from, as text that may be kept: no user, no password, no token."""

from __future__ import annotations

import os
from pathlib import PosixPath, PurePath, WindowsPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from trackbook.capture.values import whereabouts

if TYPE_CHECKING:
    from trackbook.code import Secrets

LONGEST = 500
PATHS = frozenset(map(id, (PosixPath, WindowsPath)))
"""By id: a class of the user's own may answer anything."""
FILES = ("_io.TextIOWrapper", "_io.BufferedReader", "_io.FileIO")


class Location(NamedTuple):
    """Where data came from."""

    text: str
    """An absolute path, an address without its secrets, or a query."""
    name: str
    """What a user would call it: `train` for train.csv."""


def place_of_data(given: object, secrets: Secrets) -> Location | None:
    """Return a path, an address, an open file or a query as a location; None for bytes."""
    text = text_of(given)
    if text is None or not text.strip():
        return None
    if "\n" in text or (" " in text.strip() and not os.path.exists(text)):  # noqa: PTH110  may be no path
        return Location(secrets.in_text(" ".join(text.split()))[:LONGEST], "query")
    if "://" in text:
        clean = without_secrets(text, secrets)
        return Location(clean[:LONGEST], stem_of(urlsplit(clean).path))
    path = os.path.abspath(os.path.expanduser(text))  # noqa: PTH100, PTH111  as text, links kept
    return Location(path[-LONGEST:], stem_of(text))


def text_of(given: object) -> str | None:
    """Return what was given as a text, without asking it anything."""
    if type(given) is str:
        return given
    if id(type(given)) in PATHS:
        return str(given)
    kind = type(given)
    if whereabouts(given) in FILES:
        name = getattr(given, "name", None)
        return name if type(name) is str else None
    if kind is list and given and type(given[0]) is str:  # type: ignore[index]
        return given[0]  # type: ignore[index]
    return None


def without_secrets(address: str, secrets: Secrets) -> str:
    """Return an address without user and password, and without what its query keeps secret."""
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return secrets.in_text(address)
    host = parts.netloc.rpartition("@")[2]
    query = urlencode(
        [(name, value if is_open(name, value, secrets) else "***") for name, value in pairs]
    )
    return secrets.in_text(urlunsplit((parts.scheme, host, parts.path, query, "")))


def is_open(name: str, value: str, secrets: Secrets) -> bool:
    """Tell whether a part of a query is no secret: short, and not called like one."""
    closed = secrets.of_name(name) or any(word in name.lower() for word in CLOSED)
    return len(value) <= OPEN_LENGTH and not closed


OPEN_LENGTH = 40
CLOSED = ("key", "token", "secret", "sig", "pass", "pwd", "auth", "cred", "session", "code")


def stem_of(path: str) -> str:
    """Return a file's name without its endings."""
    name = PurePath(path.replace("\\", "/")).name
    return name.split(".")[0] or name
