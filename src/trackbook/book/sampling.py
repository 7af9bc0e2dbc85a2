"""A thread that looks now and then at what a session uses of its machine."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from trackbook.fingerprint import TreeUse, cpu_s
from trackbook.records import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.records import Record

POLL_S = 0.5
FIRST_S, SLOWEST_S, SLOWER = 1.0, 10.0, 1.3
"""Between samples of one cell: at first, at most, and by how much each is longer."""
STALE_S = 2 * POLL_S
AT_LEAST_S = 0.2
"""Runs that end within so short a time share a look."""


class Sampling:
    """Samples while cells execute, and when a run ends.

    Whether a cell executes is asked twice a second, so that nothing is added to the
    beginning of a cell; nor is anything looked at for runs that end within one before then.
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
        self._latest: Usage | None = None
        self._wait_s = FIRST_S
        self._ended: deque[str] = deque()
        """Runs that ended and have no sample yet."""
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="trackbook-usage", daemon=True
        )
        self._thread.start()

    def run_ended(self, run_id: str) -> bool:
        """Note that a run just ended; say whether nothing executes, so that it can be looked at.

        Else `look` comes within half a second, or with whoever asks first.
        """
        self._ended.append(run_id)
        return self._began() is None

    def look(self) -> None:
        """Sample for the runs that have ended since the last time."""
        from trackbook.capture import attempt

        attempt("sampling", self._look, self._fault)

    def _look(self) -> None:
        with self._turn:
            while self._ended:
                if self._latest is None or time.time() - self._looked_at > AT_LEAST_S:
                    self._latest = self._sample()
                self._put(self._latest, self._ended.popleft())

    def stop(self) -> None:
        """End the thread."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(5.0)
        self.look()

    def _run(self) -> None:
        from trackbook.capture import attempt

        while not self._over.wait(POLL_S):
            if not attempt("sampling", self._poll, self._fault):
                return

    def _poll(self) -> bool:
        self._look()
        began = self._began()
        with self._turn:
            waited = time.time() - self._looked_at
            if began is None:
                self._wait_s = FIRST_S
                self._leave_out()
            elif self._looked_at < began - STALE_S:
                self._sample()  # what children did before the cell is not its own
            elif waited >= min(self._wait_s, SLOWEST_S):
                self._latest = self._sample()
                self._put(self._latest, None)
                self._wait_s *= SLOWER
        return True

    def _leave_out(self) -> None:
        """Let the next span begin now: nothing that was used up to now is a cell's."""
        self._idle_cpu_s = cpu_s()
        if self._use is None or self._use.idle():
            self._looked_at = time.time()

    def _sample(self) -> Usage:
        """Return what was used since the last look; at most half a second before the cell."""
        if self._use is None:
            self._use = TreeUse(self._idle_cpu_s)
        now = time.time()
        used = self._use.look(now - self._looked_at)
        self._looked_at = now
        return Usage(**used._asdict())
