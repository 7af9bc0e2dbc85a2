"""The card of LightGBM: its own interface, and what its estimators add to scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Derived, Given, Library, Measured, Training
from trackbook.libraries.given import is_subclass_of, plain, values_of
from trackbook.libraries.loading import data_given, held, held_given
from trackbook.libraries.measures import by_round, learning, once
from trackbook.libraries.rounds import Latest, Rounds
from trackbook.libraries.sklearn import training_of
from trackbook.libraries.sklearn_models import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

DEFAULTS = {
    "num_boost_round": 100, "feval": None, "nfold": 5, "stratified": True, "shuffle": True,
    "metrics": None, "seed": 0, "feature_name": "auto", "categorical_feature": "auto",
}  # fmt: skip
"""Of `train` and `cv`, for what may choose the result."""
ROUNDS = frozenset({
    "num_iterations", "num_iteration", "n_iter", "num_tree", "num_trees", "num_round",
    "num_rounds", "nrounds", "num_boost_round", "n_estimators", "max_iter",
})  # fmt: skip
"""What the number of rounds may be called among the params; it counts before the argument."""
ESTIMATOR = ("lightgbm.sklearn", "LGBMModel")


def trained(call: Call) -> Iterable[Finding]:
    """Read `lightgbm.train`; curves that no callback of the user's kept are told as it runs."""
    booster: Any = call.result
    yield from latest.end()
    yield Training(
        label="lightgbm.train",
        model=booster,
        params=_params(call),
        metrics=[*_recorded(call), *_best(booster.best_iteration, booster.best_score)],
        data=held_given(call.given),
    )


def cross_validated(call: Call) -> Iterable[Finding]:
    """Read `lightgbm.cv`: means and deviations by round."""
    table: Any = call.result
    yield Training(
        label="lightgbm.cv",
        model=None,
        params=_params(call),
        metrics=by_round(table, " "),
        results=[table],
        data=held_given(call.given),
    )


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit` of an estimator, with its curves and its best round."""
    latest.forget()  # its whole curves are told here
    model = call.given["self"]
    values: Any = values_of(model)
    best = _best(values.get("_best_iteration"), values.get("_best_score"))
    yield training_of(
        model,
        metrics=[*learning(values.get("_evals_result")), *best],
        data=[*data_given(call.given), *_evaluated(call)],
    )


class Growing(Rounds):
    """A booster that grows; what it was measured at is kept until that is told."""

    def __init__(self, booster: Any) -> None:
        super().__init__(booster)
        self._points: dict[str, list[tuple[int, float]]] = {}

    def take(self, result: object) -> None:
        """Keep what a round was measured at."""
        for one in result if isinstance(result, list) else ():
            name = f"{one.dataset_name}.{one.metric_name}"
            point = (self.done - 1, float(one.metric_value))
            self._points.setdefault(name, []).append(point)

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        points, self._points = self._points, {}
        return [Measured(name=name, values=values) for name, values in points.items()]


latest = Latest[Growing]()


def grown(call: Call) -> Iterable[Finding]:
    """Read a round that ended, or what it was measured at."""
    booster: Any = call.given["self"]
    known = latest.of(booster) or latest.begin(begun(booster, call))
    if not known.is_told:
        return ()
    if call.name == "update":
        known.done += 1
    known.take(call.result)
    if not known.is_due():
        return ()
    around = call.around()
    return (known.step(around.given.get("self") if around is not None else None),)


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
        found.done = booster.current_iteration() - (call.name == "update")
    return found


def predicted(call: Call) -> Iterable[Finding]:
    """Read the predictions of a booster."""
    yield Derived(made=call.result, of=call.given["self"])


def _params(call: Call) -> dict[str, object]:
    given: Any = call.given["params"]
    params: dict[str, object] = {"model": "Booster"}
    params |= {str(key): plain(value) for key, value in (given or {}).items()}
    for name, default in DEFAULTS.items():
        value = plain(call.given.get(name, default))
        if value != default and not (name == "num_boost_round" and ROUNDS & params.keys()):
            params[name] = value
    return params


def _rounds(call: Call) -> object:
    given: Any = call.given["params"] or {}
    named = [value for name, value in given.items() if name in ROUNDS]
    return named[0] if named else call.given.get("num_boost_round")


def _recorded(call: Call) -> Iterable[Measured]:
    """Return what a callback `record_evaluation` kept."""
    callbacks: Any = call.given.get("callbacks")
    for each in callbacks or ():
        yield from learning(values_of(each).get("eval_result"))


def _evaluated(call: Call) -> Iterable[Given]:
    """Return what an estimator was validated on, where it stands in no list `eval_set`."""
    pair = call.given.get("eval_set")
    for part, value in zip("Xy", pair if type(pair) is tuple else (), strict=False):
        yield Given("validation", value, f"eval_set {part}")
    for name in ("eval_X", "eval_y"):
        value = call.given.get(name)
        several = value if type(value) in (tuple, list) else (value,)
        yield from (Given("validation", each, name) for each in several if each is not None)  # type: ignore[attr-defined]  # a tuple or a list


def _best(iteration: object, scores: Any) -> Iterable[Measured]:
    """Return the best round and its scores on the last data set, where training stopped early."""
    if not iteration or not scores:
        return
    yield from once("best_iteration", iteration)
    for metric, value in list(scores.values())[-1].items():
        yield from once(f"best_{metric}", value)


LIGHTGBM = Library(
    module="lightgbm",
    functions={
        "lightgbm.engine:train": trained,
        "lightgbm.engine:cv": cross_validated,
    },
    methods={
        "lightgbm.basic:Booster": {"predict": predicted},
        "lightgbm.basic:Dataset": {"__init__": held},
        "lightgbm.sklearn:LGBMModel": {"fit": fitted},
    },
    live={
        f"lightgbm.basic:Booster.{name}": grown
        for name in ("update", "eval_train", "eval_valid")
    },
    rest=latest.rest,
)
