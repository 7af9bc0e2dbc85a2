"""What a process and its children use: processor, memory, disk, graphics cards."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Seen(NamedTuple):
    """One look over the processes."""

    totals: Totals
    earlier_s: float
    """What children had used that are new to us, but older than the span."""
    processes: frozenset[object]
    is_whole: bool
    """No process ended meanwhile."""


TRIES = 3
GRAIN_S = 0.05
"""How exactly the birth of a process is known, and more."""


class TreeUse:
    """Looks at this process and its children, and tells what they used since the last look.

    A child counts from its birth; one that was there before the span in which it is first
    seen, from then on.
    """

    def __init__(self, cpu_before_s: float) -> None:
        """Begin from what this process had used of a processor earlier, as `cpu_s` told it."""
        import psutil

        self._psutil = psutil
        self._self = psutil.Process()
        self._last = Totals(cpu_before_s, 0, 1, None, None)
        self._known: frozenset[object] = frozenset()

    def look(self, span_s: float) -> Used:
        """Return what was used in the `span_s` seconds since the last look: 0.3 ms if alone."""
        before, seen = self._last, self._seen(span_s)
        now = self._last = seen.totals
        self._known = seen.processes
        gpu = gpu_use()
        spent = max(0.0, now.cpu_s - before.cpu_s - seen.earlier_s)
        # An old child that ended before it was ever seen brings along all that it used;
        # more than the machine has was not used.
        spent = min(spent, span_s * (os.cpu_count() or 1))
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

    def _seen(self, span_s: float) -> Seen:
        # When a child ends, what it used moves into its parent's account. In the midst of
        # that it is in neither, and would come as a peak at the next look.
        for _ in range(TRIES):
            ended, seen = ended_s(), self._seen_once(self._now_s() - span_s - GRAIN_S)
            if seen.is_whole and ended == ended_s():
                break
        return seen

    def _seen_once(self, began: float) -> Seen:
        spent, earlier, memory, is_whole = cpu_s(), 0.0, 0, True
        seen: list[psutil.Process] = []
        disk: list[tuple[int, int]] = []
        # Looking for children goes through all processes of the machine, which takes a while.
        below = self._self.children(recursive=True) if has_children() else ()
        for process in (self._self, *below):
            try:
                found = process.as_dict(["cpu_times", "memory_info", "create_time"])
                own = used_by(found["cpu_times"]) if process != self._self else 0.0
                spent += own
                if process not in self._known and (found["create_time"] or 0.0) < began:
                    earlier += own
                memory += found["memory_info"].rss if found["memory_info"] else 0
                seen.append(process)
                disk += self._disk(process)
            except self._psutil.NoSuchProcess:
                is_whole = False
        read = sum(one for one, _ in disk) if disk else None
        written = sum(one for _, one in disk) if disk else None
        totals = Totals(spent, memory, len(seen), read, written)
        return Seen(totals, earlier, frozenset(seen), is_whole)

    def _now_s(self) -> float:
        """Return the time on the clock of psutil's births, which may be half a second off."""
        since_boot = getattr(time, "CLOCK_BOOTTIME", None)
        if since_boot is None:
            return time.time()
        return float(self._psutil.boot_time()) + time.clock_gettime(since_boot)

    def _disk(self, process: psutil.Process) -> list[tuple[int, int]]:
        """Return bytes read and written; nothing where the system does not say."""
        ask = getattr(process, "io_counters", None)
        try:
            found = ask() if ask is not None else None
        except (self._psutil.AccessDenied, NotImplementedError):
            return []
        return [(found.read_bytes, found.write_bytes)] if found is not None else []


def has_children() -> bool:
    """Say whether this process has children, ended ones that nobody waited for among them.

    One system call, which leaves every child as it is.
    """
    ask = getattr(os, "waitid", None)
    if ask is None:
        return True  # the system cannot say: look
    try:
        ask(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def cpu_s() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def ended_s() -> float:
    """Return the processor time of the children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def used_by(times: Any) -> float:
    """Return the processor time of a child and of its own that have ended, as psutil has it."""
    if times is None:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def grown(before: int | None, now: int | None) -> int | None:
    """Return by how much a count grew; a child that has ended takes its own along."""
    if before is None or now is None:
        return None
    return max(0, now - before)
