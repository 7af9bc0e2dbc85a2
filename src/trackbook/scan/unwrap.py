"""Unpacks compressed files into temporary ones, within the budget, and scans what was in them."""

from __future__ import annotations

import bz2
import lzma
import tempfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from trackbook.scan.limits import MB, Unclear
from trackbook.scan.reader import Blob

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.desk import Desk
    from trackbook.scan.limits import Budget

CHUNK = 1 << 16
IN_MEMORY = 32 * MB
LZMA_MEMORY = 256 * MB
MOST_STREAMS = 10_000


class Unpacker(Protocol):
    """What the decompressors of the standard library have in common, but for zlib's."""

    @property
    def eof(self) -> bool:
        """Whether the end of a stream was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether it can say no more without more bytes."""

    @property
    def unused_data(self) -> bytes:
        """What came behind the end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most so many bytes more."""


class Zlib:
    """zlib's decompressor with the manners of the others."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        """Whether the end of a stream was reached."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Whether it can say no more without more bytes."""
        return not self._inner.unconsumed_tail and not self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What came behind the end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return at most so many bytes more."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


UNPACKERS: dict[str, Callable[[], Unpacker]] = {
    "gzip": lambda: Zlib(31),
    "zlib": lambda: Zlib(15),
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, LZMA_MEMORY),
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, LZMA_MEMORY),
}
ENDINGS = (".gz", ".bz2", ".xz", ".lzma", ".z")


def scan_packed(blob: Blob, desk: Desk, kind: str) -> None:
    """Scan what a compressed file holds."""
    name = next((blob.name[: -len(e)] for e in ENDINGS if blob.name.endswith(e)), blob.name)
    with temporary() as file:
        size, rest = unpack(blob, kind, file, desk.budget)
        if rest:
            desk.unclear(
                blob.path, f"has {rest} bytes behind the end of what is compressed"
            )
        inner = Blob(f"{blob.path}!{kind}", name, file, size, blob.depth + 1, kind)
        desk.look(inner, desk)


def temporary() -> BinaryIO:
    """Return a temporary file that stays in memory while it is small."""
    return cast("BinaryIO", tempfile.SpooledTemporaryFile(IN_MEMORY))


def unpack(blob: Blob, kind: str, to: BinaryIO, budget: Budget) -> tuple[int, int]:
    """Unpack into a file; return how many bytes there are, and how many are left behind."""
    blob.file.seek(0)
    total = 0
    data = b""
    for _ in range(MOST_STREAMS):
        unpacker = UNPACKERS[kind]()
        while not unpacker.eof:
            if not data and unpacker.needs_input:
                data = blob.file.read(CHUNK)
                if not data:
                    raise Unclear(f"ends in the middle of what is compressed ({kind})")
            piece = unpacker.decompress(data, CHUNK * 16)
            data = b""
            total += len(piece)
            budget.grow(len(piece), total, blob.size)
            to.write(piece)
        data = unpacker.unused_data or blob.file.read(CHUNK)
        if not data or kind == "zlib" or not begins(kind, data):
            return total, (blob.size - blob.file.tell()) + len(data)
    raise Unclear(f"has more than {MOST_STREAMS} compressed streams")


def begins(kind: str, data: bytes) -> bool:
    """Tell whether one more stream of the same kind follows."""
    return data.startswith(
        {"gzip": b"\x1f\x8b", "bz2": b"BZh", "xz": b"\xfd7zXZ"}.get(kind, b"\0\0")
    )
