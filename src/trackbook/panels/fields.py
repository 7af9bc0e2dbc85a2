"""What can be said of runs: every param, metric and tag under a dotted name."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.code import direction_of
from trackbook.table import SIGNS, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.records import Run

Group = Literal["about", "params", "metrics", "tags"]
Direction = Literal["max", "min"]
ABOUT = (
    "name", "status", "started_at", "duration_s", "experiment", "notebook", "user",
    "git_commit", "reproduced",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that runs can be sorted, plotted or compared by."""

    key: str
    """`metrics.loss`, `params.lr`, `tags.team`, or bare what every run has: `status`."""
    name: str
    group: Group


def fields_of(runs: Iterable[Run]) -> list[Field]:
    """Return all fields of some runs: about, params, metrics, tags, each as first met."""
    params: dict[str, None] = {}
    metrics: dict[str, None] = {}
    tags: dict[str, None] = {}
    proven = False
    for run in runs:
        proven = proven or run.reproduced is not None
        params.update(dict.fromkeys(run.params))
        metrics.update(dict.fromkeys(run.metrics))
        tags.update(dict.fromkeys(run.tags))
    return [
        *(Field(name, name, "about") for name in ABOUT if name != "reproduced" or proven),
        *(Field(f"params.{name}", name, "params") for name in params),
        *(Field(f"metrics.{name}", name, "metrics") for name in metrics),
        *(Field(f"tags.{name}", name, "tags") for name in tags),
    ]


def value_of(run: Run, key: str) -> object:
    """Return what a run says under a key; None where it says nothing."""
    group, dot, name = key.partition(".")
    if dot and group == "params":
        return run.params.get(name)
    if dot and group == "metrics":
        return run.metrics.get(name)
    if dot and group == "tags":
        return run.tags.get(name)
    if key == "reproduced":
        return run.reproduced and f"{SIGNS[run.reproduced]} {run.reproduced}"
    return getattr(run, key) if key in ABOUT else None


def number_of(value: object) -> float | None:
    """Return a finite number, or what a text says if that is one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def direction_in(directions: Mapping[str, str], metric: str) -> Direction | None:
    """Return which way a metric is better: as the user said, else as its name says."""
    said = directions.get(metric)
    if said is None:
        return direction_of(metric)
    return said if said in {"max", "min"} else None  # type: ignore[return-value]  # just checked


def best_of(values: Sequence[object], direction: Direction | None) -> list[int]:
    """Return where the best numbers stand; nowhere if all are alike or none is better."""
    numbers = [number_of(value) for value in values]
    known = [number for number in numbers if number is not None]
    if direction is None or len(set(known)) <= 1:
        return []
    best = max(known) if direction == "max" else min(known)
    return [at for at, number in enumerate(numbers) if number == best]


def label(text: str) -> str:
    """Return text for Plotly, which would read <b> and &amp; in it as markup."""
    return html.escape(visible(text), quote=False)
