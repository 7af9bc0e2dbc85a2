"""Whether a model is as often right as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.statistics.predictions import columns_of, probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.statistics.predictions import Predictions

BINS = 10


class Bin(NamedTuple):
    """Rows of which a model was about as sure."""

    n: int
    sure: float
    """What it said on average."""
    right: float
    """The share that was so."""


def calibration_error(
    sure: NDArray[Any], right: NDArray[Any], bins: int = BINS
) -> tuple[float, list[Bin]]:
    """Return the expected calibration error (ECE), from 0 to 1, and the bins that are not empty.

    Bins are equally wide, each with its upper edge, the first with 0 too.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017.

    Args:
        sure: how probable a model says something is, shape (rows,)
        right: whether it was so, shape (rows,)
        bins: how many

    Raises:
        Misused: there are no rows, or no bins
    """
    import numpy as np

    if not len(sure) or bins < 1:
        raise Misused(f"{len(sure)} rows in {bins} bins: nothing to compare")
    edges = np.linspace(0, 1, bins + 1)[1:-1]
    at = np.searchsorted(edges, sure, side="left")
    counts = np.bincount(at, minlength=bins)
    said, was = (np.bincount(at, weights=one, minlength=bins) for one in (sure, right))
    some = counts > 0
    found = [
        Bin(int(n), float(s / n), float(w / n))
        for n, s, w in zip(counts[some], said[some], was[some], strict=True)
    ]
    return float(np.abs(said - was).sum() / len(sure)), found


def most_probable(
    truth: NDArray[Any], said: Predictions
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return how sure a model is of its most probable class, and whether that is right.

    Raises:
        Misused: it gives no probabilities, or does not know a class
    """
    shares, classes = probabilities(said)
    right = shares.argmax(axis=1) == columns_of(truth, classes)
    return shares.max(axis=1), right.astype(float)
