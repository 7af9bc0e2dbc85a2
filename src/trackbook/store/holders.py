"""Who has a file open, where the system tells."""

from __future__ import annotations

import os
from pathlib import Path

from trackbook.journal import is_alive


def is_locked(lock: Path) -> bool:
    """Say whether somebody is inside just now; taken for a moment, and shared."""
    try:
        return is_alive(lock)
    except PermissionError:
        return False


def holders_of(file: Path) -> list[str]:
    """Return the processes that have a file open, as `name (pid)`; Linux only."""
    target = str(file.resolve())
    found = []
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda p: int(p.name)):
        try:
            held = {os.readlink(fd) for fd in (process / "fd").iterdir()}  # noqa: PTH115
            if target in held:
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
        except OSError:
            continue  # ended meanwhile, or another user's
    return found
