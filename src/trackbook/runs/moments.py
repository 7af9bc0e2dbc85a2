"""Times as people write them in a filter: a day, a day and an hour, `2h` ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from trackbook.clock import time_of, us_of

AGO = re.compile(r"(?P<count>\d{1,9}) ?(?P<unit>s|m|min|h|d|w)( ago)?", re.ASCII)
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LATEST_US = 1 << 57
"""Some time in the year 6537: no run begins later, and every library can count as far."""


def read_moment(
    text: str, number: float | None, at_us: int
) -> tuple[int, int | None] | None:
    """Return where a time begins and, for a whole day, where it ends; None: it is no time.

    Times without a zone are local ones, as in every table; a bare number is milliseconds
    since 1970, as in MLflow.
    """
    text = text.strip().lower()
    if number is not None:
        us = number * 1000
        return (int(us), None) if abs(us) < LATEST_US else None
    if ago := AGO.fullmatch(text):
        us = at_us - int(ago["count"]) * SECONDS[ago["unit"]] * 1_000_000
        return (us, None) if us > -LATEST_US else None
    if text in {"today", "yesterday"}:
        today = time_of(at_us).astimezone().date()
        text = str(today - timedelta(days=text == "yesterday"))
    try:
        begins = datetime.fromisoformat(text.upper())
        ends = begins + timedelta(days=1)
        from_us, until_us = us_of(with_zone(begins)), us_of(with_zone(ends))
    except (ValueError, OverflowError, OSError):
        return None
    return from_us, until_us if DAY.fullmatch(text) else None


def with_zone(when: datetime) -> datetime:
    """Return an aware UTC time; one without a zone is taken for local."""
    return when.astimezone(UTC)
