"""One dataset as a session saw it, and how its values are kept until they are gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from trackbook.capture.values import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.capture.spare import Spare
    from trackbook.code import Statement
    from trackbook.fingerprint import Columns
    from trackbook.records import Dataset

COPIED_BYTES = 8 << 20
"""Up to here data are copied at once, some 2 ms, and gone through in the background."""
COPIED_TEXTS = 50_000
SHARED_BYTES = 256 << 20
"""Up to here what cannot change is kept in memory until it has been gone through."""


@dataclass(slots=True, eq=False)
class Seen:
    """One dataset, from the moment it was first seen."""

    dataset_id: str
    shows: Dataset | None
    """What showed of it at once; until it is written."""
    quick: str
    name: str
    """As its file, its loader or the argument calls it."""
    thing: Callable[[], object]
    """Gives the object while it lives."""
    parts: frozenset[int]
    line: int | None
    role: str | None
    """What for, where it was made ready for runs to come: loaded, or training in a holder."""
    is_named: bool = False
    """The user gave the name."""
    copy: object = None
    """To go through; None where the data themselves are, if they still live."""
    is_changed: bool = False
    """Something in it changed, or may have, before it was gone through."""


class Use(NamedTuple):
    """A run used a dataset."""

    run_id: str
    seen: Seen
    role: str


@dataclass(slots=True)
class Here:
    """What one cell has shown so far."""

    seen: list[Seen] = field(default_factory=list)
    by_id: dict[int, Seen] = field(default_factory=dict)
    """The last one at each address: a temporary's is soon given to another."""
    uses: list[Use] = field(default_factory=list)
    spent_s: float = 0.0


def snapshot(found: Columns, spare: Spare | None) -> object:
    """Return data as they are now, to go through later; None where that would cost much.

    Never the object itself: that it lives on could be noticed.
    """
    if found.share is not None and found.size_bytes <= SHARED_BYTES:
        return found.share()
    small = found.size_bytes <= COPIED_BYTES and found.text_count <= COPIED_TEXTS
    if not small:
        return None
    if spare is not None and found.array is not None:
        copied: object = spare.copy_of(found.array)
        if copied is not None:
            return copied
    return found.copy()


def is_database(value: object) -> bool:
    """Tell whether a value is DuckDB itself, a connection to it or a relation of it."""
    kind = type(value)
    if kind is ModuleType:
        return vars(value).get("__name__") == "duckdb"
    module, name = place_of(kind)
    return module.partition(".")[0] in ("duckdb", "_duckdb") and name.startswith("DuckDBPy")


def name_of(
    seen: Seen, statements: Sequence[Statement], namespace: Mapping[str, object]
) -> str | None:
    """Return the variable that held data where they were seen: bound there, or handed on.

    Where a function handed them on, it is any that holds them, unless IPython made it.
    """
    thing = seen.thing()
    if thing is None:
        return None
    for one in statements:
        if seen.line is not None and one.line <= seen.line <= one.end_line:
            for name in (*sorted(one.binds), *sorted(one.reads)):
                if namespace.get(name) is thing:
                    return name
    held = (n for n, value in list(namespace.items()) if value is thing and n[:1] != "_")
    return next(held, None)


def weakly(thing: Any) -> Callable[[], object]:
    """Return what gives an object while it lives; nothing where it takes no weak reference."""
    try:
        return ref(thing)
    except TypeError:
        return lambda: None
