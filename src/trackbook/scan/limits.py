"""How much a scan may cost, and what is raised when a file is not understood within that."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MB = 1024 * 1024


class Unclear(Exception):
    """A file is not what its kind says, or is not understood: inconclusive, so not safe."""


class Spent(Exception):
    """A limit of the whole scan is reached: nothing more is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one scan may cost; beyond that it ends and says so."""

    seconds: float = 120.0
    ops: int = 50_000_000
    """Steps: opcodes of pickles, fields of protobuf, members of archives, JSON nodes."""
    unpacked_bytes: int = 4 * 1024 * MB
    """Bytes that compressed files may grow to, all together."""
    ratio: int = 400
    """How much larger than itself a compressed thing may be, beyond `free_bytes`."""
    free_bytes: int = 64 * MB
    depth: int = 6
    """Archives in archives."""
    files: int = 200_000
    findings: int = 500
    json_bytes: int = 32 * MB
    text_bytes: int = 16 * MB
    """How much of a text is read for secrets."""


class Budget:
    """What is left of the limits."""

    __slots__ = ("_end", "_now", "files", "limits", "ops", "unpacked")

    def __init__(self, limits: Limits, now: Callable[[], float] = monotonic) -> None:
        self.limits = limits
        self._now = now
        self._end = now() + limits.seconds
        self.ops = 0
        self.unpacked = 0
        self.files = 0

    def spend(self, ops: int = 1) -> None:
        """Count steps, and raise once there were too many, or the time is over."""
        self.ops += ops
        if self.ops > self.limits.ops:
            raise Spent(f"the scan took more than {self.limits.ops} steps")
        if self._now() > self._end:
            raise Spent(f"the scan took longer than {self.limits.seconds:g} s")

    def look(self) -> None:
        """Count one more file."""
        self.spend()
        self.files += 1
        if self.files > self.limits.files:
            raise Spent(f"there are more than {self.limits.files} files")

    def descend(self, depth: int) -> None:
        """Raise if something lies in too many archives."""
        if depth > self.limits.depth:
            raise Unclear(f"lies in more than {self.limits.depth} archives")

    def grow(self, more: int, total: int, packed: int) -> None:
        """Count unpacked bytes: more of them, total of this thing, out of so many packed."""
        self.spend()
        self.unpacked += more
        if self.unpacked > self.limits.unpacked_bytes:
            raise Spent(f"what is packed grew beyond {self.limits.unpacked_bytes} bytes")
        if total > self.limits.free_bytes and total > self.limits.ratio * max(packed, 1):
            raise Unclear(
                f"grows to more than {self.limits.ratio} times its size: a decompression bomb"
            )
