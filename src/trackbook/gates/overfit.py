"""Whether a candidate is much better on what it has learned from than on what it has not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from trackbook.code import direction_of
from trackbook.gates.answer import Answer, failed, passed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

TRAINING = ("train", "training")
VALIDATION = ("val", "valid", "validation", "test", "eval")
FORMS = (
    "{part}_{metric}",
    "{part}/{metric}",
    "{part}.{metric}",
    "{metric}_{part}",
    "{part}-{metric}",
)


def overfit(
    candidate: Candidate,
    _bench: Bench,
    *,
    metric: str,
    max_gap: float,
    train: str = "",
    validation: str = "",
    direction: Literal["max", "min", "auto"] = "auto",
) -> Answer:
    """A recorded metric is no more than `max_gap` worse on validation than on training rows.

    `train` and `validation` name the two that were recorded; where they are left out, they are
    looked for as `train_METRIC` and `val_METRIC`, and as they are usually called otherwise.
    """
    known = candidate.metrics
    names = [
        train or recorded(metric, TRAINING, known),
        validation
        or recorded(metric, VALIDATION, known)
        or (metric if metric in known else ""),
    ]
    held = {"max_gap": max_gap}
    for part, name in zip(("train", "validation"), names, strict=True):
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            said = f"no {name or part + ' ' + metric} was recorded: there are {there}"
            return failed(f"{said} (name it: {part} = ...)", None, held)
    learned, seen = (known[name] for name in names)
    if not (math.isfinite(learned) and math.isfinite(seen)):
        return failed(f"{names[0]} is {learned}, {names[1]} {seen}: no gap", None, held)
    way = direction_of(metric) if direction == "auto" else direction
    gap = seen - learned if way == "min" else learned - seen
    slack = 4 * math.ulp(max(abs(learned), abs(seen), max_gap))
    told = (
        f"{names[1]} {seen:.5g} is {abs(gap):.3g} {'worse' if gap > 0 else 'better'} than"
    )
    said = f"{told} {names[0]} {learned:.5g}" if gap else f"{names[1]} equals {names[0]}"
    facts = {names[0]: learned, names[1]: seen, "direction": way}
    if gap > max_gap + slack:
        return failed(f"{said}; {max_gap:.3g} is allowed", gap, held, **facts)
    return passed(said, gap, held, **facts)


def recorded(metric: str, parts: tuple[str, ...], known: Mapping[str, float]) -> str:
    """Return the name under which a metric of a part was recorded; empty without."""
    for part in parts:
        for form in FORMS:
            name = form.format(part=part, metric=metric)
            if name in known:
                return name
    return ""


def no_gap(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a gap that nobody can tell."""
    gap = params["max_gap"]
    if isinstance(gap, (int, float)) and gap < 0:
        return f"max_gap is {gap}: give a difference that is not negative"
    metric = str(params["metric"])
    if params.get("direction", "auto") == "auto" and direction_of(metric) is None:
        return f'whether more of {metric!r} is better is not known: give direction = "max" or "min"'
    return None
