"""The card of XGBoost: its own interface, and what its estimators add to scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Derived, Library, Measured, Training
from trackbook.libraries.given import plain, values_of
from trackbook.libraries.loading import data_given, held, held_given
from trackbook.libraries.measures import by_round, learning, once
from trackbook.libraries.sklearn import training_of
from trackbook.libraries.xgboost_live import latest, stepped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

DEFAULTS = {
    "num_boost_round": 10,
    "early_stopping_rounds": None,
    "obj": None,
    "custom_metric": None,
    "nfold": 3,
    "stratified": False,
    "seed": 0,
    "shuffle": True,
}
"""Of `train` and `cv`, for what may choose the result."""


def trained(call: Call) -> Iterable[Finding]:
    """Read `xgboost.train`; curves that the caller did not ask for are told as it runs."""
    yield from latest.end()
    yield Training(
        label="xgboost.train",
        model=call.result,
        params=_params(call),
        metrics=[
            *learning(call.given.get("evals_result")),
            *_best(call.result, call.given.get("evals_result")),
        ],
        data=held_given(call.given),
    )


def cross_validated(call: Call) -> Iterable[Finding]:
    """Read `xgboost.cv`: means and deviations by round."""
    table: Any = call.result
    yield Training(
        label="xgboost.cv",
        model=None,
        params=_params(call),
        metrics=by_round(table, "-"),
        results=[table],
        data=held_given(call.given),
    )


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit` of an estimator, with its curves and its best round."""
    latest.forget()  # its whole curves are told here
    model = call.given["self"]
    values: Any = values_of(model)
    logs = values.get("evals_result_")
    best = _best(values.get("_Booster"), logs)
    yield training_of(model, metrics=[*learning(logs), *best], data=data_given(call.given))


def predicted(call: Call) -> Iterable[Finding]:
    """Read the predictions of a booster."""
    yield Derived(made=call.result, of=call.given["self"])


def _params(call: Call) -> dict[str, object]:
    given: Any = call.given["params"]
    pairs = given.items() if isinstance(given, dict) else given
    params: dict[str, object] = {"model": "Booster"}
    params |= {str(key): plain(value) for key, value in pairs}
    for name, default in DEFAULTS.items():
        value = plain(call.given.get(name, default))
        if value != default:
            params[name] = value
    return params


def _best(booster: object, logs: object) -> Iterable[Measured]:
    """Return the best round and its score, where stopping early was asked for.

    The score is named by its metric, `best_logloss`, for that tells which way is better;
    it is the last metric of the last data set.
    """
    attribute = getattr(booster, "attr", None)
    if attribute is None:
        return
    for name in ("best_iteration", "best_score"):
        text = attribute(name)
        if text is not None:
            last = list(logs.values())[-1] if isinstance(logs, dict) and logs else {}
            metric = list(last)[-1] if isinstance(last, dict) and last else "score"
            named = f"best_{metric}" if name == "best_score" else name
            yield from once(named, float(text))


XGBOOST = Library(
    module="xgboost",
    functions={
        "xgboost.training:train": trained,
        "xgboost.training:cv": cross_validated,
    },
    live={"xgboost.callback:CallbackContainer.after_iteration": stepped},
    rest=latest.rest,
    methods={
        "xgboost.core:Booster": {"predict": predicted, "inplace_predict": predicted},
        "xgboost.core:DMatrix": {"__init__": held},
        "xgboost.sklearn:XGBModel": {"fit": fitted},
    },
)
