"""The log's hash chain: how an entry is sealed, and how a changed one is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from trackbook.clock import time_of
from trackbook.journal import speakable
from trackbook.records import Approval, Shipment, Transition, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.registry.who import Who

    Entry = Version | Transition | Approval | Shipment

E = TypeVar("E", Version, Transition, Approval, Shipment)
UNSEALED: dict[str, Any] = {
    "entry": 0, "at_us": 0, "actor": "", "actor_from": "", "identity": "", "prev_hash": "",
    "hash": "",
}  # fmt: skip
"""What an entry says of its place in the log before it has one."""
FIRST = "0" * 64
"""What the first entry names as the hash before it."""


class Head(NamedTuple):
    """The last entry of the log."""

    entry: int = 0
    at_us: int = 0
    hash: str = FIRST


class Blemish(NamedTuple):
    """One place where the log is not as it was written."""

    entry: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What an examination of the whole log found."""

    count: int
    head: Head
    blemishes: Sequence[Blemish]

    @property
    def is_whole(self) -> bool:
        return not self.blemishes


def sealed(draft: E, head: Head, who: Who, now_us: int) -> E:
    """Return a decision as the entry that follows the head.

    Times never run backwards along the log, whatever clocks do.
    """
    texts = speakable(msgspec.to_builtins(draft))
    whole = msgspec.convert(texts, type(draft))
    named = msgspec.structs.replace(
        whole,
        entry=head.entry + 1,
        at_us=max(now_us, head.at_us),
        actor=who.name,
        actor_from=who.source,
        identity=who.as_json(),
        prev_hash=head.hash,
    )
    return msgspec.structs.replace(named, hash=hash_of(named))


def hash_of(entry: Entry) -> str:
    """Return the SHA-256 of an entry's kind and fields but the hash itself.

    Canonical JSON: keys sorted, no spaces, ASCII. A field that was added later and says
    nothing is left out, so that entries from before keep their hash.
    """
    said = {
        name: getattr(entry, name)
        for name, unless in fields_of(type(entry))
        if name != "hash" and getattr(entry, name) != unless
    }
    text = json.dumps([entry.kind, said], sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


@cache
def fields_of(kind: type[Entry]) -> list[tuple[str, object]]:
    """Return the names of a kind's fields, each with what it is where it says nothing."""
    return [(field.name, field.default) for field in msgspec.structs.fields(kind)]


def examined(log: Iterable[Entry], anchors: Mapping[int, Iterable[str]]) -> Chain:
    """Examine a log in its order, and whether it holds what was written down beside it.

    Args:
        log: all entries, by number
        anchors: hashes that were noted outside of the database, by entry
    """
    blemishes: list[Blemish] = []
    known: dict[int, str] = {}
    head = Head()
    count = 0
    for entry in log:
        count += 1
        if entry.entry != head.entry + 1:
            blemishes.append(Blemish(entry.entry, misplaced(entry, head)))
        elif entry.prev_hash != head.hash:
            blemishes.append(
                Blemish(entry.entry, f"{called(entry)} does not follow the entry before it")
            )
        if hash_of(entry) != entry.hash:
            blemishes.append(
                Blemish(entry.entry, f"{called(entry)} was changed after it was written")
            )
        head = Head(entry.entry, entry.at_us, entry.hash)
        known[entry.entry] = entry.hash
    blemishes += unanchored(known, anchors)
    return Chain(count=count, head=head, blemishes=sorted(blemishes))


def misplaced(entry: Entry, head: Head) -> str:
    """Say what is wrong where the count of entries does not go on by one."""
    if entry.entry <= head.entry:
        return f"{called(entry)} has a number that another entry has too"
    missing = f"entry {head.entry + 1}"
    if entry.entry > head.entry + 2:
        missing = f"entries {head.entry + 1} to {entry.entry - 1}"
    return f"{missing} before {called(entry)}: gone"


def unanchored(
    known: Mapping[int, str], anchors: Mapping[int, Iterable[str]]
) -> list[Blemish]:
    """Return where the log lacks what was noted of it, or has another instead."""
    found = []
    for entry, hashes in anchors.items():
        if entry not in known:
            found.append(Blemish(entry, f"entry {entry} was written and is gone"))
        elif any(noted != known[entry] for noted in hashes):
            found.append(
                Blemish(
                    entry, f"entry {entry} is not the one that was noted beside the log"
                )
            )
    return found


def called(entry: Entry) -> str:
    """Return what an entry is, for people."""
    if isinstance(entry, Version):
        what = f"registration of {entry.model}@{entry.semver}"
    elif isinstance(entry, Transition):
        what = f"{entry.command} of {entry.model}"
    elif isinstance(entry, Shipment):
        what = f"{entry.model}@{entry.semver} {entry.step}"
    else:
        what = f"approval ({entry.step}) of {entry.model}"
    return f"entry {entry.entry} ({what}, {entry.actor}, {when(entry.at_us)})"


def when(us: int) -> str:
    """Return a time for people; what makes no sense as it is."""
    try:
        return f"{time_of(us):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError):
        return f"{us} µs"
