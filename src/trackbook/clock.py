"""What time it is, and names for things that never repeat."""

from __future__ import annotations

import os
import struct
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TAILS_AT_ONCE = 64


def now_us() -> int:
    """Return microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def time_of(us: int) -> datetime:
    """Return the aware UTC time of a `now_us` value, exact to the microsecond."""
    return EPOCH + timedelta(microseconds=us)


def us_of(when: datetime) -> int:
    """Return the `now_us` value of an aware time."""
    return (when - EPOCH) // timedelta(microseconds=1)


def new_id() -> str:
    """Return a UUIDv7 (RFC 9562, method 3): sorts by time of making, to a quarter µs."""
    ns = time.time_ns()
    ms, rest = divmod(ns, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    try:
        tail = tails.pop()
    except IndexError:
        tails.extend(random_tails())
        tail = tails.pop()
    digits = f"{ms & 0xFFFF_FFFF_FFFF:012x}"
    return f"{digits[:8]}-{digits[8:]}-7{fraction:03x}-{tail}"


def random_tails() -> list[str]:
    """Return the last 62 random bits of many ids, with their variant, as they are written.

    One system call for many: by itself it costs as much as all the rest of an id.
    """
    drawn = os.urandom(8 * TAILS_AT_ONCE)
    numbers = struct.unpack(f">{TAILS_AT_ONCE}Q", drawn)
    texts = (f"{n & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000:016x}" for n in numbers)
    return [f"{text[:4]}-{text[4:]}" for text in texts]


tails: list[str] = []
"""Random ends that no id has yet."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=tails.clear)  # a child must not give its parent's
