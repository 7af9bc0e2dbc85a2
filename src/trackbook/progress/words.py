"""Counts and spans of time in few words."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3600, 86400
MOMENT = 10
TEENS = range(11, 14)


def counted(done: int, total: int | None, unit: str) -> str:
    """Return how many of how many: `12/50 epochs`, `1 round`."""
    if total is None:
        return f"{done:,} {plural(unit, done)}"
    return f"{done:,}/{total:,} {plural(unit, total)}"


def plural(unit: str, count: int) -> str:
    """Return the name of something counted: `epochs`, `batches`."""
    if count == 1:
        return unit
    return f"{unit}es" if unit.endswith(("tch", "sh", "s", "x")) else f"{unit}s"


def lasting(seconds: float) -> str:
    """Return a span of time: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `3 d 4 h`."""
    if seconds < MOMENT:
        return "0 s" if seconds <= 0 else f"{seconds:.2g} s"
    if seconds < MINUTE - 0.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / MINUTE)
    if minutes < MINUTE:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, MINUTE)
    if hours < DAY // HOUR:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, DAY // HOUR)
    return f"{days} d {hours} h"


def nth(number: int) -> str:
    """Return a number as a place in a row: `3rd`."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    last = "th" if number % 100 in TEENS else ends.get(number % 10, "th")
    return f"{number}{last}"
