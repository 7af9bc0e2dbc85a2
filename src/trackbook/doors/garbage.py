"""What is alive when a session begins is left out of Python's rounds for garbage.

What a session brings along lives as long as it does, trackbook and the libraries that it needs are
half of it, and each full round of the collector walks through all of it again: 40 to 60 ms a round.
`gc.freeze` takes it out of these rounds, which makes them shorter by more than what the watch of
libraries adds to them. Nothing else changes: objects are freed by their counts as ever.
"""

from __future__ import annotations

import gc
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LASTING = (ModuleType, type, FunctionType, BuiltinFunctionType)
"""What a namespace may hold that nobody means to get rid of."""
OF_PYTHON = 5_000
"""More than Python sets aside by itself when it starts: 0 on 3.11, some hundreds on 3.12."""


class Aside:
    """What was set aside, until it is put back."""

    def __init__(self) -> None:
        self.is_ours = False

    def take(self, names: Mapping[str, object], hidden: Mapping[str, object]) -> bool:
        """Set aside what is alive, if it is no work of the user's that may be thrown away later.

        Args:
            names: the user's namespace
            hidden: what the shell itself put there

        Returns:
            Whether it was: not if a name holds more than modules, classes, functions, numbers
            or texts, nor if somebody has set things aside before.
        """
        own = (
            value for name, value in names.items() if name not in hidden and name[:1] != "_"
        )
        if gc.get_freeze_count() > OF_PYTHON or not all(map(_is_lasting, own)):
            return False
        gc.collect(
            1
        )  # what is young and of no use already; a full round would take its time
        gc.freeze()
        self.is_ours = True
        return True

    def put_back(self) -> None:
        """Let the collector see it again."""
        if self.is_ours:
            gc.unfreeze()
        self.is_ours = False


def _is_lasting(value: object) -> bool:
    return isinstance(value, LASTING) or not gc.is_tracked(value)
