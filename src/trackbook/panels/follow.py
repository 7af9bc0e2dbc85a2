"""Looking for news every second, from a thread of its own, while somebody watches."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE = 10  # of the time goes to other work, however slow a look is


class Follower:
    """Calls a method again and again until told to rest or until its owner is gone."""

    def __init__(self, look: Callable[[], None], *, every_s: float = 1.0) -> None:
        """Keep the method weakly, so that following keeps nobody alive.

        Args:
            look: A bound method that raises nothing: a thread's traceback would be
                printed into whatever cell runs.
            every_s: Least time between two calls.
        """
        self._look = weakref.WeakMethod(look)
        self._every_s = every_s
        self._rest = threading.Event()
        self._thread: threading.Thread | None = None
        self._turn = threading.Lock()

    @property
    def is_following(self) -> bool:
        """Whether a thread is looking now."""
        return self._thread is not None and self._thread.is_alive()

    def follow(self) -> None:
        """Look from now on; nothing happens if it does already."""
        with self._turn:
            if self.is_following and not self._rest.is_set():
                return
            self._rest = threading.Event()
            self._thread = threading.Thread(
                target=_looking,
                args=(self._look, self._rest, self._every_s),
                name="trackbook panel",
                daemon=True,
            )
            self._thread.start()

    def rest(self) -> None:
        """Look no more until told to follow again."""
        self._rest.set()


def _looking(
    look: weakref.WeakMethod[Callable[[], None]], rest: threading.Event, every_s: float
) -> None:
    pause_s = every_s
    while not rest.wait(pause_s):
        act = look()
        if act is None:
            return
        started = time.monotonic()
        act()
        del act  # or this loop would keep the owner alive
        pause_s = max(every_s, SHARE * (time.monotonic() - started))
