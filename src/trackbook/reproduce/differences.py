"""What differs between a run as recorded and as it came out again."""

from __future__ import annotations

import math
import struct
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.reproduce.outcome import Learned, Outcome, Points, Used


CLOCKED = frozenset({"fit_time_s"})
"""Metrics that are times, which no run gives again: a search's candidates keep them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric that does not come out as it did."""

    metric: str
    step: int | None
    """The first step that differs; None where the series differ in length, or one is missing."""
    recorded: float | None
    now: float | None

    @property
    def relative(self) -> float:
        """How far apart, relative to the recorded number; infinite where one is missing."""
        if self.recorded is None or self.now is None:
            return math.inf
        if math.isnan(self.recorded) or math.isnan(self.now):
            return math.inf
        if self.recorded == self.now:
            return 0.0
        apart = abs(self.now - self.recorded)
        return apart / abs(self.recorded) if self.recorded else math.inf

    def __str__(self) -> str:
        at = f" at step {self.step}" if self.step else ""
        if self.now is None:
            return f"{self.metric}{at} was {self.recorded:.6g} and is not there now"
        if self.recorded is None:
            return f"{self.metric}{at} was not there and is {self.now:.6g} now"
        return f"{self.metric}{at} was {self.recorded!r} and is {self.now!r} now"


def metric_differences(recorded: Points, now: Points) -> list[Difference]:
    """Return every metric that differs to the bit, with its first difference and its largest."""
    return [
        one
        for name in sorted({*recorded, *now} - CLOCKED)
        for one in differing(name, recorded.get(name, []), now.get(name, []))
    ]


def data_differences(then: Outcome, now: Outcome) -> Iterator[tuple[Used, str]]:
    """Yield the data that are not what they were, with a sentence on each.

    Data are matched by role and name, in order, where there are as many of a name as there
    were: in a loop over many, how many are looked at is a matter of time. Compared are exact
    fingerprints where both have one, else those of a sample.
    """
    left = list(now.data)
    before, after = (Counter((o.role, o.name) for o in side.data) for side in (then, now))
    for one in then.data:
        like = next((o for o in left if (o.role, o.name) == (one.role, one.name)), None)
        if like is None or before[one.role, one.name] != after[one.role, one.name]:
            continue
        left.remove(like)
        exact = bool(one.digest and like.digest)
        same = one.digest == like.digest if exact else one.quick == like.quick
        if not same:
            rows = "" if one.row_count == like.row_count else (
                f": {one.row_count} rows then, {like.row_count} now"
            )  # fmt: skip
            yield one, f"data {one.name} ({one.role}) are not what they were{rows}"


def model_differences(then: Sequence[Learned], now: Sequence[Learned]) -> list[str]:
    """Return a sentence for each model that learned something else."""
    return [
        f"the model {one.label} learned something else, whatever its metrics say"
        for one, other in zip(then, now, strict=False)
        if one.label == other.label and one.digest != other.digest
    ]


def differing(
    name: str, recorded: Sequence[tuple[int, float]], now: Sequence[tuple[int, float]]
) -> list[Difference]:
    """Return the first difference of two series, and the largest where that is another."""
    found = [
        Difference(metric=name, step=step, recorded=value, now=other)
        for (step, value), (at, other) in zip(recorded, now, strict=False)
        if step != at or bits(value) != bits(other)
    ]
    if len(recorded) != len(now):
        longer = recorded if len(recorded) > len(now) else now
        step, value = longer[min(len(recorded), len(now))]
        found.append(
            Difference(
                metric=name,
                step=step,
                recorded=value if longer is recorded else None,
                now=value if longer is now else None,
            )
        )
    if not found:
        return []
    largest = max(found, key=lambda one: one.relative)
    return [found[0]] if largest is found[0] else [found[0], largest]


def bits(value: float) -> bytes:
    """Return a number so that NaN equals itself."""
    return struct.pack("<d", math.nan if math.isnan(value) else value)
