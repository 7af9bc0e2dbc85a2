"""What a card has to be that somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.libraries.base import Library, Noted, Only

if TYPE_CHECKING:
    from trackbook.libraries.base import Reader

WORD = r"[^\W\d]\w*"
MODULE = rf"{WORD}(?:\.{WORD})*"
FORMS = {
    "functions": (re.compile(rf"{MODULE}:(?:{WORD}|\*)"), "module.path:name"),
    "methods": (re.compile(rf"{MODULE}:{WORD}"), "module.path:Class"),
    "live": (re.compile(rf"{MODULE}:{WORD}(?:\.{WORD})?"), "module.path:Class.name"),
}
"""How each part of a card names what it watches."""


def checked_card(found: object, said: str) -> Library:
    """Return a card as it is now: what its author changes in it later has no effect.

    Args:
        found: what is taken for a card
        said: what to call it in a message

    Raises:
        Misused: it is none, or it names what could never be watched
    """
    if type(found) is not Library:
        kind = type(found)
        raise Misused(
            f"{said} is a {kind.__module__}.{kind.__qualname__}, no trackbook.libraries.Library"
        )
    if type(found.module) is not str or not re.fullmatch(MODULE, found.module):
        raise Misused(f"{said}: its module is not the name of a module")
    functions = readers_of(named(found, "functions", said), f"{said}: functions")
    live = readers_of(named(found, "live", said), f"{said}: live")
    methods = {
        path: readers_of(readers, f"{said}: methods of {path}")
        for path, readers in named(found, "methods", said).items()
    }
    if not (functions or live or any(methods.values())):
        raise Misused(f"{said} names nothing to watch")
    watched = {name for readers in methods.values() for name in readers}
    if isinstance(found.hosts, str) or not watched.issuperset(found.hosts):
        raise Misused(f"{said}: hosts is a tuple of names of methods that it watches")
    return replace(found, functions=functions, methods=methods, live=live)


def named(card: Library, part: str, said: str) -> dict[str, object]:
    """Return one part of a card, whose keys say what to watch."""
    form, looks = FORMS[part]
    found = plain_dict(getattr(card, part), f"{said}: {part}")
    for path in found:
        if not form.fullmatch(path):
            raise Misused(f"{said}: {part} names {path[:80]!r}, which is not like {looks}")
        if re.split("[.:]", path)[0] == "trackbook":
            raise Misused(f"{said}: {part} names {path!r}: trackbook does not watch itself")
    return found


def readers_of(given: object, said: str) -> dict[str, Reader]:
    """Return functions by the names of what they read."""
    found: dict[str, Any] = plain_dict(given, said)
    for name, reader in found.items():
        asked: tuple[object, ...] = (reader,)
        if isinstance(reader, Only):
            asked = (reader.read, reader.when or reader.read)
        elif isinstance(reader, Noted):
            asked = (reader.note, reader.read or reader.note, reader.when or reader.note)
        if not all(map(callable, asked)):
            kind = type(reader).__name__
            raise Misused(
                f"{said}: {name[:80]!r} is read by a {kind}, which is no function"
            )
    return found


def plain_dict(given: object, said: str) -> dict[str, object]:
    """Return a mapping of names as a dict of ours."""
    if not isinstance(given, Mapping):
        raise Misused(f"{said}: a {type(given).__name__} instead of a dict")
    found = dict(given)
    for name in found:
        if type(name) is not str:
            raise Misused(f"{said}: a {type(name).__name__} instead of a name")
    return found
