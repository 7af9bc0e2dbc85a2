"""LightGBM's rounds, as they are heard while a booster grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import is_subclass_of, values_of
from trackbook.libraries.rounds import Latest, Rounds
from trackbook.libraries.sklearn_models import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

ROUNDS = frozenset({
    "num_iterations", "num_iteration", "n_iter", "num_tree", "num_trees", "num_round",
    "num_rounds", "nrounds", "num_boost_round", "n_estimators", "max_iter",
})  # fmt: skip
"""What the number of rounds may be called among the params; it counts before the argument."""
ESTIMATOR = ("lightgbm.sklearn", "LGBMModel")


class Growing(Rounds):
    """A booster that grows; what it was measured at is kept until that is told."""

    is_measured = False
    """Its rounds are measured: they are told of with what came of that."""

    def __init__(self, booster: Any) -> None:
        super().__init__(booster)
        self.results: list[tuple[int, Any]] = []
        """What `eval_train` and `eval_valid` gave after which round, as they gave it."""

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        results, self.results = self.results, []
        points: dict[str, list[tuple[int, float]]] = {}
        for step, result in results:
            for one in result if isinstance(result, list) else ():
                name = f"{one.dataset_name}.{one.metric_name}"
                points.setdefault(name, []).append((step, float(one.metric_value)))
        return [Measured(name=name, values=values) for name, values in points.items()]


latest = Latest[Growing]()


def counted(booster: object, _result: object) -> bool:
    """Count a round that ended; tell whether it is to be read."""
    known = latest.of(booster)
    if known is None:
        return True
    known.done += 1
    return not known.is_measured and known.is_due()


def grown(call: Call) -> Iterable[Finding]:
    """Read a round that ended and was counted."""
    return growing(call).due(call)


def judged(booster: object, result: object) -> bool:
    """Keep what a round was measured at; tell whether it is to be read."""
    known = latest.of(booster)
    if known is None or not known.is_told:
        return False
    known.is_measured = True
    known.results.append((known.done - 1, result))
    return known.is_due()


def growing(call: Call) -> Growing:
    """Return the booster whose method was called."""
    booster: Any = call.given["self"]
    return latest.of(booster) or latest.begin(begun(booster, call))


def begun(booster: Any, call: Call) -> Growing:
    """Return a booster that was heard to grow for the first time."""
    found, around = Growing(booster), call.around()
    if around is None:
        return found
    model: Any = around.given.get("self")
    total: Any = None
    if is_subclass_of(type(model), *ESTIMATOR):
        found.label, found.is_told = label_of(model), True
        total = values_of(model).get("n_estimators")
    elif around.name == "train":
        found.label, found.is_told, total = "lightgbm.train", True, _rounds(around)
    found.total = total
    if found.is_told:
        found.done = booster.current_iteration()
    return found


def _rounds(call: Call) -> object:
    given: Any = call.given["params"] or {}
    named = [value for name, value in given.items() if name in ROUNDS]
    return named[0] if named else call.given.get("num_boost_round")
