"""Frames that wait in memory while the disk takes nothing."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LARGEST_BYTES = 64 << 20
RETRY_S = 1.0
"""A call that logs tries the disk this often; in between it only appends to memory."""
SILENCE_S = 600.0
"""A disk that is full on and off is complained about once in this time."""


class Backlog:
    """A queue of frames, first in first out, that knows what it has said already."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._lost = 0
        self._next_try = self._silent_until = 0.0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_due(self) -> bool:
        """Say whether it is time to try the disk again."""
        return monotonic() >= self._next_try

    def keep(self, frame: bytes) -> str | None:
        """Queue a frame; return what to tell the user when this one is the first lost.

        When memory is used up the new is dropped, not the old: what there is then
        stays whole up to a moment.
        """
        if self._bytes + len(frame) > LARGEST_BYTES:
            self._lost += 1
            if self._lost > 1:
                return None
            return (
                f"cannot write to {self._folder} and memory for what waits is used up: new"
                " records are lost from here on; free some space"
            )
        self._frames.append(frame)
        self._bytes += len(frame)
        return None

    def pour(self, write: Callable[[bytes], None]) -> None:
        """Write the frames in order; each leaves the queue once it is written whole."""
        while self._frames:
            write(self._frames[0])
            self._bytes -= len(self._frames.popleft())

    def failed(self, error: OSError) -> str | None:
        """Note a vain try; return what to tell the user, if it was not said lately."""
        now = monotonic()
        self._next_try = now + RETRY_S
        if now < self._silent_until:
            return None
        self._silent_until = now + SILENCE_S
        return (
            f"cannot write to {self._folder} ({error.strerror or error}): new records wait"
            " in memory, nothing is lost yet; free some space"
        )

    def recovered(self) -> str | None:
        """Note that all is written; return what to tell the user of what was lost."""
        lost, self._lost, self._next_try = self._lost, 0, 0.0
        if not lost:
            return None
        return f"{lost} records were lost while {self._folder} could not be written"
