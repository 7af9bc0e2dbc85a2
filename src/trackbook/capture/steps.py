"""Hears the steps of what still runs: they come by the thousand, and most say nothing new."""

from __future__ import annotations

from functools import partial
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING

from trackbook.capture.running import process
from trackbook.libraries import Call, Only

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from trackbook.capture.running import RunningCalls
    from trackbook.capture.taps import Closed, Noting
    from trackbook.libraries import Finding, Noted, Reader


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
) -> Noting:
    """Return what a tap's `note` calls, as `step_heard`; only few ask `heard` for the frame."""
    argument, note, is_outside, read, when = reader
    full = read and step_heard(
        name, read, place=place, around=around, running=running, told=told, fault=fault
    )
    forks, outside = process.forks, running.calls if is_outside else ()
    believed = running.believed if is_outside else [0.0]

    def noting(value: object, result: object) -> None:
        # Every name here is looked up after milliseconds of other work: the fewer, the better.
        nonlocal note
        until = believed[0]
        if until and perf_counter() < until and believed[1] == get_ident():
            return
        if (when is not None and not when()) or (
            process.heard != forks and not process.hears(forks)
        ):
            return
        if outside and running.holds(heard()):
            return
        try:
            findings = note(value, result)
        except Exception as error:  # noqa: BLE001 - as above
            note = nothing
            fault(place, error)
            return
        if findings is True:
            if full:
                full(heard(), result)
        elif findings:
            told(heard(), Call(name, {argument: value}, result, 0.0), list(findings))

    return noting


def nothing(_value: object, _result: object) -> None:
    """Note nothing more: it has failed."""
