"""The card of scikit-learn: estimators, searches, cross-validation, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.libraries.base import Derived, Fitted, Library, Training, Used
from trackbook.libraries.given import given_params, kept_params, values_of
from trackbook.libraries.loading import data_given
from trackbook.libraries.measures import newest, once, series
from trackbook.libraries.sklearn_metrics import measured, reported
from trackbook.libraries.sklearn_models import can_predict, core_of, final_of, label_of
from trackbook.libraries.sklearn_search import (
    cross_predicted,
    cross_scored,
    cross_validated,
    curve,
    searched,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from trackbook.libraries.base import Call, Finding, Given, Measured

CURVES = ("loss_curve_", "validation_scores_", "train_score_", "validation_score_")
NUMBERS = ("inertia_", "oob_score_")


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit` and its kin: a training, or the fitting of something that is no model."""
    thing = call.given["self"]
    if not can_predict(thing):
        yield Fitted(
            model=thing,
            params=within(type(thing).__name__, given_params(thing)),
            defaults=within(type(thing).__name__, kept_params(thing)),
        )
        return
    yield training_of(
        thing, continued=call.name == "partial_fit", data=data_given(call.given)
    )
    if call.name in ("fit_predict", "fit_transform"):
        yield Derived(made=call.result, of=thing)


def within(kind: str, params: Mapping[str, object]) -> dict[str, object]:
    """Return params with a class before their names."""
    return {f"{kind}.{name}": value for name, value in params.items()}


def training_of(
    thing: object,
    *,
    metrics: Iterable[Measured] = (),
    continued: bool = False,
    data: Sequence[Given] = (),
) -> Training:
    """Return the training of a fitted model, with the curves that it kept."""
    core, inner = core_of(thing), values_of(final_of(thing))
    kept = [inner[name] for name in ("labels_", "best_estimator_") if name in inner]
    search = searched(final_of(thing))
    return Training(
        label=label_of(thing),
        model=thing,
        params={"model": label_of(thing), **given_params(thing), **search.params},
        defaults=kept_params(thing),
        metrics=[
            *search.metrics,
            *metrics,
            *_kept_by(core, newest if continued else series),
        ],
        children=search.children,
        results=[*kept, *search.results, *([] if core is thing else [core])],
        tags=search.tags,
        continued=continued,
        data=data,
    )


def scored(call: Call) -> Iterable[Finding]:
    """Read `score(X, y)`."""
    model = call.given["self"]
    yield from once("score", call.result, of=model)
    if can_predict(model):
        yield Used(data=data_given(call.given, "test"), of=model)


def predicted(call: Call) -> Iterable[Finding]:
    """Read `predict` and its kin, `transform` of a model included."""
    model = call.given["self"]
    if can_predict(model):
        made = call.result if type(call.result) is tuple else (call.result,)
        yield from (Derived(made=each, of=model) for each in made)
        yield Used(data=data_given(call.given, "test"), of=model)


def _kept_by(
    core: object, read: Callable[[str, object], list[Measured]]
) -> Iterator[Measured]:
    values = values_of(core)
    for name in CURVES:
        yield from read(called(core, name), values.get(name))
    for name in NUMBERS:
        if not (name == "oob_score_" and "oob_scores_" in values):  # there it is a loss
            yield from once(name.rstrip("_"), values.get(name))


def called(core: object, attribute: str) -> str:
    """Return what a curve is: `GradientBoosting…` keeps losses in its `train_score_`."""
    if attribute == "train_score_" and type(core).__name__.startswith("GradientBoosting"):
        return "train_loss"
    return attribute.rstrip("_")


FITS = ("fit", "partial_fit", "fit_predict", "fit_transform")
PREDICTIONS = (
    "predict", "predict_proba", "predict_log_proba", "decision_function",
    "score_samples", "transform",
)  # fmt: skip

SKLEARN = Library(
    module="sklearn",
    functions={
        "sklearn.metrics:classification_report": reported,
        "sklearn.metrics:*": measured,
        "sklearn.model_selection:cross_val_score": cross_scored,
        "sklearn.model_selection:cross_validate": cross_validated,
        "sklearn.model_selection:cross_val_predict": cross_predicted,
        "sklearn.model_selection:learning_curve": curve,
        "sklearn.model_selection:validation_curve": curve,
    },
    methods={
        "sklearn.base:BaseEstimator": {
            **dict.fromkeys(FITS, fitted),
            **dict.fromkeys(PREDICTIONS, predicted),
            "score": scored,
        }
    },
)
