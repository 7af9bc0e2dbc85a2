"""What data are gone through as: rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Part(NamedTuple):
    """Some rows of a column."""

    values: Any
    """A numpy array of numbers, or a list of texts and other plain values."""
    missing: Any = None
    """Which of an array's values are not there: an array of yes and no, or None."""


class Column(NamedTuple):
    """One column: what it is called, its type as its library calls it, and its rows."""

    name: str
    type: str
    rows: Callable[[int, int], Part]
    """Given first row and the one past the last."""
    length: int | None = None
    """Where it is not as long as the data have rows."""


class Columns(NamedTuple):
    """Data as rows and columns."""

    shape: tuple[int, ...]
    row_count: int
    size_bytes: int
    columns: list[Column]
    at: Callable[[Any], Any]
    """Given an array of row numbers, the same kind of data with only these rows."""
    copy: Callable[[], Any]
    """Gives the same data in an object of its own, to be as they are whatever happens."""
    share: Callable[[], Any] | None
    """As `copy` and at no cost, where the library never changes a buffer that two share."""
    text_count: int
    """Values that are Python objects or texts: slow to go through."""
    array: Any = None
    """The numpy array of plain values that they are, where they are one."""


FAST = frozenset(
    f"{kind}{bits}" for kind in ("int", "uint", "float") for bits in (8, 16, 32, 64)
) | {"bool", "datetime64[ns]", "datetime64[us]", "datetime64[ms]", "datetime64[s]"}
SLOW = frozenset({"object", "str", "string", "String", "category", "Categorical"})
