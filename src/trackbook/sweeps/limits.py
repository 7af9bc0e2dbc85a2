"""How long something of the user's may take, in whatever thread it runs."""

from __future__ import annotations

import ctypes
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Iterator


class TooLong(TrackbookError):
    """A trial took longer than it may."""


@contextmanager
def within(timeout_s: float | None) -> Iterator[None]:
    """Raise TooLong in what is done inside, once it has taken so long.

    Between two steps of Python: what a compiled function does is waited for.
    """
    if timeout_s is None:
        yield
        return
    says = f"it took more than {timeout_s:g} s"
    if threading.current_thread() is threading.main_thread() and hasattr(
        signal, "setitimer"
    ):
        yield from by_alarm(timeout_s, says)
    else:
        yield from by_thread(timeout_s, says)


def by_alarm(timeout_s: float, says: str) -> Iterator[None]:
    """Be woken by the system, which the main thread can be."""

    def ring(_signal: int, _frame: object) -> None:
        raise TooLong(says)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def by_thread(timeout_s: float, says: str) -> Iterator[None]:
    """Be interrupted by another thread, as a thread of a pool can be."""
    ident: Any = ctypes.c_ulong(threading.get_ident())
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(TooLong))

    timer = threading.Timer(timeout_s, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except TooLong as error:
        raise TooLong(says) from error
    finally:
        timer.cancel()
        if rung.is_set():  # it rang as the work ended
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, None)
