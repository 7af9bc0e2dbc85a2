"""Whether there is news of a project that a sidebar shows; without one, nothing is looked at."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA_ID = "https://trackbook.invalid/events/changed/v1"
SCHEMA = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "A trackbook project has news",
    "personal-data": False,
    "type": "object",
    "required": ["project", "count"],
    "properties": {"project": {"type": "string"}, "count": {"type": "integer"}},
}
"""Every client of the server hears an event: it says that there is news, never what."""
WATCHED_S = 60.0


class Watched:
    """One project that a sidebar shows."""

    def __init__(self, folder: Path, state: str, until: float) -> None:
        self.folder, self.state, self.until = folder, state, until
        self.count = 0


class Watch:
    """The projects that sidebars show, looked at by their files' sizes and times."""

    def __init__(
        self,
        emit: Callable[[str, int], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch nothing yet.

        Args:
            emit: told a project's name and how often it had news
            now: seconds of a clock that only goes on
        """
        self._emit, self._now = emit, now
        self._watched: dict[str, Watched] = {}

    @property
    def is_idle(self) -> bool:
        """Whether no sidebar shows anything."""
        return not self._watched

    def begin(self, name: str, folder: Path) -> str:
        """Watch a project for a minute from now on; return its state."""
        until = self._now() + WATCHED_S
        known = self._watched.get(name)
        if known is None or known.folder != folder:
            known = self._watched[name] = Watched(folder, state_of(folder), until)
        known.until = until
        return known.state

    def look(self) -> None:
        """Tell of every project that changed since the last look."""
        now = self._now()
        for name, one in list(self._watched.items()):
            if now > one.until:
                del self._watched[name]
                continue
            state = state_of(one.folder)
            if state != one.state:
                one.state = state
                one.count += 1
                self._emit(name, one.count)


def state_of(folder: Path) -> str:
    """Return a text that changes with every fact that is written into a project."""
    from trackbook.compare import version_of

    return version_of(folder)
