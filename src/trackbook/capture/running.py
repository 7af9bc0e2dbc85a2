"""Which watched calls are running, and which of them are part of another."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Thread, get_ident, get_native_id
from time import perf_counter
from typing import TYPE_CHECKING

from trackbook.capture.sleepers import Sleepers

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from types import CodeType, FrameType


def stack_of(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frame and its callers, the outermost last."""
    while frame is not None:
        yield frame
        frame = frame.f_back


asides: set[int] = set()
"""Threads whose calls are trackbook's own just now."""


class Process:
    """Which process this is; to ask for its id at each call would be dear."""

    __slots__ = ("_forks", "heard")

    def __init__(self) -> None:
        self._forks = 0
        self.heard = 0
        """Forks, as long as all threads are heard, else -1: asked thousands of times."""

    @property
    def forks(self) -> int:
        """How often it was forked, from the first of its line: not the same in a child."""
        return self._forks

    @forks.setter
    def forks(self, forks: int) -> None:
        self._forks = forks
        self.looked_at()

    def forked(self) -> None:
        """Note that this is a child."""
        self.forks += 1

    def looked_at(self) -> None:
        """Note who is heard."""
        self.heard = -1 if asides else self._forks

    def hears(self, forks: int) -> bool:
        """Tell whether this thread is heard by who began at so many forks."""
        return self._forks == forks and get_ident() not in asides


process = Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=process.forked)


@contextmanager
def aside() -> Iterator[None]:
    """Let nothing that this thread calls meanwhile count as the user's: a model's check."""
    thread = get_ident()
    is_outermost = thread not in asides
    asides.add(thread)
    process.looked_at()
    try:
        yield
    finally:
        if is_outermost:
            asides.discard(thread)
            process.looked_at()


@dataclass(slots=True)
class RunningCall:
    """An outermost watched call that has not returned yet, as far as we know."""

    frame_id: int
    """Not the frame: that would keep all its variables."""
    code: CodeType
    given: Mapping[str, object]
    is_host: bool = False
    """It calls the user's functions."""
    host: RunningCall | None = None
    """The one that called the user's function in which it is the outermost."""
    thread: int = field(default_factory=get_ident)
    number: int = field(default_factory=count(1).__next__)
    """No other call of this process has it."""
    started: float = field(default_factory=perf_counter)
    threads: list[Thread] = field(default_factory=list)
    """Started by it, directly or by one of these."""

    def is_frame(self, frame: FrameType) -> bool:
        return id(frame) == self.frame_id and frame.f_code is self.code

    def with_hosts(self) -> Iterator[RunningCall]:
        """Yield it, its host, the host's host."""
        call: RunningCall | None = self
        while call is not None:
            yield call
            call = call.host


class RunningCalls:
    """The outermost watched call of each thread, or the outermost of what a host calls.

    A call that raises is never heard to end. So what stands here is a belief, and the
    stack decides: a call is part of another only while a watched frame is above it.
    """

    def __init__(self, watched: Container[int]) -> None:
        self._watched = watched
        """Ids of code objects, kept alive by whoever fills it."""
        self.calls: dict[int, RunningCall] = {}
        """By thread."""
        self._depths: dict[int, int] = {}
        """How far above who asks a call was found last."""
        self.sleepers = Sleepers()

    def holds(self, frame: FrameType) -> bool:
        """Tell whether a frame is part of a watched call; the user's that a host calls is not."""
        if self.stands(id(frame.f_code)):
            return True
        found = self.enclosing(frame)
        return found is not None and not self.is_hosted(frame, found)

    def stands(self, asks: int, is_pulse: bool = False) -> bool:
        """Tell whether this thread's call, if it is no host, is on the stack, for whom asks often.

        Args:
            asks: a number for each place that asks: from there the call is always as far, mostly
            is_pulse: whether it is the pulse, by which others may sleep
        """
        call = self.calls.get(get_ident())
        if call is None or call.is_host:
            return False
        try:
            above = sys._getframe(self._depths.get(asks, 0))  # noqa: SLF001 - the only way to a frame
        except ValueError:  # the stack is not as deep now
            above = sys._getframe()  # noqa: SLF001 - as above
        if id(above) != call.frame_id or above.f_code is not call.code:
            here = sys._getframe()  # noqa: SLF001 - as above
            found = (n for n, each in enumerate(stack_of(here)) if call.is_frame(each))
            depth = next(found, None)
            if depth is None:
                return False
            self._depths[asks] = depth
        if is_pulse and not self.sleepers.is_asleep:
            self.sleepers.lull()
        return True

    def is_hosted(self, frame: FrameType, host: RunningCall) -> bool:
        """Tell whether the call around a frame is a host, and no watched one lies between."""
        if not host.is_host:
            return False
        caller = frame.f_back
        while caller is not None and id(caller.f_code) not in self._watched:
            caller = caller.f_back
        return caller is None or host.is_frame(caller)

    def enclosing(self, frame: FrameType) -> RunningCall | None:
        """Return the call of which this frame is a part; None for an outermost one."""
        if not self.calls:
            return None
        thread = get_ident()
        mine = self.calls.get(thread)
        while (
            mine is not None and mine.host and not any(map(mine.is_frame, stack_of(frame)))
        ):
            self.end()  # it raised, and the user's function went on
            mine = self.calls.get(thread)
        if mine is not None:
            caller = frame.f_back
            while caller is not None:
                if id(caller.f_code) in self._watched:
                    return mine
                caller = caller.f_back
            self.calls.pop(thread, None)
            self.sleepers.wake()
        others = [each for one in list(self.calls.values()) for each in one.with_hosts()]
        # The kernel's thread id: Python's own is given to the next thread at once.
        native = get_native_id() if others else 0
        for call in others:
            if any(each.native_id == native for each in call.threads):
                return call
        return None

    def begin(
        self,
        frame: FrameType,
        given: Mapping[str, object],
        *,
        is_host: bool = False,
        host: RunningCall | None = None,
    ) -> None:
        """Take this frame for its thread's outermost call, or for that within a host's."""
        self.calls[get_ident()] = RunningCall(id(frame), frame.f_code, given, is_host, host)
        self.sleepers.wake()

    def find(self, frame: FrameType) -> RunningCall | None:
        """Return the outermost call that this frame is; None if it is a part of one."""
        call = self.calls.get(get_ident())
        return call if call is not None and call.is_frame(frame) else None

    def end(self) -> None:
        """Forget this thread's outermost call, or the one within its host's."""
        self._forget(get_ident())

    def _forget(self, thread: int) -> None:
        call = self.calls.pop(thread, None)
        self.sleepers.wake()
        if call is not None and call.host is not None and call.host.thread == thread:
            self.calls[thread] = call.host

    def drop_raised(self) -> None:
        """Forget the calls, and what they were given, that have left their stacks."""
        self.sleepers.wake()
        if not self.calls:
            return
        tops = sys._current_frames()  # noqa: SLF001 - the only way to other threads' frames
        for thread in list(self.calls):
            while (call := self.calls.get(thread)) is not None:
                if any(call.is_frame(frame) for frame in stack_of(tops.get(thread))):
                    break
                self._forget(thread)
