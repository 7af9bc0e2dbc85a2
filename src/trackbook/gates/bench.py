"""Where a check works: how long it may take, where it may write, what was found before."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from trackbook.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime
    from pathlib import Path
    from threading import Event

    from trackbook.gates.candidate import Candidate, Scan

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One check's place to work; what it finds once, the checks after it find there."""

    candidate: Candidate
    scratch: Path
    """A folder that is removed when the gate is through."""
    project: Path | None
    """Where modules of the project are found."""
    policy_digest: str
    now: datetime
    """When the gate began."""
    halt: Event
    """Set when the check has to stop."""
    deadline: float
    """On the monotonic clock."""
    memory: dict[Hashable, object] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the project's files on which answers rest, by name."""

    @property
    def seconds_left(self) -> float:
        """How long the check may still take."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def folder(self) -> Path:
        """The package's folder, which is there."""
        folder = self.candidate.folder
        if not folder.is_dir():
            raise NotFound(f"the package is not at {folder}: restore it, or register anew")
        return folder

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key before, or make it now."""
        if key not in self.memory:
            self.memory[key] = make()
        return cast("T", self.memory[key])

    def scanned(self) -> Scan | None:
        """Return what the scanner finds in the package; None where no scanner was given."""
        scan = self.candidate.scan
        return None if scan is None else self.once("scan", lambda: scan(self.folder))
