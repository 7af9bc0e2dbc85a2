"""Whether a version is better than the first one, on the same rows, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import Misused, TrackbookError
from trackbook.statistics import (
    Interval,
    bounds,
    holm,
    mcnemar,
    metric_named,
    paired_bootstrap,
)
from trackbook.statistics import (
    alike as alike_labels,
)
from trackbook.versus.lines import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.statistics import Metric, Predictions
    from trackbook.versus.question import Question

Outcome = Literal["better", "worse", "undecided", "same", "unknown"]
LEVEL, ALPHA = 0.95, 0.05
MANY_LABELS, FEW = 200, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One measure of one version."""

    value: float | None
    interval: Interval | None = None
    why: str = ""
    """Why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One version against the first, in one measure."""

    metric: str
    version: str
    outcome: Outcome
    words: str
    n: int
    """Rows."""
    part: str = ""
    """COLUMN=VALUE where only these rows were looked at."""
    gain: float | None = None
    """By how much it is better, whatever the measure's direction."""
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    """Two-sided, not adjusted."""
    p_holm: float | None = None
    """Adjusted for all comparisons that were made with it."""
    test: str = ""
    only_it: int | None = None
    """Rows that only this version has right."""
    only_first: int | None = None

    @property
    def is_clear(self) -> bool:
        """Whether a difference is told."""
        return self.outcome in ("better", "worse")


def task_of(said: Predictions, truth: Any) -> Literal["labels", "numbers"]:
    """Return what a version gives: labels of classes, or numbers."""
    import numpy as np

    if said.scores is not None or said.outputs.dtype.kind in "bU":
        return "labels"
    if truth.dtype.kind in "bU":
        return "labels"
    few = len(np.unique(truth)) <= MANY_LABELS
    whole = np.all(said.outputs == np.rint(said.outputs))
    if truth.dtype.kind in "iu":
        return "labels" if few and whole else "numbers"
    whole = whole and np.all(truth == np.rint(truth))
    return "labels" if few and whole else "numbers"


def misfit(said: Predictions, truth: Any) -> str:
    """Say that a version chooses among other labels than those that are true; nothing if not."""
    import numpy as np

    if task_of(said, truth) == "numbers":
        return ""
    known = said.outputs if said.classes is None else said.classes
    chosen, true = (np.unique(one) for one in alike_labels(known, truth))
    if len(np.intersect1d(chosen, true)):
        return ""
    ours, theirs = (", ".join(str(x)[:40] for x in one[:FEW]) for one in (chosen, true))
    return f"it chooses among {ours}, and the target holds {theirs}: another question"


def usual_metrics(
    task: Literal["labels", "numbers"], said: Sequence[Predictions]
) -> list[str]:
    """Return what is measured where nobody asked for anything."""
    if task == "numbers":
        return ["rmse", "mae"]
    shares = all(one.scores is not None for one in said)
    return ["accuracy", "f1_macro", *["log_loss"] * shares]


def value_of(metric: Metric, truth: Any, said: Predictions, asked: Question) -> Value:
    """Return a measure of one version with its bounds, or why there is none."""
    try:
        value, interval = bounds(
            metric, truth, said, rng=asked.dice(), level=LEVEL, resamples=asked.resamples
        )
    except TrackbookError as error:
        return Value(value=None, why=str(error))
    return Value(value=value, interval=interval)


def verdict_of(
    metric: Metric,
    truth: Any,
    said: Predictions,
    first: Predictions,
    asked: Question,
    *,
    version: str,
    part: str = "",
) -> Verdict:
    """Return what can be told of one version against the first; its words come with Holm's p."""
    base = Verdict(
        metric=metric.name,
        version=version,
        outcome="unknown",
        words="",
        n=len(truth),
        part=part,
    )
    try:
        found = paired_bootstrap(
            metric, truth, said, first, rng=asked.dice(), level=LEVEL,
            resamples=asked.resamples,
        )  # fmt: skip
    except TrackbookError as error:
        return replace(base, words=f"cannot be told: {error}")
    whole = replace(
        base,
        outcome="same" if alike(said, first, metric) else "undecided",
        gain=found.gain,
        low=found.interval.low,
        high=found.interval.high,
        p_value=found.p_different,
        test="paired bootstrap",
    )
    return counted_out(whole, metric, truth, said, first) if metric.is_share else whole


def counted_out(
    one: Verdict, metric: Metric, truth: Any, said: Predictions, first: Predictions
) -> Verdict:
    """Return a verdict by McNemar's test, of a measure that counts rows right or wrong."""
    if metric.rows is None:
        return one
    right = [metric.rows(truth, each) for each in (said, first)]
    if metric.direction == "min":
        right = [1 - each for each in right]
    told = mcnemar(*right)
    exact = ", exact" if told.method == "exact" else ""
    return replace(
        one,
        p_value=told.p_value,
        test=f"McNemar's test{exact}",
        only_it=told.only_ours,
        only_first=told.only_theirs,
    )


def alike(said: Predictions, first: Predictions, metric: Metric) -> bool:
    """Tell whether two versions say the same of every row, as far as a measure looks."""
    import numpy as np

    if not np.array_equal(said.outputs, first.outputs):
        return False
    if metric.is_share or metric.confusion is not None:
        return True
    if said.scores is None or first.scores is None:
        return said.scores is first.scores
    return bool(np.array_equal(said.scores, first.scores))


def judged(found: Sequence[Verdict]) -> list[Verdict]:
    """Return verdicts of one family: Holm's p-values, and what they come to in words."""
    told = [one for one in found if one.p_value is not None]
    adjusted = iter(holm([one.p_value or 0.0 for one in told]))
    return [
        concluded(replace(one, p_holm=next(adjusted))) if one.p_value is not None else one
        for one in found
    ]


def too_few(found: Sequence[Verdict], resamples: int) -> str:
    """Say that resamples are too few to tell anything, for so many comparisons; else nothing."""
    drawn = [one for one in found if one.test == "paired bootstrap"]
    count = sum(one.p_holm is not None for one in found)
    least = round(2 * count / ALPHA)
    if not drawn or resamples >= least:
        return ""
    return (
        f"{resamples:,} resamples cannot tell {count:,} comparisons apart by the bootstrap:"
        f" --resamples {least}"
    )


def concluded(one: Verdict) -> Verdict:
    """Return a verdict with its outcome, by Holm's p-value, and in words."""
    rows = counted(one.n, "row")
    if one.outcome == "same":
        return replace(one, words=f"says the same of all {rows}")
    gain, low, high, p = (x or 0.0 for x in (one.gain, one.low, one.high, one.p_holm))
    span = f"{low:+.3g} to {high:+.3g} at {100 * LEVEL:g} %"
    tail = f"({span}; p {p_words(p)})"
    if p > ALPHA or not gain:
        return replace(
            one, outcome="undecided", words=f"no difference can be told from {rows} {tail}"
        )
    outcome: Outcome = "better" if gain > 0 else "worse"
    return replace(one, outcome=outcome, words=f"{outcome} by {abs(gain):.3g} {tail}")


def p_words(p: float) -> str:
    """Return a p-value as people read it."""
    return "below 0.001" if p < 0.001 else f"{p:.2g}"  # noqa: PLR2004  as journals do


def metric_of(name: str, fits: Literal["labels", "numbers"]) -> Metric:
    """Return a measure, refusing one for which labels would have to be numbers."""
    metric = metric_named(name)
    if fits == "labels" and name in ("mse", "rmse", "mae"):
        raise Misused(f"{name} measures numbers, and these versions give labels")
    return metric
