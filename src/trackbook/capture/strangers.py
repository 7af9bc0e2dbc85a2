"""Names that no cell of this session made: where each of them is from."""

from __future__ import annotations

import re
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from trackbook.capture.values import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MOST_NAMES = 2_000
"""In a namespace; what changes between two cells of a larger one is not looked for."""
STORED = re.compile(r"^[ \t]*%store[ \t]+(?:-\w+[ \t]+)*-r\b[ \t]*([^\n#]*)", re.MULTILINE)
SHELLS_OWN = frozenset({"In", "Out", "get_ipython", "exit", "quit", "display", "open"})


class Strangers:
    """What stood in the namespace, or changed in it, though no recorded cell did that.

    Told by identity: between the end of one cell and the beginning of the next only
    widgets, threads, debuggers and requests that are no cells can bind a name.
    """

    def __init__(self) -> None:
        self._origins: dict[str, tuple[str, int]] = {}
        """Where a name is from, and the identity of its value then."""
        self._held: dict[str, int] | None = None
        """The identity of every value when the last cell had ended; None: not looked."""
        self._began = False
        self._blind = False
        """Something ran since that was not recorded."""

    def unrecorded(self) -> None:
        """Note that a cell runs of which nothing is recorded."""
        self._blind = True

    def loaded(self, namespace: Mapping[str, object]) -> None:
        """Look at the names that are there when trackbook is loaded."""
        # The copy is made in one step: other threads may bind names meanwhile.
        self._note("before", dict(namespace))
        self._held = identities(namespace)

    def before(self, namespace: Mapping[str, object]) -> None:
        """Look at the names before a cell."""
        origin = "unrecorded" if self._blind else "between"
        if not self._began:
            self._began, origin = True, "loading"
        elif len(namespace) > MOST_NAMES:
            return
        if self._held is None:
            return
        held, now = self._held, dict(namespace)
        changed = {
            name: value for name, value in now.items() if held.get(name) != id(value)
        }
        self._note(origin, changed)

    def _note(self, origin: str, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            if not (name.startswith("_") or name in SHELLS_OWN or is_imported(value)):
                self._origins[name] = origin, id(value)

    def after(
        self, namespace: Mapping[str, object], binds: Collection[str], source: str
    ) -> None:
        """Look at the names after a cell that bound some of them."""
        self._blind = False
        for name in binds:
            self._origins.pop(name, None)
        held = self._held = identities(namespace) if len(namespace) <= MOST_NAMES else None
        if held is not None:  # a cell that binds a name by other ways binds it too
            for name, (_, place) in tuple(self._origins.items()):
                if held.get(name) != place:
                    del self._origins[name]
        if "%store" in source:
            for found in STORED.finditer(source):
                named = {n: namespace[n] for n in found[1].split() if n in namespace}
                self._note("store", named)

    def among(
        self, names: Iterable[str], namespace: Mapping[str, object]
    ) -> dict[str, str]:
        """Return which of the names that a cell used are strangers, and where from.

        What was imported is none, whoever imported it.
        """
        found = {}
        for name in names if self._origins else ():
            origin, place = self._origins.get(name, (None, 0))
            # In a namespace too large to be looked through it may have been bound since.
            if origin and (self._held is not None or id(namespace.get(name)) == place):
                found[name] = origin
        return found


def identities(namespace: Mapping[str, object]) -> dict[str, int]:
    """Return the identity of each value."""
    held = dict(namespace)
    return dict(zip(held, map(id, held.values()), strict=True))


def is_imported(value: Any) -> bool:
    """Say whether a value is a module, or a function or class of one."""
    kind = type(value)
    if kind is ModuleType or kind is BuiltinFunctionType:
        return True
    if kind is FunctionType:
        module = value.__module__
        return type(module) is str and module != "__main__"
    if issubclass(kind, type):
        return place_of(value)[0] != "__main__"
    return False
