"""XGBoost's rounds, as they are heard while a booster grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import is_subclass_of, values_of
from trackbook.libraries.rounds import Latest, Rounds
from trackbook.libraries.sklearn_models import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

ROUNDS = 100
"""Of an estimator that was told no number."""


class Boosted(Rounds):
    """A training whose container of callbacks keeps its curves."""

    def __init__(self, container: Any) -> None:
        super().__init__(container)
        self._history: dict[str, dict[str, list[float]]] = container.history
        self._told = 0

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        first, found = self._told, []
        for part, logs in self._history.items():
            for name, values in logs.items():
                points = [(at, float(values[at])) for at in range(first, len(values))]
                if points:
                    found.append(Measured(name=f"{part}.{name}", values=points))
                self._told = max(self._told, len(values))
        return found


latest = Latest[Boosted]()


def stepped(call: Call) -> Iterable[Finding]:
    """Read a finished round of `train` or `fit`."""
    container: Any = call.given["self"]
    known = latest.of(container) or latest.begin(begun(container, call))
    epoch: Any = call.given["epoch"]
    known.done = epoch + 1
    return known.due(call)


def begun(container: Any, call: Call) -> Boosted:
    """Return a training whose first round ended."""
    found, around = Boosted(container), call.around()
    model = around.given.get("self") if around is not None else None
    if model is not None and is_subclass_of(type(model), "xgboost.sklearn", "XGBModel"):
        found.label, found.is_told = label_of(model), True
        total: Any = values_of(model).get("n_estimators") or ROUNDS
        found.total = total
    elif around is not None and around.name == "train":
        given: Any = around.given.get("num_boost_round")
        found.label, found.total, found.is_told = "xgboost.train", given, True
    return found
