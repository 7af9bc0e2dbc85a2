"""What stands in a frame: one fact, one number, or a batch of numbers.

Every payload is a msgpack array and complete in itself, so reading can start at
any frame. The first element tells which:

    "kind"  [kind, id, written_us, run_id, execution_id, {fields}]
    0       [0, run_id, execution_id, name, origin, written_us, step, value], the last
            three always in the 27 bytes of `TAIL`
    1       [1, run_id, execution_id, written_us, step, origin, {name: value}]
    2       [2, run_id, execution_id, name, origin, written_us, start | steps, values]

In a batch, `values` are little-endian doubles and `steps` little-endian 64-bit
integers as raw bytes; an integer `start` means steps counted from there. Numbers
are never JSON: its encoders turn NaN into null.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

from trackbook.clock import new_id, now_us

if TYPE_CHECKING:
    from trackbook.records import Record

SCALAR, SEVERAL, BATCH = 0, 1, 2

TAIL = struct.Struct(">BqBqBd")
"""msgpack of written_us, step and value: two int64, one float64, with type bytes."""
INT64, FLOAT64 = 0xD3, 0xCB

pack = msgspec.msgpack.Encoder().encode


def fact(record: Record, run_id: str | None, execution_id: str | None) -> bytes:
    """Return the payload of one record, stamped with a new id and the time now."""
    body = [record.kind, new_id(), now_us(), run_id, execution_id, record]
    try:
        return pack(body)
    except UnicodeEncodeError:
        return pack([*body[:5], speakable(msgspec.to_builtins(record))])


def speakable(value: object) -> object:
    """Return a value whose texts are UTF-8: lone surrogates are spelled out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [speakable(item) for item in value]
    if isinstance(value, dict):
        return {speakable(k): speakable(v) for k, v in value.items()}
    return value


def scalar_prefix(run_id: str, execution_id: str | None, name: str, origin: str) -> bytes:
    """Return the unchanging front of one series' scalar payloads."""
    front = pack([SCALAR, run_id, execution_id, speakable(name), origin])
    return bytes([0x98]) + front[1:]


def tail_of(us: int, step: int, value: float) -> bytes:
    """Return the changing end of a scalar payload."""
    return TAIL.pack(INT64, us, INT64, step, FLOAT64, value)


def several(
    run_id: str,
    execution_id: str | None,
    step: int,
    origin: str,
    values: dict[str, float],
) -> bytes:
    """Return the payload of several numbers of one moment."""
    body = [SEVERAL, run_id, execution_id, now_us(), step, origin]
    try:
        return pack([*body, values])
    except UnicodeEncodeError:
        return pack([*body, speakable(values)])


def batch(  # the elements of a frame, in order
    run_id: str,
    execution_id: str | None,
    name: str,
    origin: str,
    steps: int | bytes,
    values: bytes,
) -> list[bytes]:
    """Return the payload of many points of one series, in parts that spare a copy."""
    front = pack([BATCH, run_id, execution_id, speakable(name), origin, now_us(), steps])
    size = len(values)
    return [bytes([0x98]) + front[1:] + bytes([0xC6]) + struct.pack(">I", size), values]
