"""Hears the calls of chosen Python functions without a frame or a wrapper of its own."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.capture.running import process

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Mapping, Sized
    from types import CodeType, FrameType, FunctionType

    Opened = Callable[[FrameType], object]
    Closed = Callable[[FrameType, object], object]


def raised(error: Exception) -> None:
    """Let a failure reach the caller."""
    raise error


def always() -> bool:
    """Say yes."""
    return True


@dataclass(slots=True, eq=False)
class Note:
    """What is noted of a function that returns: a value of its own, and what it returns.

    It is gone through after milliseconds of other work, thousands of times, and each object
    that is looked at has to be fetched from afar. So taps do in one piece what the fields from
    `unless` on say, and only where it is not plain they ask `hears`.
    """

    argument: str
    """Whose value is noted, as it is at the end; None if it was deleted."""
    ask: Callable[[Any, Any], Any]
    """Gets that value and what is returned."""
    told: Callable[[Any, Any, Any], object] | None = None
    """Gets the same and what `ask` found, if that is anything."""
    failed: Callable[[Exception], object] = raised
    """Gets what either raises."""
    unless: Callable[[], object] | None = None
    """Nothing is noted while it gives true."""
    when: Callable[[], object] | None = None
    """Nothing is noted while it gives false."""
    calls: Sized = ()
    """While there are any `hears` is asked."""
    forks: int = field(default_factory=lambda: process.forks)
    """In a process that was forked otherwise it is asked."""
    threads: Container[int] | None = None
    """In other threads it is asked; None for no others."""
    deaf: Collection[int] = ()
    """Nothing is noted in these threads."""
    hears: Callable[[], object] = always
    """Whether it is noted, where that is not plain."""


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

    def note(self, function: FunctionType, note: Note) -> CodeType:
        """Return the code that the function's frames now run, as `hear` does.

        On Python 3.11 no frame is made for what is noted; `heard` gives it one.
        """

    def hush(self, code: CodeType, is_quiet: bool) -> None:
        """Hear nothing of what a code returns that is heard, or hear it again."""

    def heard(self) -> FrameType:
        """Return the innermost frame that is heard, of those that are running here."""

    def stop(self) -> None:
        """Hear nothing more and leave every function as it was."""


def new_tap() -> Tap:
    """Return this Python's way to hear functions; Busy where somebody else holds it."""
    if sys.version_info >= (3, 12):
        from trackbook.capture.monitored import MonitoredTap

        return MonitoredTap()
    from trackbook.capture.swapped import SwappingTap

    return SwappingTap()


@dataclass(frozen=True, slots=True)
class Ears:
    """What to call for one code object, which is kept so that its id stays its own."""

    code: CodeType
    opened: Opened | None = None
    closed: Closed | None = None
    note: Note | None = None


def innermost(frame: FrameType | None, ears: Mapping[int, Ears]) -> FrameType:
    """Return a frame, or the nearest of its callers, that is heard."""
    while frame is not None:
        if id(frame.f_code) in ears:
            return frame
        frame = frame.f_back
    raise LookupError("no frame here is heard")
