"""Where a quantile lies, told by the order of the values alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Quantile(NamedTuple):
    """A quantile of some values, and two of them between which it lies."""

    value: float
    low: float | None
    """None where there are too few values for a lower bound."""
    high: float | None
    level: float
    """Of both bounds together: 0.95 leaves 0.025 beyond each, or less."""


def quantile(values: NDArray[Any], share: float, level: float = 0.95) -> Quantile:
    """Return the value below which a share of all lie, with its interval of order statistics.

    Nothing is assumed of how the values are distributed, only that they are independent: how
    many lie below the quantile is binomial.

    Source: David and Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1.

    Args:
        values: numbers, at least one
        share: between 0 and 1
        level: between 0 and 1

    Raises:
        Misused: the share or the level is none, or there are no values
    """
    import numpy as np
    from scipy.stats import binom

    if not (0 < share < 1 and 0 < level < 1):
        raise Misused(f"share {share} and level {level}: both have to be between 0 and 1")
    found = np.sort(np.asarray(values, dtype=float))
    count = len(found)
    if not count or not np.isfinite(found).all():
        raise Misused("a quantile needs numbers: there are none, or some are not finite")
    rest = (1 - level) / 2
    first = int(binom.ppf(rest, count, share))
    last = int(binom.ppf(1 - rest, count, share)) + 1
    return Quantile(
        float(np.quantile(found, share)),
        float(found[first - 1]) if first >= 1 else None,
        float(found[last - 1]) if last <= count else None,
        level,
    )
