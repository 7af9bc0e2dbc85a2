"""Hears the calls of chosen Python functions without a frame or a wrapper of its own."""

from __future__ import annotations

import sys
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trackbook.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, FrameType, FunctionType

    Opened = Callable[[FrameType], object]
    Closed = Callable[[FrameType, object], object]


class Tap(Protocol):
    """A way to hear functions; what it is told to call must not raise."""

    def hear(
        self, function: FunctionType, *, opened: Opened | None, closed: Closed | None
    ) -> CodeType:
        """Return the code that the function's frames now run.

        `opened` gets each frame before its first line, `closed` the frame and the value it
        returns; a frame that ends by an exception is not closed. Every function with the
        same code object is heard.
        """

    def stop(self) -> None:
        """Hear nothing more and leave every function as it was."""


def new_tap() -> Tap:
    """Return this Python's way to hear functions; Busy where somebody else holds it."""
    return PythonTap()


@dataclass(frozen=True, slots=True)
class Ears:
    """What to call for one code object, which is kept so that its id stays its own."""

    code: CodeType
    opened: Opened | None
    closed: Closed | None


if sys.version_info >= (3, 12):
    from sys import monitoring

    SLOTS = (4, 3)  # 0, 1, 2 and 5 are spoken for by debuggers, coverage and profilers

    class PythonTap:
        """Local events of `sys.monitoring` (PEP 669): other code runs at full speed."""

        def __init__(self) -> None:
            free = [slot for slot in SLOTS if monitoring.get_tool(slot) is None]
            if not free:
                holders = " and ".join(str(monitoring.get_tool(slot)) for slot in SLOTS)
                raise Busy(
                    f"library calls are not watched: {holders} hold Python's monitoring "
                    "slots 4 and 3; unload one, then %reload_ext trackbook"
                )
            self._slot = free[0]
            self._ears: dict[int, Ears] = {}
            events = monitoring.events
            monitoring.use_tool_id(self._slot, "trackbook")
            monitoring.register_callback(self._slot, events.PY_START, self._started)
            monitoring.register_callback(self._slot, events.PY_RETURN, self._returned)

        def hear(
            self, function: FunctionType, *, opened: Opened | None, closed: Closed | None
        ) -> CodeType:
            code = function.__code__
            self._ears[id(code)] = Ears(code, opened, closed)
            start = monitoring.events.PY_START if opened else 0
            end = monitoring.events.PY_RETURN if closed else 0
            monitoring.set_local_events(self._slot, code, start | end)
            return code

        def stop(self) -> None:
            for ears in self._ears.values():
                monitoring.set_local_events(self._slot, ears.code, 0)
            self._ears.clear()
            monitoring.register_callback(self._slot, monitoring.events.PY_START, None)
            monitoring.register_callback(self._slot, monitoring.events.PY_RETURN, None)
            monitoring.free_tool_id(self._slot)

        def _started(self, code: CodeType, _offset: int) -> None:
            ears = self._ears.get(id(code))
            if ears is not None and ears.opened:
                try:
                    ears.opened(sys._getframe(1))  # noqa: SLF001 - the only way to a frame
                except RecursionError:
                    return  # the user's recursion may have room for one more frame, not for us

        def _returned(self, code: CodeType, _offset: int, result: object) -> None:
            ears = self._ears.get(id(code))
            if ears is not None and ears.closed:
                try:
                    ears.closed(sys._getframe(1), result)  # noqa: SLF001 - as above
                except RecursionError:
                    return

else:
    UNTRACED = "_torchdynamo_disable"
    """Tells torch.compile to call a function and not to trace it: spliced code it cannot."""

    class PythonTap:
        """Python 3.11: the same code with two calls spliced in, until `stop`."""

        def __init__(self) -> None:
            global _listening  # noqa: PLW0603 - spliced code finds its tap by it
            if _listening is not None:
                raise Busy("library calls are watched already; %unload_ext trackbook first")
            self.ears: dict[int, Ears] = {}
            self._swapped: list[tuple[weakref.ref[FunctionType], CodeType, CodeType]] = []
            self._plain: dict[int, CodeType] = {}
            """What stood there, by the id of spliced code, which `ears` keeps."""
            _listening = self

        def hear(
            self, function: FunctionType, *, opened: Opened | None, closed: Closed | None
        ) -> CodeType:
            code = function.__code__
            known = self.ears.get(id(code))
            if known is None or (opened and not known.opened):
                plain = self._plain.get(id(code), code)
                code = spliced_for(plain, self.ears, hears_start=opened is not None)
                function.__code__ = code
                self._swapped.append((weakref.ref(function), plain, code))
                self._plain[id(code)] = plain
                if (function.__module__ or "").startswith("torch.optim"):
                    function.__dict__[UNTRACED] = True
            self.ears[id(code)] = Ears(code, opened, closed)
            return code

        def stop(self) -> None:
            global _listening  # noqa: PLW0603 - as above
            _listening = None
            for reference, plain, code in self._swapped:
                function = reference()
                if function is not None and function.__code__ is code:
                    function.__code__ = plain
                    function.__dict__.pop(UNTRACED, None)
            self._swapped.clear()
            self._plain.clear()
            self.ears.clear()

    _listening: PythonTap | None = None
    _made: dict[tuple[int, bool], tuple[CodeType, CodeType]] = {}
    """Code and what was spliced of it, for the next time that trackbook is loaded."""

    def spliced_for(
        plain: CodeType, taken: Mapping[int, Ears], *, hears_start: bool
    ) -> CodeType:
        """Return a function's code with our calls in it, none that another function has."""
        from trackbook.capture.splice import spliced

        key = id(plain), hears_start
        _, found = _made.get(key, (plain, plain))
        if found is plain or id(found) in taken:
            first = opening if hears_start else None
            found = spliced(plain, first=first, last=closing)
            _made[key] = plain, found
        return found

    # Spliced code holds these two as constants. They are named parts of this module so
    # that cloudpickle sends them by name: in a worker process they find no tap.

    def opening() -> None:
        """Tell the tap that the calling frame has begun."""
        frame = sys._getframe(1)  # noqa: SLF001 - the only way to a frame
        ears = _listening.ears.get(id(frame.f_code)) if _listening else None
        if ears is not None and ears.opened is not None:
            ears.opened(frame)

    def closing(result: object) -> None:
        """Tell the tap that the calling frame is about to return `result`."""
        frame = sys._getframe(1)  # noqa: SLF001 - as above
        ears = _listening.ears.get(id(frame.f_code)) if _listening else None
        if ears is not None and ears.closed is not None:
            ears.closed(frame, result)
