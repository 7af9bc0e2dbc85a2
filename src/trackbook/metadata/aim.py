"""What an experiment is after, read from a sentence: `accuracy on test, higher`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.metadata.things import Aim

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Direction = Literal["max", "min"]

WAYS: dict[str, Direction] = {
    "higher": "max", "more": "max", "max": "max", "maximize": "max", "maximise": "max",
    "lower": "min", "less": "min", "min": "min", "minimize": "min", "minimise": "min",
}  # fmt: skip
TASKS = {
    "classification", "regression", "ranking", "clustering", "forecasting", "recommendation",
    "segmentation", "detection", "generation", "anomaly detection",
}  # fmt: skip
ON = re.compile(r"(?P<metric>.*\S)\s+on\s+(?P<split>[\w.\-]+)", re.DOTALL)
LONGEST = 200
BETTER = {"max": "higher", "min": "lower"}


def aim_of(words: str, direction: Callable[[str], Direction | None]) -> Aim | None:
    """Return what a sentence says; None where it says `none`.

    Args:
        words: the metric, then `on` and the split, then, behind commas, which way is better and
            what is learned: `accuracy on test, higher, classification`
        direction: tells which way a metric is better, where its name or the settings do

    Raises:
        Misused: it names no metric, or it is not known or contradicted which way is better
    """
    if words.strip() == "none":
        return None
    rest, way, task = tail_of(words)
    said = ON.fullmatch(rest)
    metric, split = (said["metric"], said["split"]) if said else (rest, None)
    if not metric or len(metric) > LONGEST:
        raise Misused(
            f"{words[:LONGEST]!r} names no metric: write accuracy on test, higher"
        )
    known = direction(metric)
    if way is None and known is None:
        raise Misused(
            f"which way {metric!r} is better is not known: write {metric}, higher (or lower)"
        )
    if way is not None and known is not None and way != known:
        raise Misused(
            f"{metric!r} is better {BETTER[known]}, by its name or the settings: name it in"
            f" {way}imize of [tool.trackbook] if it is not"
        )
    return Aim(task=task, metric=metric, split=split, direction=known or way or "max")


def said_of(aim: Aim) -> str:
    """Return what an experiment is after as it can be typed again."""
    on = f" on {aim.split}" if aim.split else ""
    task = f", {aim.task}" if aim.task else ""
    return f"{aim.metric}{on}, {BETTER[aim.direction]}{task}"


def tail_of(words: str) -> tuple[str, Direction | None, str | None]:
    """Return what stands before the words that are known, and what these say."""
    rest, way, task = words.strip(), None, None
    while True:
        before, comma, last = rest.rpartition(",")
        word = last.strip().lower()
        if comma and word in WAYS and way is None:
            way = WAYS[word]
        elif comma and word in TASKS and task is None:
            task = word
        else:
            return rest.strip(), way, task
        rest = before.strip()
