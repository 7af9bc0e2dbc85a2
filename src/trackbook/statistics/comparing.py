"""Whether one model is better than another on the same rows, and a measure's bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.errors import Misused
from trackbook.statistics.intervals import (
    Interval,
    bca,
    defined,
    percentile,
    wilson,
)
from trackbook.statistics.measure import measured, redrawn
from trackbook.statistics.resampling import RESAMPLES, means

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from trackbook.statistics.metrics import Metric
    from trackbook.statistics.predictions import Predictions

FEW_DISCORDANT = 25
"""Below it the normal approximation of McNemar's test is too rough."""


class Compared(NamedTuple):
    """What a paired bootstrap found."""

    ours: float
    theirs: float
    gain: float
    """By how much ours is better, whatever the metric's direction; negative if it is worse."""
    interval: Interval
    """Of the gain."""
    p_value: float
    """Of a gain as large, one-sided, if the true one were `beyond` or less."""
    resamples: int
    p_worse: float
    """Of one as small, one-sided, if the true one were `beyond` or more."""

    @property
    def p_different(self) -> float:
        """Two-sided: whether the gain is any other than `beyond`."""
        return min(1.0, 2 * min(self.p_value, self.p_worse))


class Discordant(NamedTuple):
    """What McNemar's test found."""

    only_ours: int
    """Rows that only our model has right."""
    only_theirs: int
    p_value: float
    """Two-sided: whether either is better."""
    p_better: float
    """One-sided: whether ours is."""
    method: Literal["exact", "chi2"]


def paired_bootstrap(
    metric: Metric,
    truth: NDArray[Any],
    ours: Predictions,
    theirs: Predictions,
    *,
    rng: Generator,
    beyond: float = 0.0,
    level: float = 0.9,
    resamples: int = RESAMPLES,
    strata: NDArray[Any] | None = None,
) -> Compared:
    """Return by how much our model is better on the same rows, and how sure that is.

    Both are given the same drawn rows. The p-value is the share of resamples whose gain is
    not more than `beyond`, counting one more: it is below alpha where the percentile
    interval at level 1 - 2 alpha lies above `beyond`.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 15;
    one more is counted as in Davison and Hinkley, Bootstrap Methods, 1997, section 4.2.

    Args:
        metric: which measure; its direction says which way a gain goes
        truth: what is true, shape (rows,), in the order of both predictions
        beyond: the gain to be beaten; minus a margin for non-inferiority
        level: of the interval, both sides together
        strata: the group of each row, drawn from by itself

    Raises:
        Misused: it cannot be told from these predictions
    """
    sign = 1.0 if metric.direction == "max" else -1.0
    values = [measured(metric, truth, one) for one in (ours, theirs)]
    gains = defined(sign * differences(metric, truth, ours, theirs, rng, resamples, strata))
    return Compared(
        ours=values[0],
        theirs=values[1],
        gain=sign * (values[0] - values[1]),
        interval=percentile(gains, level),
        p_value=(1 + int((gains <= beyond).sum())) / (1 + resamples),
        resamples=resamples,
        p_worse=(1 + int((gains >= beyond).sum())) / (1 + resamples),
    )


def differences(
    metric: Metric,
    truth: NDArray[Any],
    ours: Predictions,
    theirs: Predictions,
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None,
) -> NDArray[Any]:
    """Return our measure less theirs in each resample, shape (resamples,)."""
    import numpy as np

    if metric.rows is not None and metric.finish is None:
        # The difference of two means is the mean of the rows' differences: half the work.
        apart = metric.rows(truth, ours) - metric.rows(truth, theirs)
        return means(apart[:, None], rng, resamples, strata)[:, 0]
    both = redrawn(metric, truth, [ours, theirs], rng, resamples, strata)
    return np.asarray(both[:, 0] - both[:, 1])


def mcnemar(ours: NDArray[Any], theirs: NDArray[Any]) -> Discordant:
    """Return whether one of two models is right more often, on the same rows.

    Fewer than 25 rows that only one of them has right are counted exactly by the binomial
    distribution, more by the normal one with continuity correction.

    Source: McNemar, Psychometrika 12, 1947; the correction: Edwards, Psychometrika 13, 1948.

    Args:
        ours: which rows our model has right, shape (rows,)
        theirs: which the other one has
    """
    import numpy as np
    from scipy.stats import binom, norm

    first, second = np.asarray(ours, dtype=bool), np.asarray(theirs, dtype=bool)
    if first.shape != second.shape:
        raise Misused(f"not of the same rows: {first.shape} and {second.shape}")
    b, c = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    total = b + c
    if total < FEW_DISCORDANT:
        least = float(binom.cdf(min(b, c), total, 0.5))
        better = float(binom.sf(b - 1, total, 0.5))
        return Discordant(b, c, min(1.0, 2 * least), better, "exact")
    z = max(0.0, abs(b - c) - 1) / total**0.5
    toward = (b - c - 1) / total**0.5
    return Discordant(b, c, float(2 * norm.sf(z)), float(norm.sf(toward)), "chi2")


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that may be held against one alpha together, in the same order.

    Source: Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    count = len(p_values)
    found, highest = [0.0] * count, 0.0
    for rank, at in enumerate(sorted(range(count), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (count - rank) * p_values[at]))
        found[at] = highest
    return found


def bounds(
    metric: Metric,
    truth: NDArray[Any],
    said: Predictions,
    *,
    rng: Generator,
    level: float = 0.9,
    resamples: int = RESAMPLES,
    strata: NDArray[Any] | None = None,
) -> tuple[float, Interval]:
    """Return a measure of one model, and between which bounds it lies.

    A share of rows has Wilson's interval; a mean of rows BCa, without strata; any other
    measure the percentile interval of its resamples.

    Args:
        metric: which measure
        truth: what is true, shape (rows,)
        said: what the model said
        rng: where the dice come from
        level: of both bounds together
        resamples: how often rows are drawn
        strata: the group of each row

    Raises:
        Misused: it cannot be told from these predictions
    """
    value = measured(metric, truth, said)
    if metric.is_share and metric.rows is not None and strata is None:
        each = metric.rows(truth, said)
        return value, wilson(int(each.sum()), len(each), level)
    draws = redrawn(metric, truth, [said], rng, resamples, strata)[:, 0]
    if metric.rows is None or strata is not None or len(truth) < 2:  # noqa: PLR2004  rows
        return value, percentile(draws, level)
    each = metric.rows(truth, said)
    without = metric.of_means((each.sum() - each) / (len(each) - 1))
    return value, bca(draws, value, without, level)
