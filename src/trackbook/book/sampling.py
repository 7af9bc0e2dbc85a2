"""A thread that looks now and then at what a session uses of its machine."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from trackbook.fingerprint import TreeUse, cpu_s
from trackbook.records import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.records import Record

POLL_S = 0.5
FIRST_S, SLOWEST_S, SLOWER = 1.0, 10.0, 1.3
"""Between samples of one cell: at first, at most, and by how much each is longer."""
AT_LEAST_S = 0.2
"""Runs that end within so short a time share a look."""


class Sampling:
    """Samples while cells execute, and when a run ends.

    Whether a cell executes is asked twice a second, so that nothing is added to the
    beginning of a cell.
    """

    def __init__(
        self,
        put: Callable[[Record, str | None], None],
        *,
        began: Callable[[], float | None],
        fault: Callable[[str, BaseException], None],
    ) -> None:
        """Begin.

        Args:
            put: takes a sample, and the run at whose end it was taken
            began: when the cell that executes began, on time.time()'s clock; None: none does
            fault: told of a failure; sampling ends with it
        """
        self._put, self._began, self._fault = put, began, fault
        self._turn = threading.Lock()
        self._use: TreeUse | None = None
        self._looked_at = time.time()
        self._idle_cpu_s = cpu_s()
        """Until psutil is needed for the first time."""
        self._is_alone = True
        """No child was at work when the session was last idle."""
        self._latest: Usage | None = None
        self._wait_s = FIRST_S
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="trackbook-usage", daemon=True
        )
        self._thread.start()

    def run_ended(self, run_id: str, began: float) -> None:
        """Sample for a run that just ended; not in the user's thread."""
        if self._over.is_set():
            return
        with self._turn:
            if self._latest is None or time.time() - self._looked_at > AT_LEAST_S:
                self._latest = self._sample(began)
            self._put(self._latest, run_id)

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(5.0)

    def _run(self) -> None:
        from trackbook.capture import attempt

        while not self._over.wait(POLL_S):
            if not attempt("sampling", self._poll, self._fault):
                return

    def _poll(self) -> bool:
        began = self._began()
        with self._turn:
            if began is None:
                self._wait_s = FIRST_S
                self._idle_cpu_s = cpu_s()
                self._is_alone = self._use is None or self._use.idle()
                if self._is_alone:
                    self._looked_at = time.time()
            elif self._since(began) >= min(self._wait_s, SLOWEST_S):
                self._latest = self._sample(began)
                self._put(self._latest, None)
                self._wait_s *= SLOWER
        return True

    def _sample(self, began: float) -> Usage:
        if self._use is None:
            self._use = TreeUse(self._idle_cpu_s)
        used = self._use.look(self._since(began))
        self._looked_at = time.time()
        return Usage(**used._asdict())

    def _since(self, began: float) -> float:
        """Return for how long nobody has looked while a cell executed."""
        start = max(began, self._looked_at) if self._is_alone else self._looked_at
        return time.time() - start
