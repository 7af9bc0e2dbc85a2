"""Measures of how a model orders rows, of rows drawn again and again without sorting them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.statistics.predictions import columns_of
from trackbook.statistics.resampling import groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from trackbook.statistics.predictions import Predictions

TWO = 2


class Ranked(NamedTuple):
    """Rows in the order of what a model said of them."""

    order: NDArray[Any]
    positive: NDArray[Any]
    """1 where a row, in that order, is of the second class; else 0."""
    starts: NDArray[Any] | None
    """Where each group of equal scores begins; None where no two are equal."""


def ranked(truth: NDArray[Any], said: Predictions) -> Ranked:
    """Return rows by the score of the second class, as scikit-learn takes it.

    Raises:
        Misused: the model scores no classes, or other than two
    """
    import numpy as np

    if said.scores is None or said.classes is None:
        raise Misused("the model gives no scores of classes (predict_proba)")
    if len(said.classes) != TWO:
        raise Misused(
            f"{len(said.classes)} classes: roc_auc is of two; roc_auc_ovr of more"
        )
    score = said.scores[:, 1]
    if not np.isfinite(score).all():
        raise Misused("some of the scores are missing or infinite")
    order = np.argsort(score, kind="stable")
    positive = columns_of(truth, said.classes)[order].astype(float)
    starts = np.flatnonzero(np.diff(score[order], prepend=-np.inf))
    return Ranked(order, positive, None if len(starts) == len(order) else starts)


def area(rows: Ranked, counts: NDArray[Any]) -> float:
    """Return the area under the ROC curve of rows that are each there so many times.

    It is the share of pairs of a positive and a negative row that are in the right order, equal
    scores counting half; NaN without rows of both classes.

    Source: Hanley and McNeil, Radiology 143, 1982.

    Args:
        rows: in the order of their scores
        counts: of each row, in the order in which they came, shape (rows,)
    """
    import numpy as np

    there = counts[rows.order]
    positive = there * rows.positive
    negative = there - positive
    if rows.starts is not None:
        positive = np.add.reduceat(positive, rows.starts)
        negative = np.add.reduceat(negative, rows.starts)
    pairs = positive.sum() * negative.sum()
    if not pairs:
        return float("nan")
    below = np.cumsum(negative) - negative / 2
    return float(positive @ below / pairs)


def areas(
    truth: NDArray[Any],
    said: Sequence[Predictions],
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None,
) -> NDArray[Any]:
    """Return the area of several models on the same drawn rows, shape (resamples, models)."""
    import numpy as np

    models = [ranked(truth, one) for one in said]
    members = list(groups(len(truth), strata))
    found = np.empty((resamples, len(models)))
    for number in range(resamples):
        drawn = np.concatenate(
            [one[rng.integers(0, len(one), len(one))] for one in members]
        )
        counts = np.bincount(drawn, minlength=len(truth)).astype(float)
        found[number] = [area(one, counts) for one in models]
    return found
