"""Hears the calls of chosen Python functions without a frame or a wrapper of its own."""

from __future__ import annotations

import sys
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from trackbook.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, FrameType, FunctionType

    Opened = Callable[[FrameType], object]
    Closed = Callable[[FrameType, object], object]
    Noting = Callable[[object, object], object]


class Hearing(NamedTuple):
    """When anything is noted at all."""

    unless: Callable[[], object] | None = None
    """Asked first: not while it gives true."""
    when: Callable[[], object] | None = None
    """While it gives true."""

    def is_on(self) -> bool:
        """Tell whether it is noted now."""
        return not (self.unless and self.unless()) and (not self.when or bool(self.when()))


ALWAYS = Hearing()


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

    def note(
        self,
        function: FunctionType,
        argument: str,
        noting: Noting,
        hearing: Hearing = ALWAYS,
    ) -> CodeType:
        """Return the code that the function's frames now run, as `hear` does.

        `noting` gets the value of an argument, as it is at the end (None if it was deleted),
        and what is returned; on Python 3.11 no frame is made for that. `heard` gives it one.
        `hearing` is asked before.
        """

    def hush(self, code: CodeType, is_quiet: bool) -> None:
        """Hear nothing of what a code returns that is heard, or hear it again."""

    def heard(self) -> FrameType:
        """Return the innermost frame that is heard, of those that are running here."""

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
    argument: str = ""
    """What `noting` gets the value of."""
    noting: Noting | None = None
    hearing: Hearing = ALWAYS

    def ended(self, frame: FrameType, result: object) -> None:
        """Tell that a frame is about to return a result."""
        if self.closed is not None:
            self.closed(frame, result)
        elif self.noting is not None and self.hearing.is_on():
            self.noting(frame.f_locals.get(self.argument), result)


