"""Times a model that is loaded already, in the process that loaded it; needs nothing of ours."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FEWEST, UNLIKE = 3, 64
"""Calls that are made however long they take; rows that are asked in turn."""


def timed(
    ask: Callable[[Any], Any], rows: Any, *, calls: int, batch: int, seconds: float
) -> dict[str, object]:
    """Return how many nanoseconds each call took, with one row and with many.

    Before they count, calls are made for a tenth of the time: first ones fill caches.

    Args:
        ask: what predicts rows
        rows: a table, an array, a list, a dict of arrays
        calls: how many are made at most, of each kind
        batch: rows of a call with many, at most
        seconds: how long calls of a kind may go on
    """
    count = count_of(rows)
    single = [part_of(rows, at, at + 1) for at in range(min(count, UNLIKE))]
    many = part_of(rows, 0, min(count, batch))
    return {
        "one_ns": durations(ask, single, calls, seconds),
        "batch_ns": durations(ask, [many], calls, seconds),
        "batch_rows": min(count, batch),
        "processors": processors(),
    }


def durations(
    ask: Callable[[Any], Any], asked: list[Any], calls: int, seconds: float
) -> list[int]:
    """Return how long calls took, one after another, until there are enough."""
    began = time.perf_counter()
    ask(asked[0])
    while time.perf_counter() - began < seconds / 10:
        ask(asked[0])
    found: list[int] = []
    began = time.perf_counter()
    while len(found) < calls and (
        len(found) < FEWEST or time.perf_counter() - began < seconds
    ):
        rows = asked[len(found) % len(asked)]
        started = time.perf_counter_ns()
        ask(rows)
        found.append(time.perf_counter_ns() - started)
    return found


def count_of(rows: Any) -> int:
    """Return how many rows there are."""
    if isinstance(rows, dict):
        return len(next(iter(rows.values())))
    return int(rows.shape[0]) if hasattr(rows, "shape") else len(rows)


def part_of(rows: Any, start: int, end: int) -> Any:
    """Return some of the rows in the form in which all came."""
    if isinstance(rows, dict):
        return {name: part_of(one, start, end) for name, one in rows.items()}
    return rows.iloc[start:end] if hasattr(rows, "iloc") else rows[start:end]


def processors() -> int | None:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()
