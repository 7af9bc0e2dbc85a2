"""The card of LightGBM: its own interface, and what its estimators add to scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Derived, Given, Library, Measured, Noted, Training
from trackbook.libraries.given import plain, values_of
from trackbook.libraries.lightgbm_live import ROUNDS, counted, grown, judged, latest
from trackbook.libraries.loading import data_given, held, held_given
from trackbook.libraries.measures import by_round, learning, once
from trackbook.libraries.sklearn import training_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

DEFAULTS = {
    "num_boost_round": 100, "feval": None, "nfold": 5, "stratified": True, "shuffle": True,
    "metrics": None, "seed": 0, "feature_name": "auto", "categorical_feature": "auto",
}  # fmt: skip
"""Of `train` and `cv`, for what may choose the result."""


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
        "lightgbm.basic:Booster.update": Noted("self", counted, read=grown),
        "lightgbm.basic:Booster.eval_train": Noted("self", judged, read=grown),
        "lightgbm.basic:Booster.eval_valid": Noted("self", judged, read=grown),
    },
    rest=latest.rest,
)
