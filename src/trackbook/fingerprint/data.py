"""Fingerprints of data: the same for the same values, in whatever library and layout.

A column comes to the BLAKE3 of its values in one canonical form: numbers as little-endian
bytes with one kind of NaN, moments as microseconds in UTC whatever their unit, texts as
their UTF-8 with their lengths, categories as what they stand for; which values are missing
is part of it. A dataset comes to that of its shape and its columns, named, in order.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from blake3 import blake3

from trackbook.fingerprint.columns import columns_of
from trackbook.fingerprint.marks import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackbook.fingerprint.column import Columns, Part

    Watch = Callable[[int, Part], None]

ROWS_AT_ONCE = 65_536
"""Short enough that other threads wait for no longer than a few milliseconds."""
SAMPLED_ROWS = 64
SAMPLED_COLUMNS = 40
DIGEST_BYTES = 16
NOTHING = blake3().digest()
NANOSECONDS = 1_000
"""In a microsecond."""


class Opaque(Exception):
    """A value that has no canonical form: an object of the user's own, in a column."""


class Look(NamedTuple):
    """What shows of data at once."""

    columns: Columns
    quick: str
    """`q1:` and a digest of shape, names, types and a sample of rows."""


class Digested(NamedTuple):
    """What all values of data come to."""

    digest: str
    """`fp1:` and 32 hex digits; empty where a column has none."""
    column_digests: list[str]
    """32 hex digits each; empty for one that holds objects of unknown types."""


