"""The card of XGBoost: its own interface, and what its estimators add to scikit-learn's."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Derived, Library, Measured, Step, Training
from trackbook.libraries.given import is_subclass_of, plain, values_of
from trackbook.libraries.loading import data_given, held, held_given
from trackbook.libraries.measures import by_round, learning, once
from trackbook.libraries.sklearn import training_of
from trackbook.libraries.sklearn_models import label_of

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
ROUNDS = 100
"""Of an estimator that was told no number."""
EVERY_S = 0.1
"""Rounds are told no more often, together."""


def trained(call: Call) -> Iterable[Finding]:
    """Read `xgboost.train`; curves that the caller did not ask for are told as it runs."""
    if rest := latest.rest():
        total: Any = call.given.get("num_boost_round")
        yield Step(
            label="xgboost.train",
            metrics=rest,
            done=latest.count,
            total=total,
            unit="round",
        )
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
    model = call.given["self"]
    values: Any = values_of(model)
    logs = values.get("evals_result_")
    best = _best(values.get("_Booster"), logs)
    yield training_of(model, metrics=[*learning(logs), *best], data=data_given(call.given))


class Latest:
    """The training whose rounds were heard last; its curves are there until it is over."""

    rounds: ref[object] | None = None
    is_told = False
    """Whether anything is told of it: nothing of a search's candidates, nor of `cv`."""
    told_s = 0.0
    count = 0
    """Of its rounds that were told."""

    def news(self, rounds: Any) -> list[Measured]:
        """Return the points that have come since the last time."""
        first, found = self.count, []
        for part, logs in rounds.history.items():
            for name, values in logs.items():
                points = [(at, float(values[at])) for at in range(first, len(values))]
                if points:
                    found.append(Measured(name=f"{part}.{name}", values=points))
                self.count = max(self.count, len(values))
        return found

    def rest(self) -> list[Measured]:
        """Return the points that were not told yet, of a training that ends."""
        rounds = self.rounds and self.rounds()
        return [] if rounds is None or not self.is_told else self.news(rounds)


latest = Latest()


def stepped(call: Call) -> Iterable[Finding]:
    """Read finished rounds of `train` or `fit`, some times a second."""
    rounds, now = call.given["self"], monotonic()
    is_new = latest.rounds is None or latest.rounds() is not rounds
    if not is_new and (not latest.is_told or now - latest.told_s < EVERY_S):
        return ()
    around = call.around()
    model = around.given.get("self") if around is not None else None
    is_fit = model is not None and is_subclass_of(
        type(model), "xgboost.sklearn", "XGBModel"
    )
    if is_new:
        latest.rounds, latest.count = ref(rounds), 0
        latest.is_told = is_fit or (around is not None and around.name == "train")
    if around is None or not latest.is_told:
        return ()
    latest.told_s = now
    total: Any = around.given.get("num_boost_round")
    if is_fit:
        total = values_of(model).get("n_estimators") or ROUNDS
    epoch: Any = call.given["epoch"]
    step = Step(
        of=model,
        label=label_of(model) if is_fit else "xgboost.train",
        metrics=latest.news(rounds),
        done=epoch + 1,
        total=total,
        unit="round",
    )
    return (step,)


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
    methods={
        "xgboost.core:Booster": {"predict": predicted, "inplace_predict": predicted},
        "xgboost.core:DMatrix": {"__init__": held},
        "xgboost.sklearn:XGBModel": {"fit": fitted},
    },
)
