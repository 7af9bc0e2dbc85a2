"""Small jobs for a page, done one after another beside the kernel's own work."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from trackbook.capture import attempt

if TYPE_CHECKING:
    from collections.abc import Callable


class Errands:
    """Does jobs in a thread that ends when none is left, so that it keeps nobody alive."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        """Tell `fault` what a job raised: in a thread it would be printed into some cell."""
        self._fault = fault
        self._jobs: deque[Callable[[], None]] = deque()
        self._turn = threading.Lock()
        self._works = False

    def add(self, job: Callable[[], None]) -> None:
        """Do a job after those that wait."""
        with self._turn:
            self._jobs.append(job)
            if self._works:
                return
            self._works = True
        threading.Thread(target=self._work, name="trackbook errands", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._turn:
                if not self._jobs:
                    self._works = False
                    return
                job = self._jobs.popleft()
            attempt("panel", job, self._fault)
