"""A thread that does what the user's cells must not wait for."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], None]

TICK_S = 1.0
REST_S, LATEST_S = 1.0, 10.0
"""How long no cell must have run before a job that can wait is done, and how long it waits."""


class Late(NamedTuple):
    """A job that can wait."""

    job: Job
    latest: float
    """Until then, on time.monotonic()'s clock."""


class Background:
    """Runs jobs in the order given, and a chore every second.

    A job or chore that fails is told to `fault`; the thread goes on.
    """

    def __init__(
        self,
        chore: Job,
        *,
        fault: Callable[[str, BaseException], None],
        rest_s: Callable[[], float] = lambda: REST_S,
    ) -> None:
        """Begin.

        Args:
            chore: done every second
            fault: told of what fails
            rest_s: for how many seconds the user's code has been at rest
        """
        self._chore = chore
        self._fault = fault
        self._rest_s = rest_s
        self._jobs: deque[Job] = deque()
        self._late: deque[Late] = deque()
        self._waiting = 0
        self._count = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._hurried = self._stopped = False
        self._thread = threading.Thread(target=self._run, name="trackbook", daemon=True)
        self._thread.start()

    def soon(self, job: Job) -> None:
        """Do a job when the thread comes to it."""
        with self._count:
            self._waiting += 1
            self._idle.clear()
            self._jobs.append(job)
        self._wake.set()

    def later(self, job: Job) -> None:
        """Do a job when the user's code is at rest, or somebody asks, or ten seconds on.

        It would take the processor, and Python's lock, from the cells of a notebook that
        is executed as a whole.
        """
        with self._count:
            self._waiting += 1
            self._idle.clear()
            self._late.append(Late(job, time.monotonic() + LATEST_S))

    def settle(self, *, patience_s: float) -> bool:
        """Wait until all jobs given so far are done; say whether they are."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return True
        with self._count:
            self._hurried = self._waiting > 0
        self._wake.set()
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
        while (job := self._next()) is not None:
            try:
                self._attempt("background", job)
            finally:
                with self._count:
                    self._waiting -= 1
                    if self._waiting == 0:
                        self._hurried = False
                        self._idle.set()

    def _next(self) -> Job | None:
        """Return the job that is due, if one is."""
        with self._count:
            if self._jobs:
                return self._jobs.popleft()
            if self._late and self._is_due(self._late[0]):
                return self._late.popleft().job
        return None

    def _is_due(self, late: Late) -> bool:
        if self._hurried or self._stopped:
            return True
        return self._rest_s() >= REST_S or time.monotonic() >= late.latest

    def _attempt(self, place: str, job: Job) -> None:
        from trackbook.capture import attempt

        attempt(place, job, self._fault)
