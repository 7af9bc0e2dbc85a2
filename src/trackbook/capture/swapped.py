"""Hears functions by calls spliced into their code: Python 3.11, which has no `sys.monitoring`."""

from __future__ import annotations

import sys
import weakref
from threading import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.capture.running import process
from trackbook.capture.taps import Ears, innermost
from trackbook.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType, FunctionType

    from trackbook.capture.taps import Closed, Note, Opened

UNTRACED = "_torchdynamo_disable"
"""Tells torch.compile to call a function and not to trace it: spliced code it cannot."""


class SwappingTap:
    """Gives chosen functions the same code with two calls spliced in, until `stop`."""

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

    def note(self, function: FunctionType, note: Note) -> CodeType:
        from trackbook.capture.splice import argument_at

        plain = self._plain_of(function)
        at = argument_at(plain, note.argument)
        made = spliced_for(plain, self.ears, hears_start=False, argument=at)
        return self._swap(function, made, Ears(made.code, note=note))

    def heard(self) -> FrameType:
        return innermost(sys._getframe(1), self.ears)  # noqa: SLF001 - the only way to a frame

    def hush(self, code: CodeType, is_quiet: bool) -> None:
        swapped, ears = self._swapped.get(id(code)), self.ears.get(id(code))
        if swapped is not None and ears is not None:
            swapped.made.hearer[:] = () if is_quiet else (ears.note,)

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
    """The note of a code; empty while it is quiet.

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


_listening: SwappingTap | None = None
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
    if ears is not None and ears.closed is not None:
        ears.closed(frame, result)
    elif ears is not None and ears.note is not None:
        noting([ears.note], frame.f_locals.get(ears.note.argument), result)


def noting(hearer: list[Any], value: object, result: object) -> None:
    """Note that a function is about to return `result`, and a value of its own."""
    try:
        note: Note = hearer[0]
    except IndexError:
        return  # nobody listens any more
    # As `Note` says, and as `monitored.returned` does: a call more is dear here.
    try:
        if note.unless is not None and note.unless():
            return
        is_plain = (
            process.heard == note.forks
            and not note.calls
            and (note.threads is None or get_ident() in note.threads)
        )
        if (
            (not is_plain and not note.hears())
            or (note.when is not None and not note.when())
            or (note.deaf and get_ident() in note.deaf)
        ):
            return
        found = note.ask(value, result)
        if found and note.told is not None:
            note.told(value, result, found)
    except RecursionError:
        return  # the user's recursion may have room for one more frame, not for us
    except Exception as error:  # noqa: BLE001 - beyond it lies the user's call
        note.failed(error)
