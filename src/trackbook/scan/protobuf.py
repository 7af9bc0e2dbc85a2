"""Walks protobuf messages field by field, without a description of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.scan.limits import Budget
    from trackbook.scan.reader import Reader

MOST_VARINT = 10
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def fields_in(reader: Reader, end: int, budget: Budget) -> Iterator[tuple[int, int, int]]:
    """Yield number, wire type and value of each field; of bytes the value is their length.

    Who is given bytes may read them or not: the walk goes on behind them.
    """
    while reader.at < end:
        budget.spend()
        key = varint(reader)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value = varint(reader)
            after = reader.at
        elif wire in {BYTES, FIXED64, FIXED32}:
            value = varint(reader) if wire == BYTES else 8 if wire == FIXED64 else 4
            after = reader.at + value
        else:
            raise Unclear("has a field of protobuf of a kind that there is not")
        if after > end or number == 0:
            raise Unclear("has a field of protobuf that is longer than what it lies in")
        yield number, wire, value
        reader.skip(after - reader.at)


def varint(reader: Reader) -> int:
    """Return a whole number as protobuf writes it."""
    found = 0
    for place in range(MOST_VARINT):
        byte = reader.byte()
        found |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004  the bit that says: more follows
            return found
    raise Unclear("has a number of protobuf without an end")
