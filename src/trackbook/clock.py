"""What time it is, and names for things that never repeat."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    digits = f"{ms & 0xFFFF_FFFF_FFFF:012x}7{fraction:03x}{tail:016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
