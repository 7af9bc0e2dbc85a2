"""Rows without depth: mappings become dotted columns, values become plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import singledispatch

INT64 = range(-(2**63), 2**63)


def flat(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row whose mappings are spread over dotted names: `params.lr`."""
    out: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            inner = {str(key): item for key, item in value.items()}
            out.update({f"{name}.{key}": item for key, item in flat(inner).items()})
        else:
            out[name] = value
    return out


@singledispatch
def plain(value: object) -> object:
    """Return a value that strict JSON can hold, with nothing lost that matters.

    Times end in Z, what is no number is "NaN", "Infinity" or "-Infinity", bytes are hex.
    """
    return None if value is None else sound(str(value))


@plain.register
def _(value: Enum) -> object:
    return plain(value.value)


@plain.register(bool)
@plain.register(int)
def _(value: int) -> object:
    return value


@plain.register(float)
@plain.register(Decimal)
def _(value: float) -> object:
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


@plain.register(bytes)
@plain.register(bytearray)
@plain.register(memoryview)
def _(value: bytes) -> object:
    return bytes(value).hex()


@plain.register(date)
@plain.register(time)
def _(value: date) -> object:
    return value.isoformat()


@plain.register
def _(value: datetime) -> object:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@plain.register
def _(value: timedelta) -> object:
    return value.total_seconds()


@plain.register(Mapping)
def _(value: Mapping[object, object]) -> object:
    return {sound(str(key)): plain(item) for key, item in value.items()}


@plain.register(list)
@plain.register(tuple)
def _(value: list[object]) -> object:
    return [plain(item) for item in value]


@plain.register(set)
@plain.register(frozenset)
def _(value: set[object]) -> object:
    return sorted((plain(item) for item in value), key=str)


def sound(text: str) -> str:
    """Return text that UTF-8 can hold: halves of surrogate pairs are written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def columns_of(
    names: Sequence[str], rows: Sequence[Mapping[str, object]]
) -> dict[str, list[object]]:
    """Return flat columns of equal length, dotted ones where their mapping stood."""
    found: dict[str, dict[str, None]] = {name: {} for name in names}
    flats = [flat(row) for row in rows]
    for row, flat_row in zip(rows, flats, strict=True):
        for name in names:
            if isinstance(row[name], Mapping):
                inner = [key for key in flat_row if key.startswith(f"{name}.")]
                found[name].update(dict.fromkeys(inner))
            else:
                found[name][name] = None
    order = list(dict.fromkeys(key for name in names for key in found[name] or [name]))
    return {key: [row.get(key) for row in flats] for key in order}


def uniform(values: Sequence[object]) -> list[object]:
    """Return values of one type, as columns of Arrow and polars need; text if mixed."""
    known = [_machine(value) for value in values]
    types = {type(value) for value in known if value is not None}
    if types == {int, float}:
        return [float(v) if isinstance(v, (int, float)) else None for v in known]
    if len(types) > 1 or any(_too_large(value) for value in known):
        return [None if value is None else str(plain(value)) for value in known]
    return known


def _machine(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Enum):
        return value.value
    kept = (bool, int, float, str, bytes, datetime, date, time, timedelta, list)
    return value if value is None or isinstance(value, kept) else plain(value)


def _too_large(value: object) -> bool:
    return isinstance(value, int) and value not in INT64
