"""How much of a machine a process may use: affinity, and what control groups leave it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path("/sys/fs/cgroup")
UNLIMITED = 1 << 60
"""Version 1 writes the largest multiple of a page for no limit."""


class Limits(NamedTuple):
    """What a container sets; None where it sets nothing."""

    cpus: float | None
    memory_bytes: int | None


def limits_now() -> Limits:
    """Return the limits of this process."""
    return limits(ROOT, text_of(Path("/proc/self/cgroup")))


def usable_cpus(limit: float | None) -> float:
    """Return how many processors' time this process can have."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    return float(count) if limit is None else min(float(count), limit)


def limits(root: Path, groups: str) -> Limits:
    """Return the narrowest limits on the way from a process's groups up to the root.

    Args:
        root: where control groups are mounted, of version 1, 2 or both
        groups: the text of /proc/self/cgroup
    """
    cpus: list[float] = []
    memory: list[int] = []
    for line in groups.splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        controllers = names.split(",")
        if names == "":
            for folder in upwards(root, path):
                cpus += share_of(text_of(folder / "cpu.max").split())
                memory += number_of(text_of(folder / "memory.max"))
        if "cpu" in controllers:
            for folder in upwards(root / "cpu", path):
                files = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
                cpus += share_of([text_of(folder / name).strip() for name in files])
        if "memory" in controllers:
            for folder in upwards(root / "memory", path):
                memory += number_of(text_of(folder / "memory.limit_in_bytes"))
    return Limits(min(cpus, default=None), min(memory, default=None))


def upwards(root: Path, path: str) -> Iterator[Path]:
    """Yield a group's folder and those above it; a container sees only the last of them."""
    folder = root / path.strip("/")
    if ".." not in folder.parts:
        while folder != root:
            yield folder
            folder = folder.parent
    yield root


def share_of(words: list[str]) -> list[float]:
    """Return quota through period as processors; nothing where there is no quota."""
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]):  # noqa: PLR2004  quota and period
        return [int(words[0]) / int(words[1])]
    return []


def number_of(text: str) -> list[int]:
    """Return a limit in bytes; nothing where there is none."""
    word = text.strip()
    return [int(word)] if word.isdigit() and int(word) < UNLIMITED else []


def text_of(file: Path) -> str:
    """Return a file's text; empty where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
