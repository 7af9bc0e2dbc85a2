"""Where a measure lies, given how it varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.errors import Misused

if TYPE_CHECKING:
    from numpy.typing import NDArray

Method = Literal["percentile", "bca", "wilson"]


class Interval(NamedTuple):
    """Two bounds, between which a measure lies at a level; each by itself at half the rest."""

    low: float
    high: float
    level: float
    """Of both bounds together: 0.9 leaves 0.05 beyond each."""
    method: Method


def percentile(draws: NDArray[Any], level: float = 0.95) -> Interval:
    """Return the percentile interval of resampled values.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.

    Args:
        draws: the measure of each resample, shape (resamples,)
        level: between 0 and 1

    Raises:
        Misused: the level is none, or the measure was undefined in some resample
    """
    import numpy as np

    known = defined(draws)
    low, high = np.quantile(known, tails(level))
    return Interval(float(low), float(high), level, "percentile")


def bca(
    draws: NDArray[Any], value: float, jackknife: NDArray[Any], level: float = 0.95
) -> Interval:
    """Return the interval that is corrected for bias and acceleration (BCa).

    Where nothing varies, or all draws lie on one side of the value, it is the percentile
    interval, and says so.

    Source: Efron, Better Bootstrap Confidence Intervals, JASA 82, 1987.

    Args:
        draws: the measure of each resample, shape (resamples,)
        value: the measure of the rows themselves
        jackknife: the measure without each row in turn, shape (rows,)
        level: between 0 and 1

    Raises:
        Misused: the level is none, or the measure was undefined in some resample
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    known = defined(draws)
    # Ties count half, as in scipy: else a measure with few values is pushed to one side.
    below = (np.mean(known < value) + np.mean(known <= value)) / 2
    apart = jackknife.mean() - jackknife
    spread = float((apart**2).sum())
    if not 0 < below < 1 or spread == 0:
        return percentile(draws, level)
    acceleration = float((apart**3).sum()) / (6 * spread**1.5)
    shift = ndtri(below)
    along = shift + ndtri(np.array(tails(level)))
    low, high = np.quantile(known, ndtr(shift + along / (1 - acceleration * along)))
    return Interval(float(low), float(high), level, "bca")


def wilson(count: int, total: int, level: float = 0.95) -> Interval:
    """Return the interval of a share, which holds for few rows and near 0 and 1 too.

    Source: Wilson, Probable Inference, JASA 22, 1927; Newcombe, Statistics in Medicine 17,
    1998, method 3.

    Args:
        count: how many have it
        total: of how many
        level: between 0 and 1

    Raises:
        Misused: there is nothing to count, or the level is none
    """
    from scipy.special import ndtri

    if not 0 <= count <= total or total < 1:
        raise Misused(f"{count} of {total} is no share")
    z = float(ndtri(tails(level)[1]))
    share, scale = count / total, 1 + z * z / total
    middle = (share + z * z / (2 * total)) / scale
    half = z / scale * (share * (1 - share) / total + z * z / (4 * total**2)) ** 0.5
    # The bounds of none and of all are exact; rounding must not take them past.
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == total else middle + half
    return Interval(low, high, level, "wilson")


def tails(level: float) -> tuple[float, float]:
    """Return the shares below and above which half of the rest lies."""
    if not 0 < level < 1:
        raise Misused(f"level is {level!r}: it has to be between 0 and 1")
    return (1 - level) / 2, (1 + level) / 2


def defined(draws: NDArray[Any]) -> NDArray[Any]:
    """Return resampled values, or say that some are none."""
    import numpy as np

    undefined = int(np.sum(~np.isfinite(draws)))
    if undefined or not draws.size:
        raise Misused(
            f"undefined in {undefined} of {draws.size} resamples: resample within classes"
            " (stratify), or take more rows"
        )
    return draws
