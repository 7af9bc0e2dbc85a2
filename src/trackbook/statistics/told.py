"""A model that only says again what was said before, for scikit-learn's scorers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.statistics.metrics import Metric
    from trackbook.statistics.predictions import Predictions


def scored(metric: Metric, truth: NDArray[Any], said: Predictions) -> tuple[float, bool]:
    """Return a scorer's value, and whether it asked for nothing but labels.

    Raises:
        Misused: it cannot be told from these predictions
    """
    import numpy as np

    if metric.scorer is None:
        raise Misused(f"{metric.name} is no scorer of scikit-learn's")
    model = kinds()[is_classes(truth, said)](said)
    places = np.arange(len(truth)).reshape(-1, 1)
    try:
        value = float(metric.scorer(model, places, truth))
    except (ValueError, TypeError, AttributeError) as error:
        raise Misused(f"{metric.name} cannot be told here: {error}") from error
    return value, model.asked == {"predict"}


def of_cells(
    metric: Metric, truth: NDArray[Any], said: Predictions, counts: NDArray[Any]
) -> float:
    """Return a scorer's value of rows that are each there several times.

    Raises:
        Misused: it cannot be told of them
    """
    import numpy as np

    # Rows that are not there at all are left out: their classes would still be counted.
    some = np.flatnonzero(counts)
    model = kinds()[is_classes(truth, said)](said.of(some))
    places = np.arange(len(some)).reshape(-1, 1)
    try:
        return float(
            metric.scorer(model, places, truth[some], sample_weight=counts[some])  # type: ignore[misc]  # `scored` looked
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise Misused(f"{metric.name} cannot be told here: {error}") from error


def is_classes(truth: NDArray[Any], said: Predictions) -> bool:
    """Tell whether a model chooses among classes: it gives their scores, or labels."""
    return said.scores is not None or "f" not in (truth.dtype.kind, said.outputs.dtype.kind)


@cache
def kinds() -> dict[bool, Any]:
    """Return a class of models that predict numbers, and one of those that choose classes."""
    import numpy as np
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    class Told:
        """It says of each row, given by its number, what was said of it."""

        def __init__(self, said: Predictions) -> None:
            self.said = said
            self.asked: set[str] = set()
            labels = said.classes if said.classes is not None else np.unique(said.outputs)
            self.classes_ = labels

        def __sklearn_is_fitted__(self) -> bool:
            return True

        def predict(self, places: Any) -> Any:
            self.asked.add("predict")
            return self.said.outputs[places.ravel()]

        def predict_proba(self, places: Any) -> Any:
            self.asked.add("predict_proba")
            if self.said.scores is None:
                raise AttributeError("the model gives no probabilities")
            return self.said.scores[places.ravel()]

    return {
        True: type("ToldClasses", (ClassifierMixin, Told, BaseEstimator), {}),
        False: type("ToldNumbers", (RegressorMixin, Told, BaseEstimator), {}),
    }
