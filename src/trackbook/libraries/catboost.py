"""The card of CatBoost: models, their curves, cross-validation, pools of data.

What it does while it trains happens in compiled code: nothing is told before it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Derived, Given, Library, Measured, Training, Used
from trackbook.libraries.given import module_of, name_of, plain, values_of
from trackbook.libraries.loading import data_given, held
from trackbook.libraries.measures import by_round, learning, once

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.libraries.base import Call, Finding

FITTING = (
    "cat_features", "text_features", "embedding_features", "use_best_model",
    "early_stopping_rounds", "init_model",
)  # fmt: skip
"""Arguments of `fit` that choose the result and are none of the model's params."""
FOLDING = {
    "iterations": None, "num_boost_round": None, "fold_count": None, "nfold": None,
    "inverted": False, "shuffle": True, "seed": None, "partition_random_seed": 0,
    "stratified": None, "early_stopping_rounds": None, "type": "Classical",
}  # fmt: skip


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit`: params as given, and those that CatBoost chose apart from them."""
    model: Any = call.given["self"]
    label = name_of(type(model))
    given: Any = values_of(model).get("_init_params") or {}
    params = {"model": label, **{str(key): plain(value) for key, value in given.items()}}
    for name in FITTING:
        value = call.given.get(name)
        if value is not None:
            params[name] = plain(value)
    chosen = model.get_all_params()
    yield Training(
        label=label,
        model=model,
        params=params,
        defaults={name: plain(v) for name, v in chosen.items() if name not in params},
        metrics=[*learning(model.get_evals_result()), *_best(model)],
        data=[*data_given(call.given), *_evaluated(call)],
    )


def cross_validated(call: Call) -> Iterable[Finding]:
    """Read `catboost.cv`: means and deviations by round."""
    table: Any = call.result[0] if type(call.result) is tuple else call.result
    given: Any = call.given.get("params") or {}
    params = {"model": "CatBoost", **{str(key): plain(v) for key, v in given.items()}}
    for name, default in FOLDING.items():
        value = plain(call.given.get(name, default))
        if value != default:
            params[name] = value
    pool = call.given.get("pool")
    if pool is None:
        pool = call.given.get("dtrain")
    yield Training(
        label="catboost.cv",
        model=None,
        params=params,
        metrics=by_round(table, "-"),
        results=[table],
        data=[Given("training", pool, "pool")],
    )


def predicted(call: Call) -> Iterable[Finding]:
    """Read predictions."""
    model = call.given["self"]
    yield Derived(made=call.result, of=model)
    yield Used(data=data_given(call.given, "test"), of=model)


def scored(call: Call) -> Iterable[Finding]:
    """Read `score(X, y)`."""
    model = call.given["self"]
    yield from once("score", call.result, of=model)
    yield Used(data=data_given(call.given, "test"), of=model)


def _evaluated(call: Call) -> Iterable[Given]:
    """Return pools and pairs to validate on that stand in no list."""
    evaluated = call.given.get("eval_set")
    several = evaluated if type(evaluated) is list else [evaluated]
    for each in several:
        if module_of(type(each)).startswith("catboost"):
            yield Given("validation", each, "eval_set")
        elif type(each) is tuple and type(evaluated) is tuple:
            for name, part in zip("Xy", each, strict=False):
                yield Given("validation", part, f"eval_set {name}")


def _best(model: Any) -> Iterable[Measured]:
    """Return the best round and its scores on what was validated on, where anything was."""
    scores = {name: of for name, of in model.best_score_.items() if name != "learn"}
    if not scores or model.best_iteration_ is None:
        return
    yield from once("best_iteration", model.best_iteration_)
    for metric, value in list(scores.values())[-1].items():
        yield from once(f"best_{metric}", value)


CATBOOST = Library(
    module="catboost",
    functions={"catboost.core:cv": cross_validated},
    methods={
        "catboost.core:CatBoost": {
            "fit": fitted,
            "predict": predicted,
            "predict_proba": predicted,
            "predict_log_proba": predicted,
            "score": scored,
        },
        "catboost.core:Pool": {"__init__": held},
    },
)
