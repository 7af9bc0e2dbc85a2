"""Memory for copies of data, touched before it is needed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SPARE_BYTES = 32 << 20
FEWEST_BYTES = 256 << 10
"""A session whose arrays are smaller gets on without: what they need is used again anyway."""
ALIGNED = 64
UNSHARED = 2
"""What `sys.getrefcount` gives for memory that no copy lies in: the attribute, and its argument."""


class Spare:
    """Holds copies of arrays until nobody wants them any more.

    A page of memory that is new to the process costs more than what is copied into it, and
    some systems take a hundred times as long where they had given the memory away.
    """

    def __init__(self, later: Callable[[Callable[[], None]], None]) -> None:
        """Take nothing yet; `later` does a job in the background, some time after it is asked."""
        self._later = later
        self._memory: Any = None
        self._is_asked = False
        self._used = 0

    def copy_of(self, array: Any) -> Any:
        """Return a copy of a numpy array; None where there is no room for one, as at first.

        The room is free again when all that was copied has been dropped.
        """
        if self._memory is None:
            if not self._is_asked and array.nbytes >= FEWEST_BYTES:
                self._is_asked = True
                self._later(self._make_ready)
            return None
        if sys.getrefcount(self._memory) <= UNSHARED:
            self._used = 0
        begin = -(-self._used // ALIGNED) * ALIGNED
        if begin + array.nbytes > SPARE_BYTES:
            return None
        across = not array.flags.c_contiguous and array.flags.f_contiguous
        values = array.T if across else array
        room = self._memory[begin : begin + array.nbytes]
        copied = room.view(array.dtype).reshape(values.shape)
        copied[...] = values
        self._used = begin + array.nbytes
        return copied.T if across else copied

    def _make_ready(self) -> None:
        import numpy as np

        memory = np.empty(SPARE_BYTES, "u1")
        memory.fill(0)
        self._memory = memory
