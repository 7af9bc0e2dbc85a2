"""One check, asked beside everything else: whatever it raises is an answer too."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from trackbook.gates.answer import Answer

LOOKS_EVERY_S, GRACE_S = 0.2, 5.0


class Overdue(Exception):
    """A check has not answered in time."""


def answer_of(
    job: Callable[[], Answer],
    seconds: float,
    halt: Event,
    is_cancelled: Callable[[], bool],
) -> Answer | BaseException:
    """Return what a check says, or what kept it from saying anything.

    It works in a thread: one that does not answer in time is left behind. Processes that it
    started are ended by `halt`, which is set whenever it is no longer waited for.
    """
    said: list[Answer | BaseException] = []

    def work() -> None:
        try:
            said.append(job())
        except Exception as error:  # noqa: BLE001  a check that crashes is a result
            said.append(error)

    thread = threading.Thread(target=work, name="trackbook-check", daemon=True)
    # A check with a process of its own ends that at the limit and says so itself.
    deadline = time.monotonic() + seconds + GRACE_S
    thread.start()
    try:
        while thread.is_alive() and not is_cancelled() and time.monotonic() < deadline:
            thread.join(LOOKS_EVERY_S)
        if thread.is_alive() and not is_cancelled():
            return Overdue(f"no answer within {seconds:.3g} s: it was left behind")
    finally:
        halt.set()
        thread.join(GRACE_S)
    return said[0] if said else Overdue("it ended without an answer")
