"""Losses that are no numbers any more, or grow away from the best that they were."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

from trackbook.progress.rows import PointRow, SuspectRow
from trackbook.records import Doubt
from trackbook.store import queries_of
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.store import Store

    Direction = Callable[[str], Literal["max", "min"] | None]
    Points = Sequence[tuple[int, float]]

SQL = queries_of("trackbook.progress")
FEWEST = 10
"""Points of a series before its growing means anything."""
WINDOW = 5
"""Points that must all lie high: as many in a row are no spike."""
LOST, NOISY = 0.8, 10
"""Of what had been gained; times the usual change from one point to the next."""
MOST = 20_000
"""Points of a series that are looked at, the latest."""
HELD_OUT = frozenset(
    {"val", "valid", "validation", "test", "eval", "dev", "oob", "holdout"}
)
"""On data not trained on, a loss that rises again is overfitting, and nothing unusual."""
WORD = re.compile(r"[a-z]+")


def diverging(
    store: Store, run_ids: Sequence[str], *, direction: Direction
) -> dict[str, list[Doubt]]:
    """Return what goes wrong in the losses of some runs, by run.

    Only series are read whose last value is no number, or far above their lowest.
    """
    found: dict[str, list[Doubt]] = defaultdict(list)
    asked = {"runs": list(run_ids), "fewest": FEWEST}
    for one in store.ask(SQL["suspects"], SuspectRow, **asked) if run_ids else ():
        if not is_loss(one.name, direction):
            continue
        if math.isfinite(one.last_value) and is_held_out(one.name):
            continue
        rows = store.ask(SQL["tail_of"], PointRow, sid=one.sid, most=MOST)
        words = trouble_in([(row.step, row.value) for row in rows])
        if words:
            told = f"`{one.name}` {words}"
            found[one.run_id].append(Doubt(code="diverged", words=told, names=[one.name]))
    return dict(found)


def is_loss(name: str, direction: Direction) -> bool:
    """Say whether a metric is one that training makes smaller."""
    return direction(name) == "min"


def is_held_out(name: str) -> bool:
    """Say whether a metric is measured on data that is not trained on."""
    return not HELD_OUT.isdisjoint(WORD.findall(name.lower()))


def trouble_in(points: Points) -> str:
    """Return what is wrong with a loss, in words that follow its name; empty where nothing is."""
    if not points:
        return ""
    if math.isfinite(points[-1][1]):
        return growth_in([(step, value) for step, value in points if math.isfinite(value)])
    return gap_in(points)


def gap_in(points: Points) -> str:
    """Return since when a series is no number; nothing where it often was none before.

    Some write NaN for the steps at which they did not measure: only a stretch longer
    than any before says that something broke.
    """
    stretch, longest, begins = 0, 0, 0
    for place, (_, value) in enumerate(points):
        if not math.isfinite(value):
            begins, stretch = (place, 1) if not stretch else (begins, stretch + 1)
        elif stretch:
            longest, stretch = max(longest, stretch), 0
    if stretch <= longest:
        return ""
    what = "NaN" if math.isnan(points[-1][1]) else "infinite"
    step = points[begins][0]
    return (
        f"is {what} since step {step:,}" if begins else f"is {what} from step {step:,} on"
    )


def growth_in(points: Points) -> str:
    """Return how far a loss has grown over its best; nothing where it has not.

    It has when each of its last five points lies above the best (the lowest median of
    five in a row) by all of: the best itself, so that it is at least doubled; 0.8 of
    what had been gained since the first; ten times the median change between points.
    Spikes, noise, warm restarts and slow overfitting do not come so far.
    """
    if len(points) < FEWEST:
        return ""
    values = [value for _, value in points]
    level = min(values[-WINDOW:])
    if level <= min(values[:-WINDOW]):
        return ""
    smooth = [median(values[at : at + WINDOW]) for at in range(len(values) - WINDOW + 1)]
    best = min(smooth)
    noise = median(abs(b - a) for a, b in pairwise(values))
    first = median(values[: WINDOW // 2 + 1])
    risen = level - best
    if risen < max(abs(best), LOST * (first - best), NOISY * noise) or risen <= 0:
        return ""
    at = points[smooth.index(best) + WINDOW // 2][0]
    now, then = in_short(values[-1]), in_short(best)
    return f"has grown to {now}, far over its best ({then} at step {at:,})"
