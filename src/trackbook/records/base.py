"""What a record is: one fact, written once, never changed.

Mark a class with `@kind("name")` and trackbook derives the rest from its
fields: the journal line, the DuckDB table, the JSON, and the round-trip tests.
To capture something new, add a kind; no other file needs to know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

import msgspec

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: dict[str, type[Record]] = {}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One captured fact. Subclasses hold only plain values, never live objects."""

    kind: ClassVar[str]


R = TypeVar("R", bound=Record)


def kind(name: str) -> Callable[[type[R]], type[R]]:
    """Declare a record class under the name it has on disk for ever."""

    def declare(cls: type[R]) -> type[R]:
        if name in KINDS:
            raise Misused(
                f"kind {name!r} is already {KINDS[name].__qualname__}: rename one"
            )
        cls.kind = name
        KINDS[name] = cls
        return cls

    return declare
