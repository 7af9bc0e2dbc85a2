"""The journal's frames: magic, length, checksum, payload; readable after any cut."""

from __future__ import annotations

import struct
from typing import NamedTuple
from zlib import crc32

MAGIC = 0x31A5B7C3
HEAD = struct.Struct("<III")
"""Magic, length of the payload in bytes, CRC-32 of the payload."""
MAGIC_BYTES = struct.pack("<I", MAGIC)
LARGEST = 1 << 28
"""A frame that claims more than 256 MiB is damage, not data."""


def head_of(*parts: bytes | memoryview) -> bytes:
    """Return the frame head for a payload given in parts."""
    length = checksum = 0
    for part in parts:
        length += len(part)
        checksum = crc32(part, checksum)
    return HEAD.pack(MAGIC, length, checksum)


class Found(NamedTuple):
    """What a stretch of journal bytes holds."""

    payloads: list[memoryview]
    used: int
    """Bytes from the start that are dealt with: whole frames and skipped damage."""
    skipped: int
    """Bytes of damage passed over to reach a later whole frame."""
    ends: list[int]
    """Where each payload's frame ends, from the start."""


def frames_in(data: bytes) -> Found:
    """Return every whole frame; damage between whole frames is passed over.

    An unfinished frame at the end is left for the next reading: it may still be
    in the middle of being written.
    """
    view = memoryview(data)
    payloads: list[memoryview] = []
    ends: list[int] = []
    at = skipped = 0
    while at + HEAD.size <= len(data):
        end = whole_until(view, at)
        if end is None:
            following = next_whole(data, view, at + 1)
            if following is None:
                break
            skipped += following - at
            at = following
            continue
        payloads.append(view[at + HEAD.size : end])
        ends.append(end)
        at = end
    return Found(payloads, at, skipped, ends)


def whole_until(view: memoryview, at: int) -> int | None:
    """Return where the frame at `at` ends, or None when no whole frame stands there."""
    if at + HEAD.size > len(view):
        return None
    magic, length, checksum = HEAD.unpack_from(view, at)
    end = at + HEAD.size + length
    if magic != MAGIC or length > LARGEST or end > len(view):
        return None
    return end if crc32(view[at + HEAD.size : end]) == checksum else None


def next_whole(data: bytes, view: memoryview, start: int) -> int | None:
    """Return where the next whole frame begins, at or after `start`."""
    at = data.find(MAGIC_BYTES, start)
    while at >= 0:
        if whole_until(view, at) is not None:
            return at
        at = data.find(MAGIC_BYTES, at + 1)
    return None
