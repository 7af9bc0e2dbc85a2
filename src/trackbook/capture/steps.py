"""Hears the steps of what still runs: they come by the thousand, and most say nothing new."""

from __future__ import annotations

import sys
from functools import partial
from itertools import count
from threading import get_ident
from typing import TYPE_CHECKING, Any

from trackbook.capture.running import process
from trackbook.capture.taps import Note, always
from trackbook.libraries import Call, Only

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from trackbook.capture.running import RunningCalls
    from trackbook.capture.taps import Closed
    from trackbook.libraries import Finding, Noted, Reader


_asking = count()
"""Numbers for the places that ask whether a call stands above them."""


def step_heard(
    name: str,
    reader: Reader | Only,
    *,
    place: str,
    around: Callable[[FrameType], Call | None],
    running: RunningCalls,
    told: Callable[[FrameType, Call, list[Finding]], object],
    fault: Callable[[str, BaseException], None],
) -> Closed:
    """Return what a tap's `hear` calls at a step's end, some microseconds besides the reader's.

    Args:
        name: what the card calls the function
        reader: asked each time, until it fails once
        place: words for what fails
        around: gives the call that the frame is a part of
        running: tells whether there is one
        told: gets what was found
        fault: gets the reader's failure
    """
    read, when, is_outside = reader if isinstance(reader, Only) else Only(reader)
    has_failed, forks = False, process.forks
    outside = running.calls if is_outside else ()

    def closed(frame: FrameType, result: object) -> None:
        nonlocal has_failed
        if has_failed or (when is not None and not when()):
            return
        if process.heard != forks and not process.hears(forks):
            return
        if outside and running.holds(frame):
            return
        call = Call(name, frame.f_locals, result, 0.0, partial(around, frame))
        try:
            findings = list(read(call))
        except Exception as error:  # noqa: BLE001 - beyond it lies the user's loop
            has_failed = True
            fault(place, error)
            return
        if findings:
            told(frame, call, findings)

    return closed


def noted(
    name: str,
    reader: Noted,
    *,
    heard: Callable[[], FrameType],
    place: str,
    around: Callable[[FrameType], Call | None],
    running: RunningCalls,
    told: Callable[[FrameType, Call, list[Finding]], object],
    fault: Callable[[str, BaseException], None],
) -> Note:
    """Return what a tap is to note, as `step_heard`; only few ask `heard` for the frame."""
    argument = reader.argument
    full = step_heard(
        name,
        reader.read or nothing,
        place=place,
        around=around,
        running=running,
        told=told,
        fault=fault,
    )

    def tell(value: object, result: object, findings: Any) -> None:
        if findings is True:
            full(heard(), result)
        else:
            told(heard(), Call(name, {argument: value}, result, 0.0), list(findings))

    def failed(error: Exception) -> None:
        note.unless = always  # asked first: nothing else is again
        fault(place, error)

    note = Note(argument, reader.note, tell, failed, when=reader.when, deaf=reader.deaf)
    module, _, unless = reader.unless.partition(":")
    if unless:
        note.unless = getattr(sys.modules[module], unless)
    if reader.is_outside:
        note.calls = running.calls
    if reader.is_pulse:
        note.threads = running.sleepers.outside
    note.hears = hearing(reader, heard, running)
    return note


def hearing(
    reader: Noted, heard: Callable[[], FrameType], running: RunningCalls
) -> Callable[[], bool]:
    """Return what tells whether something is to be noted, where that is not plain.

    Args:
        reader: what would note it
        heard: gives the frame
        running: tells whether that is part of a watched call
    """
    is_pulse, outside = reader.is_pulse, running.calls if reader.is_outside else ()
    forks, asks, sleepers = process.forks, next(_asking), running.sleepers

    def hears() -> bool:
        # Every name here is looked up after milliseconds of other work: the fewer, the better.
        if process.heard != forks and not process.hears(forks):
            return False
        if outside and (running.stands(asks, is_pulse) or running.holds(heard())):
            return False
        if is_pulse and (sleepers.is_asleep or get_ident() not in sleepers.outside):
            sleepers.found_outside()
        return True

    return hears


def nothing(*_told: object) -> tuple[()]:
    """Note nothing (more): it has failed."""
    return ()
