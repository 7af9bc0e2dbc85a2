"""Measures by their names: a few of our own, and every scorer of scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from trackbook.errors import Misused, NotFound
from trackbook.statistics.predictions import columns_of, labels, numbers, probabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from trackbook.statistics.predictions import Predictions

LEAST = 1e-15
"""No probability is taken as smaller, for its logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A measure of how well predictions fit, and by which way it is resampled.

    One of `rows`, `confusion`, `scorer` is there, or it is of ranks.
    """

    name: str
    direction: Literal["max", "min"]
    """Whether more or less of it is better."""
    rows: Callable[[NDArray[Any], Predictions], NDArray[Any]] | None = None
    """Of truth and predictions, one number per row; the measure is their mean."""
    finish: Callable[[NDArray[Any]], NDArray[Any]] | None = None
    """What is done to that mean."""
    confusion: Callable[[NDArray[Any]], NDArray[Any]] | None = None
    """Of tables, shape (some, truth, predicted), one value each."""
    scorer: Callable[..., float] | None = None
    """scikit-learn's."""
    of_ranks: bool = False
    """Whether it is the area under the ROC curve."""
    is_share: bool = False
    """Whether it counts rows of which each is right or wrong."""

    def of_means(self, found: NDArray[Any]) -> NDArray[Any]:
        """Return the measure, of means of rows."""
        return found if self.finish is None else self.finish(found)


def hits(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return 1 for each row that is right."""
    import numpy as np

    ours, theirs = labels(truth, said.outputs)
    return np.asarray(ours == theirs, dtype=float)


def misses(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return 1 for each row that is wrong."""
    import numpy as np

    return np.asarray(1 - hits(truth, said))


def squares(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return each row's squared error."""
    import numpy as np

    ours, theirs = numbers(truth, said.outputs)
    return np.asarray(np.square(ours - theirs))


def gaps(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return each row's absolute error."""
    import numpy as np

    ours, theirs = numbers(truth, said.outputs)
    return np.asarray(np.abs(ours - theirs))


def surprises(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return minus the logarithm of what each row's class was given."""
    import numpy as np

    shares, classes = probabilities(said)
    given = shares[np.arange(len(truth)), columns_of(truth, classes)]
    return np.asarray(-np.log(np.clip(given, LEAST, 1.0)))


def brier_rows(truth: NDArray[Any], said: Predictions) -> NDArray[Any]:
    """Return each row's squared distance to its class; with two classes half of it.

    Source: Brier, Monthly Weather Review 78, 1950; the half is what most call the score of
    two classes, scikit-learn too.
    """
    import numpy as np

    shares, classes = probabilities(said)
    aim = np.zeros_like(shares)
    aim[np.arange(len(truth)), columns_of(truth, classes)] = 1
    found = ((shares - aim) ** 2).sum(axis=1)
    return np.asarray(found / 2 if len(classes) == 2 else found)  # noqa: PLR2004  classes


def root(means: NDArray[Any]) -> NDArray[Any]:
    """Return square roots."""
    import numpy as np

    return np.asarray(np.sqrt(means))


def by_class(tables: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return of each class how many were right, are true, were predicted: (some, classes)."""
    import numpy as np

    right = np.diagonal(tables, axis1=1, axis2=2)
    return right, tables.sum(axis=2), tables.sum(axis=1)


def mean_over(
    above: NDArray[Any], below: NDArray[Any], counts: NDArray[Any]
) -> NDArray[Any]:
    """Return the mean of shares over the classes that count; of nothing it is 0."""
    import numpy as np

    share = above / np.maximum(below, 1)
    some = counts.sum(axis=1)
    return np.where(some > 0, (share * counts).sum(axis=1) / np.maximum(some, 1), np.nan)


def f1_macro(tables: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each class's F1, of classes that are true or predicted."""
    right, true, said = by_class(tables)
    return mean_over(2 * right, true + said, true + said > 0)


def f1_weighted(tables: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each class's F1, weighted by how often it is true."""
    right, true, said = by_class(tables)
    return mean_over(2 * right, true + said, true)


def precision_macro(tables: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each class's precision, of classes that are true or predicted."""
    right, true, said = by_class(tables)
    return mean_over(right, said, true + said > 0)


def recall_macro(tables: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each class's recall, of classes that are true or predicted."""
    right, true, said = by_class(tables)
    return mean_over(right, true, true + said > 0)


def balanced_accuracy(tables: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of each class's recall, of classes that are true."""
    right, true, _ = by_class(tables)
    return mean_over(right, true, true > 0)


OWN = {
    one.name: one
    for one in (
        Metric(name="accuracy", direction="max", rows=hits, is_share=True),
        Metric(name="error_rate", direction="min", rows=misses, is_share=True),
        Metric(name="mse", direction="min", rows=squares),
        Metric(name="rmse", direction="min", rows=squares, finish=root),
        Metric(name="mae", direction="min", rows=gaps),
        Metric(name="log_loss", direction="min", rows=surprises),
        Metric(name="brier", direction="min", rows=brier_rows),
        Metric(name="f1_macro", direction="max", confusion=f1_macro),
        Metric(name="f1_weighted", direction="max", confusion=f1_weighted),
        Metric(name="precision_macro", direction="max", confusion=precision_macro),
        Metric(name="recall_macro", direction="max", confusion=recall_macro),
        Metric(name="balanced_accuracy", direction="max", confusion=balanced_accuracy),
        Metric(name="roc_auc", direction="max", of_ranks=True),
    )
}


def metric_named(name: str) -> Metric:
    """Return a measure: one of our own, or else scikit-learn's scorer of that name.

    Raises:
        NotFound: there is none of that name
        Misused: it may be one of scikit-learn's, which is not installed
    """
    if name in OWN:
        return OWN[name]
    try:
        from sklearn.metrics import get_scorer, get_scorer_names
    except ImportError as error:
        hint = str(NotFound.named("metric", name, known=OWN))
        raise Misused(f"{hint}, and scikit-learn's need scikit-learn: {error}") from error
    theirs = get_scorer_names()
    if name not in theirs:
        see = f"{', '.join(OWN)} and scikit-learn's scorers go"
        raise NotFound.named("metric", name, known=[*OWN, *theirs], see=see)
    # A scorer turns errors round, neg_mean_squared_error: more is always better.
    return Metric(name=name, direction="max", scorer=get_scorer(name))
