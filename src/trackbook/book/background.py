"""A thread that does what the user's cells must not wait for."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], None]

TICK_S = 1.0


class Background:
    """Runs jobs in the order given, and a chore every second.

    A job or chore that fails is told to `fault`; the thread goes on.
    """

    def __init__(self, chore: Job, *, fault: Callable[[str, BaseException], None]) -> None:
        self._chore = chore
        self._fault = fault
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._waiting = 0
        self._count = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="trackbook", daemon=True)
        self._thread.start()

    def soon(self, job: Job) -> None:
        """Do a job when the thread comes to it."""
        with self._count:
            self._waiting += 1
            self._idle.clear()
        self._jobs.put(job)
        self._wake.set()

    def settle(self, *, patience_s: float) -> bool:
        """Wait until all jobs given so far are done; say whether they are."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return True
        return self._idle.wait(patience_s)

    def stop(self) -> None:
        """Do what is left and end the thread."""
        self._stopped = True
        self._wake.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(5.0)

    def _run(self) -> None:
        due = time.monotonic() + TICK_S
        while not self._stopped:
            self._wake.wait(max(0.0, due - time.monotonic()))
            self._wake.clear()
            self._work()
            if time.monotonic() >= due:
                self._attempt("chore", self._chore)
                due = time.monotonic() + TICK_S
        self._work()

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            try:
                self._attempt("background", job)
            finally:
                with self._count:
                    self._waiting -= 1
                    if self._waiting == 0:
                        self._idle.set()

    def _attempt(self, place: str, job: Job) -> None:
        from trackbook.capture import attempt

        attempt(place, job, self._fault)
