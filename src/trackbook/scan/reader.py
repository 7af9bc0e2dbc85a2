"""Reads bytes forward from a file that may end anywhere and promise any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.scan.limits import Unclear

if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK = 1 << 18
MOST_AT_ONCE = 1 << 27
MOST_LINE = 1 << 16


class Blob(NamedTuple):
    """Bytes to look at: a file, or a member of an archive, that can be read anywhere."""

    path: str
    name: str
    """The last part of its path: what a loader would call it."""
    file: BinaryIO
    size: int
    depth: int = 0
    inside: str = ""
    """The kind of the archive that it lies in."""
    folder: str = ""
    """The real folder of a real file; empty in an archive."""

    def head(self, size: int = 4096) -> bytes:
        """Return the first bytes."""
        self.file.seek(0)
        return self.file.read(min(size, self.size))

    def whole(self, most: int) -> bytes:
        """Return all bytes of a blob that is no larger than the most."""
        if self.size > most:
            raise Unclear(f"is larger than the {most} bytes that are read of its kind")
        return self.head(self.size)


class Reader:
    """A place in a blob that moves forward; what is not there raises Unclear."""

    __slots__ = ("_at", "_base", "_block", "_file", "size")

    def __init__(self, file: BinaryIO, size: int, start: int = 0) -> None:
        self._file = file
        self.size = size
        self._base, self._at, self._block = start, 0, b""

    @property
    def at(self) -> int:
        """The offset of the next byte."""
        return self._base + self._at

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return self.size - self._base - self._at

    def twin(self) -> Reader:
        """Return another reader at the same place."""
        return Reader(self._file, self.size, self.at)

    def _fill(self, need: int) -> None:
        if need > self.size - self._base - self._at:
            raise Unclear("ends in the middle of something")
        if need > MOST_AT_ONCE:
            raise Unclear(f"has one value of {need} bytes where a short one belongs")
        self._base += self._at
        self._at = 0
        self._file.seek(self._base)
        self._block = self._file.read(max(BLOCK, need))
        if len(self._block) < need:
            raise Unclear("became shorter while it was read")

    def byte(self) -> int:
        """Return the next byte."""
        at = self._at
        if at >= len(self._block):
            self._fill(1)
            at = 0
        self._at = at + 1
        return self._block[at]

    def take(self, count: int) -> bytes:
        """Return exactly the next bytes."""
        if self._at + count > len(self._block):
            self._fill(count)
        start = self._at
        self._at = start + count
        return self._block[start : start + count]

    def skip(self, count: int) -> None:
        """Pass over bytes, without reading what is far."""
        if count < 0 or count > self.left:
            raise Unclear("promises more bytes than it has")
        if self._at + count <= len(self._block):
            self._at += count
        else:
            self._base, self._at, self._block = self.at + count, 0, b""

    def number(self, count: int, *, signed: bool = False) -> int:
        """Return a little-endian whole number of so many bytes."""
        return int.from_bytes(self.take(count), "little", signed=signed)

    def line(self) -> bytes:
        """Return the bytes up to the next line end, which is passed over."""
        end = self._block.find(b"\n", self._at)
        if end < 0:
            self._fill(min(self.left, MOST_LINE))
            end = self._block.find(b"\n", self._at, MOST_LINE)
            if end < 0:
                raise Unclear("has a line without an end")
        found = self._block[self._at : end]
        self._at = end + 1
        return found
