"""A measure of rows, and of rows drawn again and again, each by the shortest way there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.statistics import resampling
from trackbook.statistics.predictions import alike, labels
from trackbook.statistics.ranks import area, areas, ranked
from trackbook.statistics.told import of_cells, scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from trackbook.statistics.metrics import Metric
    from trackbook.statistics.predictions import Predictions

MOST_LABELS = 200
"""More of them are numbers, of which a table of confusion makes no sense."""


def measured(metric: Metric, truth: NDArray[Any], said: Predictions) -> float:
    """Return a measure of predictions.

    Args:
        metric: which one
        truth: what is true, shape (rows,)
        said: what was predicted

    Raises:
        Misused: it cannot be told from these predictions
    """
    import numpy as np

    if metric.rows is not None:
        value = float(metric.of_means(np.asarray(metric.rows(truth, said).mean())))
    elif metric.of_ranks:
        value = area(ranked(truth, said), np.ones(len(truth)))
    elif metric.confusion is not None:
        codes, count = coded(truth, [said])
        value = float(metric.confusion(tables_of(codes, count))[0])
    else:
        value = scored(metric, truth, said)[0]
    if not np.isfinite(value):
        raise Misused(f"{metric.name} is undefined on these {len(truth)} rows")
    return value


def redrawn(
    metric: Metric,
    truth: NDArray[Any],
    said: Sequence[Predictions],
    rng: Generator,
    resamples: int = resampling.RESAMPLES,
    strata: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return a measure of several models on the same drawn rows: shape (resamples, models).

    Means of rows, measures of labels, and the area under the ROC curve take seconds for 100,000
    rows and 2,000 resamples; any other is computed anew for each resample.

    Raises:
        Misused: it cannot be told from these predictions
    """
    import numpy as np

    if metric.rows is not None:
        columns = np.column_stack([metric.rows(truth, one) for one in said])
        return metric.of_means(resampling.means(columns, rng, resamples, strata))
    if metric.of_ranks:
        return areas(truth, said, rng, resamples, strata)
    if metric.confusion is not None:
        return of_tables(metric, truth, said, rng, resamples, strata)
    by_labels = [scored(metric, truth, one)[1] for one in said]
    if all(by_labels):
        found = of_labels(metric, truth, said, rng, resamples, strata)
        if found is not None:
            return found
    return resampling.of_rows(
        lambda rows: [scored(metric, truth[rows], one.of(rows))[0] for one in said],
        len(truth), rng, resamples, strata,
    )  # fmt: skip


def of_tables(
    metric: Metric,
    truth: NDArray[Any],
    said: Sequence[Predictions],
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None,
) -> NDArray[Any]:
    """Return a measure of tables of confusion, from counts of rows that are alike."""
    import numpy as np

    codes, classes = coded(truth, said)
    kinds, code = np.unique(codes, axis=1, return_inverse=True)
    confusion = metric.confusion

    def of(counts: NDArray[Any]) -> NDArray[Any]:
        values = []
        for model in range(1, len(kinds)):
            place = kinds[0] * classes + kinds[model]
            # One column per cell of the table: where its rows are counted.
            into = np.zeros((kinds.shape[1], classes * classes))
            into[np.arange(kinds.shape[1]), place] = 1
            tables = (counts @ into).reshape(-1, classes, classes)
            values.append(confusion(tables))  # type: ignore[misc]  # the caller looked
        return np.stack(values, axis=1)

    return resampling.of_counts(of, code.ravel(), kinds.shape[1], rng, resamples, strata)


def of_labels(
    metric: Metric,
    truth: NDArray[Any],
    said: Sequence[Predictions],
    rng: Generator,
    resamples: int,
    strata: NDArray[Any] | None,
) -> NDArray[Any] | None:
    """Return a scorer's values from counts of rows that are alike; None for many kinds."""
    import numpy as np

    try:
        codes, _ = coded(truth, said)
    except Misused:
        return None
    _, first, code = np.unique(codes, axis=1, return_index=True, return_inverse=True)
    if len(first) > resampling.MOST_CELLS:
        return None
    few = [one.of(first) for one in said]

    def of(counts: NDArray[Any]) -> NDArray[Any]:
        return np.array(
            [[of_cells(metric, truth[first], m, n) for m in few] for n in counts]
        )

    return resampling.of_counts(of, code.ravel(), len(first), rng, resamples, strata)


def coded(truth: NDArray[Any], said: Sequence[Predictions]) -> tuple[NDArray[Any], int]:
    """Return truth and each model's labels as numbers from 0, and how many labels there are."""
    import numpy as np

    for one in said:
        labels(truth, one.outputs)
    arrays = alike(truth, *(one.outputs for one in said))
    known, codes = np.unique(np.concatenate(arrays), return_inverse=True)
    if len(known) > MOST_LABELS:
        raise Misused(f"{len(known)} different labels: these are numbers, no classes")
    return codes.reshape(len(arrays), -1), len(known)


def tables_of(codes: NDArray[Any], classes: int) -> NDArray[Any]:
    """Return one table of confusion: shape (1, truth, predicted)."""
    import numpy as np

    cells = np.bincount(codes[0] * classes + codes[1], minlength=classes * classes)
    return cells.reshape(1, classes, classes)
