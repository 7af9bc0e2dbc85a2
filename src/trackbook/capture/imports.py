"""Tells when modules of given names have been imported; imports nothing itself."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from inspect import unwrap
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType, FunctionType, ModuleType

    from trackbook.capture.taps import Closed

    Hear = Callable[[FunctionType, Closed], object]


class Imports:
    """Modules of given names, told after each execution: import, reload, lazy load.

    It listens to the method by which Python's own loaders, zip files included, execute a
    module. No finder joins `sys.meta_path`, no loader is wrapped, and an import that
    fails has the traceback it always had. Modules executed by foreign loaders are told
    by the next `catch_up`.
    """

    def __init__(
        self,
        names: Iterable[str],
        imported: Callable[[ModuleType], object],
        near: Callable[[ModuleType], object],
    ) -> None:
        """Make ears for some names.

        Args:
            names: the modules to be told of
            imported: gets each of them, as often as it is executed
            near: gets the other modules of the same packages, as they are executed
        """
        self._names = frozenset(names)
        self._packages = frozenset(name.partition(".")[0] for name in self._names)
        self._untold = set(self._names)
        self._imported = imported
        self._near = near

    def start(self, hear: Hear) -> None:
        """Tell of modules already there, and of others once they are executed."""
        hear(cast("FunctionType", unwrap(SourceFileLoader.exec_module)), self._executed)
        self.catch_up()

    def catch_up(self) -> None:
        """Tell of modules that arrived unheard."""
        for name in self._untold & sys.modules.keys():
            module = sys.modules[name]
            spec = getattr(module, "__spec__", None)
            if not getattr(spec, "_initializing", False):
                self._tell(name, module)

    def _executed(self, frame: FrameType, _result: object) -> None:
        module = frame.f_locals["module"]
        name = module.__name__
        if name in self._names:
            self._tell(name, module)
        elif name.partition(".")[0] in self._packages:
            self._near(module)

    def _tell(self, name: str, module: ModuleType) -> None:
        self._untold.discard(name)
        self._imported(module)