def look_at(value: object) -> Look | None:
    """Return what shows of data at once; None for what is no data, or of no known type.

    It takes well under a millisecond for some ten columns, however many rows there are.
    """
    found = columns_of(value)
    if found is None:
        return None
    import numpy as np

    hasher = blake3(repr((found.shape, len(found.columns))).encode())
    for column in found.columns:
        hasher.update(f"{column.name}\0".encode("utf-8", "surrogatepass"))
    numbers = None
    if found.row_count > SAMPLED_ROWS:
        last = found.row_count - 1
        numbers = (np.arange(SAMPLED_ROWS) * (last / (SAMPLED_ROWS - 1))).astype("i8")
        numbers[-1] = last
    every = max(1, len(found.columns) // SAMPLED_COLUMNS)
    array = found.array
    if array is not None and array.dtype.kind in "fiubc":
        some = array if numbers is None else array[numbers]
        hasher.update(digests_of_array(some, len(found.columns), every))
    else:
        sample = found if numbers is None else columns_of(found.at(numbers))
        # Chosen rows of a frame have labels of their own, which the data had not.
        parts = sample.columns[: len(found.columns)] if sample is not None else []
        for column in parts[::every]:
            hasher.update(digest_of_rows(column.rows(0, SAMPLED_ROWS)))
    return Look(found, f"q1:{hasher.hexdigest(DIGEST_BYTES)}")


def digest_of_rows(part: Part) -> bytes:
    """Return what some rows of a column come to."""
    one = ColumnHash()
    try:
        one.take(part)
    except Opaque:
        return b"opaque"
    return one.digest()


def digests_of_array(array: Any, width: int, every: int) -> bytes:
    """Return what `digest_of_rows` gives for an array's columns, for all at once.

    Args:
        array: numbers, or yes and no
        width: as how many columns it counts: one, or as many as it has
        every: each such column is wanted
    """
    import numpy as np

    kind, values = f"{array.dtype.kind}{array.dtype.itemsize}", in_order(array)
    rows = values.reshape(1, -1) if width == 1 else np.ascontiguousarray(values.T[::every])
    digests = (blake3(row.tobytes()).digest() for row in rows)
    return b"".join(column_digest(kind, rows.shape[1], 0, each) for each in digests)


def digest_of_data(found: Columns, watch: Watch = lambda _at, _part: None) -> Digested:
    """Return the fingerprint of data.

    Args:
        found: the data
        watch: given each part and the number of its column, in passing
    """
    hashes = [ColumnHash() for _ in found.columns]
    opaque: set[int] = set()
    for first, past in stretches(found):
        for at, column in enumerate(found.columns):
            part = column.rows(first, past)
            watch(at, part)
            if at not in opaque:
                try:
                    hashes[at].take(part)
                except Opaque:
                    opaque.add(at)
    whole = blake3(repr(found.shape).encode())
    digests = [one.digest() for one in hashes]
    for column, one in zip(found.columns, digests, strict=True):
        whole.update(f"{column.name}\0".encode("utf-8", "surrogatepass") + one)
    return Digested(
        "" if opaque else f"fp1:{whole.hexdigest(DIGEST_BYTES)}",
        [
            "" if at in opaque else one[:DIGEST_BYTES].hex()
            for at, one in enumerate(digests)
        ],
    )


def stretches(found: Columns) -> Iterator[tuple[int, int]]:
    """Yield first rows and those past the last, of parts of a size that is soon done."""
    cells = max(1, found.row_count * len(found.columns))
    step = max(1, ROWS_AT_ONCE // max(1, found.size_bytes // (8 * cells)))
    lengths = [column.length or 0 for column in found.columns]
    longest = max(found.row_count, *lengths, 0)
    for first in range(0, longest, step):
        yield first, first + step


class ColumnHash:
    """One column's hash, taken part by part."""

    def __init__(self) -> None:
        self._kind = ""
        self._values, self._lengths, self._missing = blake3(), blake3(), blake3()
        self._count = self._missing_count = 0

    def take(self, part: Part) -> None:
        """Take in the next rows; raises Opaque for a value without canonical form."""
        values = part.values
        if isinstance(values, list):
            self._take_texts(values)
            return
        kind = values.dtype.kind
        if kind in "Mm":
            values = self._in_moments(values)
        else:
            kind = f"{kind}{values.dtype.itemsize}"
            values = in_order(values)
        if part.missing is not None:
            if kind[0] == "f":
                values = values.copy()
                values[part.missing] = float("nan")
            else:
                self._note_missing(part.missing)
        self._kind = self._kind or kind
        self._count += values.size
        self._values.update(bytes_of(values))

    def _take_texts(self, values: list[Any]) -> None:
        import numpy as np

        gone = [is_missing(value) for value in values]
        texts = [
            b"" if out else encoded(value) for value, out in zip(values, gone, strict=True)
        ]
        self._kind = self._kind or "text"
        self._count += len(texts)
        self._values.update(b"".join(texts))
        self._lengths.update(bytes_of(np.fromiter(map(len, texts), "<i8", len(texts))))
        if any(gone):
            self._note_missing(np.array(gone))

    def _in_moments(self, values: Any) -> Any:
        """Return moments or spans as whole microseconds; what is left over is noted apart."""
        import numpy as np

        if np.datetime_data(values.dtype)[0] != "ns":
            return values.astype(f"{values.dtype.kind}8[us]").astype("<i8")
        whole = values.astype("<i8")
        never = whole == np.iinfo("i8").min
        rest = whole % NANOSECONDS
        places = np.flatnonzero((rest != 0) & ~never)
        self._lengths.update(bytes_of((places + self._count).astype("<i8")))
        self._lengths.update(bytes_of(rest[places].astype("<i8")))
        return np.where(never, whole, whole // NANOSECONDS)

    def _note_missing(self, gone: Any) -> None:
        import numpy as np

        places = np.flatnonzero(gone) + self._count
        self._missing.update(bytes_of(places.astype("<i8")))
        self._missing_count += places.size

    def digest(self) -> bytes:
        """Return what the rows so far come to."""
        parts = (self._values, self._lengths, self._missing)
        return column_digest(
            self._kind, self._count, self._missing_count, *(one.digest() for one in parts)
        )


def column_digest(
    kind: str,
    count: int,
    missing_count: int,
    values: bytes,
    lengths: bytes = NOTHING,
    missing: bytes = NOTHING,
) -> bytes:
    """Return what a column comes to: its kind, its counts and the digests of its parts."""
    head = f"{kind} {count} {missing_count}".encode()
    return blake3(head + values + lengths + missing).digest()


def in_order(values: Any) -> Any:
    """Return numbers little-endian, with one kind of NaN."""
    import numpy as np

    dtype = values.dtype
    if dtype.byteorder == ">" or (dtype.byteorder == "=" and sys.byteorder == "big"):
        values = values.astype(dtype.newbyteorder("<"))
    if dtype.kind not in "fc":
        return values
    gone = np.isnan(values)
    return np.where(gone, dtype.type(np.nan), values) if gone.any() else values


def bytes_of(values: Any) -> memoryview:
    """Return an array's bytes in C order."""
    import numpy as np

    flat: Any = np.ascontiguousarray(values).reshape(-1).view("u1")
    return memoryview(flat)


def is_missing(value: object) -> bool:
    """Tell whether a value stands for one that is not there."""
    if value is None or (type(value) is float and value != value):  # noqa: PLR0124  NaN
        return True
    return id(type(value)) not in PLAIN and place_of(type(value))[1] in (
        "NAType",
        "NaTType",
    )


def encoded(value: object) -> bytes:
    """Return a plain value as bytes that no other has; raises Opaque for any other."""
    kind = type(value)
    if kind is str:
        return value.encode("utf-8", "surrogatepass")  # type: ignore[attr-defined,no-any-return]
    if kind is bytes:
        return b"\0b" + value  # type: ignore[operator]
    if kind is list or kind is tuple:
        parts = [encoded(item) for item in value]  # type: ignore[attr-defined]
        return b"\0l" + b"".join(b"%d:" % len(one) + one for one in parts)
    if kind is dict:
        return b"\0d" + encoded(sorted((str(k), v) for k, v in value.items()))  # type: ignore[attr-defined]
    if id(kind) in PLAIN or is_known(kind):
        return f"\0{place_of(kind)[1]} {value!r}".encode("utf-8", "surrogatepass")
    if kind is sys.modules["numpy"].ndarray:
        return encoded(value.tolist())  # type: ignore[attr-defined]
    raise Opaque


def is_known(kind: type) -> bool:
    """Tell whether a type is one of numpy's or pandas' own scalars."""
    module, name = place_of(kind)
    package = module.partition(".")[0]
    if package not in ("numpy", "pandas") or name == "ndarray":
        return False
    return getattr(sys.modules.get(package), name, None) is kind


PLAIN = frozenset(
    map(
        id,
        (
            int, float, bool, complex, dt.date, dt.datetime, dt.time, dt.timedelta,
            Decimal, Fraction, UUID,
        ),
    )
)  # fmt: skip
"""By id, for a metaclass may redefine how its classes are hashed and compared."""
