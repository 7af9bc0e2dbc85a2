"""What need not be heard while all that trains is a watched call that tells of it by itself."""

from __future__ import annotations

import sys
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Sleepers:
    """Functions that are asleep, not heard at all, while they would be passed over anyway.

    A call that raises is never heard to end. So one function, the pulse, stays awake, which
    any loop of the user's calls before it calls a sleeper: where it finds itself outside of
    watched calls it wakes them. Nobody sleeps while a thread lives in which that was so, other
    than the one that trains now.

    Threads take part without a lock, which a fork could leave locked: who lulls looks again
    afterwards, and who wakes says so before.
    """

    def __init__(self) -> None:
        self.is_asleep = False
        self._is_vain = False
        """Whether they could not sleep: not asked again until a call begins or ends."""
        self._hushes: list[Callable[[bool], object]] = []
        self.outside: set[int] = set()
        """Threads in which the pulse was outside: always the same set, as others look into it."""

    def add(self, hush: Callable[[bool], object]) -> None:
        """Let a function sleep with the others: `hush` says whether it does."""
        self._hushes.append(hush)

    def hush(self, is_quiet: bool) -> None:
        """Hear none of them any more, or all again."""
        for hush in tuple(self._hushes):
            hush(is_quiet)

    def lull(self) -> None:
        """Let them sleep: this thread is within a watched call."""
        if self.is_asleep or self._is_vain:
            return
        self._is_vain = bool(self._others())
        if self._is_vain:
            return
        self.is_asleep = True
        self.hush(True)
        if not self.is_asleep or self._others():
            self.is_asleep = False
            self.hush(False)

    def wake(self) -> None:
        """Hear them again: it is not known any more who is within a watched call."""
        self._is_vain = False
        if self.is_asleep:
            self.is_asleep = False
            self.hush(False)

    def found_outside(self) -> None:
        """Hear them: the pulse is outside of watched calls in this thread."""
        self.outside.add(get_ident())
        self.wake()

    def _others(self) -> set[int]:
        """Return the other threads that live in which the pulse was outside."""
        if not self.outside:
            return self.outside
        living = sys._current_frames()  # noqa: SLF001 - the only way to who lives
        self.outside.intersection_update(living)
        return self.outside - {get_ident()}
