"""A digest of bytes that come in small pieces."""

from __future__ import annotations

from typing import Any

from blake3 import blake3


class Gathered:
    """Takes in pieces, and digests them together: a call costs more than a few bytes."""

    __slots__ = ("_hasher", "_pieces", "update")

    def __init__(self) -> None:
        self._hasher = blake3()
        self._pieces: list[bytes] = []
        self.update = self._pieces.append
        """Take in a piece, which nobody changes."""

    def take(self, whole: Any) -> None:
        """Take in what is large, or may change, at once."""
        self._flush()
        self._hasher.update(whole)

    def digest(self, length: int) -> bytes:
        """Return the digest of all that was taken in, so many bytes of it."""
        self._flush()
        return self._hasher.digest(length)

    def _flush(self) -> None:
        if self._pieces:
            self._hasher.update(b"".join(self._pieces))
            self._pieces.clear()