def innermost(frame: FrameType | None, ears: Mapping[int, Ears]) -> FrameType:
    """Return a frame, or the nearest of its callers, that is heard."""
    while frame is not None:
        if id(frame.f_code) in ears:
            return frame
        frame = frame.f_back
    raise LookupError("no frame here is heard")


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
            return self._listen(Ears(function.__code__, opened, closed))

        def note(
            self,
            function: FunctionType,
            argument: str,
            noting: Noting,
            hearing: Hearing = ALWAYS,
        ) -> CodeType:
            return self._listen(
                Ears(function.__code__, None, None, argument, noting, hearing)
            )

        def hush(self, code: CodeType, is_quiet: bool) -> None:
            ears = self._ears.get(id(code))
            if ears is not None:
                start = monitoring.events.PY_START if ears.opened else 0
                end = monitoring.events.PY_RETURN if ears.closed or ears.noting else 0
                events = start if is_quiet else start | end
                monitoring.set_local_events(self._slot, code, events)

        def heard(self) -> FrameType:
            return innermost(sys._getframe(1), self._ears)  # noqa: SLF001 - the only way to a frame

        def _listen(self, ears: Ears) -> CodeType:
            code = ears.code
            self._ears[id(code)] = ears
            self.hush(code, False)
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
            if ears is not None:
                try:
                    if ears.noting is None:
                        ears.ended(sys._getframe(1), result)  # noqa: SLF001 - as above
                        return
                    unless, when = ears.hearing  # as `is_on`: a call more is dear here
                    if (unless is None or not unless()) and (when is None or when()):
                        here = sys._getframe(1).f_locals  # noqa: SLF001 - as above
                        ears.noting(here.get(ears.argument), result)
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
            self._swapped: dict[int, Swapped] = {}
            """By the id of the spliced code."""
            _listening = self

        def hear(
            self, function: FunctionType, *, opened: Opened | None, closed: Closed | None
        ) -> CodeType:
            code = function.__code__
            known = self.ears.get(id(code))
            if known is None or (opened and not known.opened):
                plain = self._plain_of(function)
                made = spliced_for(plain, self.ears, opened is not None, None)
                return self._swap(function, made, Ears(made.code, opened, closed))
            self.ears[id(code)] = Ears(code, opened, closed)
            return code

        def note(
            self,
            function: FunctionType,
            argument: str,
            noting: Noting,
            hearing: Hearing = ALWAYS,
        ) -> CodeType:
            from trackbook.capture.splice import argument_at

            plain = self._plain_of(function)
            at = argument_at(plain, argument)
            made = spliced_for(plain, self.ears, hears_start=False, argument=at)
            ears = Ears(made.code, None, None, argument, noting, hearing)
            return self._swap(function, made, ears)

        def heard(self) -> FrameType:
            return innermost(sys._getframe(1), self.ears)  # noqa: SLF001 - the only way to a frame

        def hush(self, code: CodeType, is_quiet: bool) -> None:
            swapped, ears = self._swapped.get(id(code)), self.ears.get(id(code))
            if swapped is not None and ears is not None:
                swapped.made.hearer[:] = () if is_quiet else (*ears.hearing, ears.noting)

        def _swap(self, function: FunctionType, made: Made, ears: Ears) -> CodeType:
            self._swapped[id(made.code)] = Swapped(weakref.ref(function), made)
            self.ears[id(made.code)] = ears
            self.hush(made.code, False)
            function.__code__ = made.code
            if (function.__module__ or "").startswith("torch.optim"):
                function.__dict__[UNTRACED] = True
            return made.code

        def _plain_of(self, function: FunctionType) -> CodeType:
            swapped = self._swapped.get(id(function.__code__))
            return function.__code__ if swapped is None else swapped.made.plain

        def stop(self) -> None:
            global _listening  # noqa: PLW0603 - as above
            _listening = None
            for reference, made in self._swapped.values():
                made.hearer.clear()
                function = reference()
                if function is not None and function.__code__ is made.code:
                    function.__code__ = made.plain
                    function.__dict__.pop(UNTRACED, None)
            self._swapped.clear()
            self.ears.clear()

    class Hearer(list[Any]):
        """When, and what hears an argument's values and results of a code; empty while it is quiet.

        A list, as nothing else that may be true or not is asked for it as fast. A copy of the
        code in another process has none.
        """

        def __eq__(self, other: object) -> bool:
            return self is other

        def __hash__(self) -> int:  # type: ignore[override]  # code has one, so its parts do
            return id(self)

        def __reduce__(self) -> tuple[type[Hearer], tuple[()]]:
            return Hearer, ()

    class Made(NamedTuple):
        """Code with our calls in it."""

        plain: CodeType
        code: CodeType
        hearer: Hearer

    class Swapped(NamedTuple):
        """A function with our code in the place of its own."""

        function: weakref.ref[FunctionType]
        made: Made

    _listening: PythonTap | None = None
    _made: dict[tuple[int, bool, int | None], Made] = {}
    """What was spliced, for the next time that trackbook is loaded."""

    def spliced_for(
        plain: CodeType, taken: Mapping[int, Ears], hears_start: bool, argument: int | None
    ) -> Made:
        """Return a function's code with our calls in it, none that another function has."""
        from trackbook.capture.splice import spliced

        place = id(plain), hears_start, argument
        made = _made.get(place)
        if made is None or id(made.code) in taken:
            first = opening if hears_start else None
            last, hearer = closing if argument is None else noting, Hearer()
            code = spliced(plain, first=first, last=last, hearer=hearer, argument=argument)
            made = _made[place] = Made(plain, code, hearer)
        return made

    # Spliced code holds these three as constants. They are named parts of this module so
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
        if ears is not None:
            ears.ended(frame, result)

    def noting(hearer: Hearer, value: object, result: object) -> None:
        """Tell that a function is about to return `result`, and what it was given."""
        try:
            unless, when, note = hearer
        except ValueError:
            return  # nobody listens any more
        # As `is_on`: a call more is dear here.
        if (unless is None or not unless()) and (when is None or when()):
            note(value, result)
