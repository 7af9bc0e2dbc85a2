"""What a process and its children use: processor, memory, disk, graphics cards."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from trackbook.fingerprint.gpus import gpu_use

if TYPE_CHECKING:
    import psutil


class Totals(NamedTuple):
    """What processes have used since they began, and what they hold now."""

    cpu_s: float
    memory_bytes: int
    process_count: int
    read_bytes: int | None
    written_bytes: int | None


class Used(NamedTuple):
    """What was used within a span of time, and what is held at its end."""

    span_s: float
    cpu_percent: float
    memory_bytes: int
    system_memory_bytes: int
    process_count: int
    read_bytes: int | None
    written_bytes: int | None
    gpu_percent: float | None
    gpu_memory_bytes: int | None


class TreeUse:
    """Looks at this process and its children, and tells what they used since the last look."""

    def __init__(self, cpu_before_s: float) -> None:
        """Begin from what this process had used of a processor earlier, as `cpu_s` told it."""
        import psutil

        self._psutil = psutil
        self._self = psutil.Process()
        self._last = Totals(cpu_before_s, 0, 1, None, None)

    def look(self, span_s: float) -> Used:
        """Return what was used in the `span_s` seconds since the last look; takes 1 to 5 ms."""
        before, now = self._last, self._totals()
        self._last = now
        gpu = gpu_use()
        spent = max(0.0, now.cpu_s - before.cpu_s)
        return Used(
            span_s=span_s,
            cpu_percent=100 * spent / span_s if span_s > 0 else 0.0,
            memory_bytes=now.memory_bytes,
            system_memory_bytes=int(self._psutil.virtual_memory().used),
            process_count=now.process_count,
            read_bytes=grown(before.read_bytes, now.read_bytes),
            written_bytes=grown(before.written_bytes, now.written_bytes),
            gpu_percent=None if gpu is None else gpu.percent,
            gpu_memory_bytes=None if gpu is None else gpu.memory_bytes,
        )

    def idle(self) -> bool:
        """Leave out what this process did up to now; takes 2 µs.

        Say whether it was done: with children it would take a look.
        """
        if self._last.process_count == 1:
            self._last = self._last._replace(cpu_s=cpu_s())
        return self._last.process_count == 1

    def _totals(self) -> Totals:
        # A child that has ended is in its parent's account once that has asked for it.
        spent = cpu_s()
        memory, count = 0, 0
        disk: list[tuple[int, int]] = []
        for process in (self._self, *self._self.children(recursive=True)):
            try:
                found = process.as_dict(["cpu_times", "memory_info"])
                if process.pid != self._self.pid and found["cpu_times"] is not None:
                    spent += found["cpu_times"].user + found["cpu_times"].system
                memory += found["memory_info"].rss if found["memory_info"] else 0
                count += 1
                disk += self._disk(process)
            except self._psutil.NoSuchProcess:
                continue
        read = sum(one for one, _ in disk) if disk else None
        written = sum(one for _, one in disk) if disk else None
        return Totals(spent, memory, count, read, written)

    def _disk(self, process: psutil.Process) -> list[tuple[int, int]]:
        """Return bytes read and written; nothing where the system does not say."""
        ask = getattr(process, "io_counters", None)
        try:
            found = ask() if ask is not None else None
        except (self._psutil.AccessDenied, NotImplementedError):
            return []
        return [(found.read_bytes, found.write_bytes)] if found is not None else []


def cpu_s() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def grown(before: int | None, now: int | None) -> int | None:
    """Return by how much a count grew; a child that has ended takes its own along."""
    if before is None or now is None:
        return None
    return max(0, now - before)
