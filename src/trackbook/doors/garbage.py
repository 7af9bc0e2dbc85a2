"""What is alive before a session's work begins is left out of Python's rounds for garbage.

Modules live as long as a session, those that trackbook needs among them, and each full round of the
collector walks through all of them again: 40 to 60 ms for a kernel alone, more with each library.
`gc.freeze` takes them out of these rounds, which makes them shorter by more than what the watch of
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
        self.is_over = gc.get_freeze_count() > OF_PYTHON
        """Nothing more is set aside: the work has begun, or somebody else does it."""

    def take(self, names: Mapping[str, object], hidden: Mapping[str, object]) -> None:
        """Set aside what is alive, until there is work of the user's that may be thrown away.

        Args:
            names: the user's namespace: all is set aside as long as it holds modules, classes,
                functions, numbers and texts, and nothing from the first time it holds more
            hidden: what the shell itself put there
        """
        if self.is_over:
            return
        own = [value for name, value in names.items() if name not in hidden]
        shown = names.get("_oh")  # what cells put out is kept there
        own += shown.values() if type(shown) is dict else ()
        self.is_over = not all(map(_is_lasting, own))
        if not self.is_over:
            gc.collect(1)  # what is of no use already; all of it would take its time
            gc.freeze()
            self.is_ours = True

    def put_back(self) -> None:
        """Let the collector see it again."""
        if self.is_ours:
            gc.unfreeze()
        self.is_ours, self.is_over = False, True


def _is_lasting(value: object) -> bool:
    return isinstance(value, LASTING) or not gc.is_tracked(value)
