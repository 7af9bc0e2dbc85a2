"""How differently a model treats groups of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.statistics.intervals import Interval, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Rate(NamedTuple):
    """A share of the rows of a group."""

    hits: int
    n: int
    interval: Interval
    """Wilson's, at 95 %."""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.hits / self.n


class Group(NamedTuple):
    """What became of the rows of one group."""

    n: int
    selected: Rate
    """Of all rows those that were predicted as positive."""
    true_positive: Rate | None
    """Of the truly positive rows those that were; None where there is none."""
    false_positive: Rate | None
    """Of the truly negative rows those that were; None where there is none."""


class Spread(NamedTuple):
    """How far groups are apart in one rate."""

    difference: float
    """The highest less the lowest, from 0 to 1."""
    ratio: float
    """The lowest over the highest, from 0 to 1; 1 where all are 0."""
    lowest: str
    """The name of a group."""
    highest: str


def group_rates(
    is_true: NDArray[Any], is_said: NDArray[Any], groups: NDArray[Any]
) -> dict[str, Group]:
    """Return what became of the rows of each group, by its name.

    Args:
        is_true: whether each row is positive, shape (rows,)
        is_said: whether it was predicted as positive
        groups: the group of each row
    """
    import numpy as np

    true, said = np.asarray(is_true, dtype=bool), np.asarray(is_said, dtype=bool)
    if not true.shape == said.shape == groups.shape:
        raise Misused(f"not of the same rows: {true.shape}, {said.shape}, {groups.shape}")
    found = {}
    for name in np.unique(groups):
        of = groups == name
        found[str(name)] = Group(
            n=int(of.sum()),
            selected=Rate(int(said[of].sum()), int(of.sum()), wilson_of(said[of])),
            true_positive=rate_of(said[of & true]),
            false_positive=rate_of(said[of & ~true]),
        )
    return found


def rate_of(said: NDArray[Any]) -> Rate | None:
    """Return a share; None of no rows."""
    return Rate(int(said.sum()), len(said), wilson_of(said)) if len(said) else None


def wilson_of(said: NDArray[Any]) -> Interval:
    """Return where a share lies."""
    return wilson(int(said.sum()), len(said))


def spread_of(rates: Mapping[str, Rate]) -> Spread:
    """Return how far groups are apart in one rate.

    Of `selected` it is the difference and the ratio of demographic parity, the latter held
    against four fifths (EEOC, 29 CFR 1607.4 D); of `true_positive` the difference of equal
    opportunity; the larger difference of both error rates is that of equalized odds.

    Source: Hardt, Price and Srebro, NIPS 2016; names and forms as in fairlearn.metrics.

    Raises:
        Misused: there are fewer than two groups
    """
    if len(rates) < 2:  # noqa: PLR2004  one to compare with another
        raise Misused(f"{len(rates)} groups: there is nothing to compare")
    lowest = min(rates, key=lambda name: rates[name].share)
    highest = max(rates, key=lambda name: rates[name].share)
    low, high = rates[lowest].share, rates[highest].share
    return Spread(high - low, low / high if high else 1.0, lowest, highest)
