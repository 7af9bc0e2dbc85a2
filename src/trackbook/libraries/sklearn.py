"""The card of scikit-learn: estimators, searches, cross-validation, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.libraries.base import Derived, Fitted, Library, Training, Used
from trackbook.libraries.given import given_params, kept_params, values_of
from trackbook.libraries.loading import data_given
from trackbook.libraries.measures import once
from trackbook.libraries.sklearn_kept import chosen_by, goes_on, kept_by, newest_of
from trackbook.libraries.sklearn_live import LIVE
from trackbook.libraries.sklearn_metrics import (
    averaged,
    displayed,
    ignored,
    importance,
    measured,
    reported,
    scored_by,
)
from trackbook.libraries.sklearn_models import (
    can_predict,
    core_of,
    final_of,
    is_frozen,
    label_of,
)
from trackbook.libraries.sklearn_search import (
    cross_predicted,
    cross_scored,
    cross_validated,
    curve,
    permuted,
    searched,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.libraries.base import Call, Finding, Given, Measured


def fitted(call: Call) -> Iterable[Finding]:
    """Read `fit` and its kin: a training, or the fitting of something that is no model."""
    thing = call.given["self"]
    if is_frozen(thing):
        return  # learned elsewhere: its `fit` does nothing
    if not can_predict(thing):
        yield Fitted(
            model=thing,
            params=within(type(thing).__name__, given_params(thing)),
            defaults=within(type(thing).__name__, kept_params(thing)),
        )
        return
    yield training_of(
        thing,
        continued=call.name == "partial_fit" or goes_on(core_of(thing)),
        data=data_given(call.given),
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
    grown = kept_by(core) if not continued else newest_of(core)
    kept = [inner[name] for name in ("labels_", "best_estimator_") if name in inner]
    search = searched(final_of(thing))
    return Training(
        label=label_of(thing),
        model=thing,
        params={
            "model": label_of(thing),
            **given_params(thing),
            **search.params,
            **chosen_by(core),
        },
        defaults=kept_params(thing),
        metrics=[*search.metrics, *metrics, *grown],
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


def judged(call: Call) -> Iterable[Finding]:
    """Read a number that a model tells of itself and data: `bic(X)`, `perplexity(X)`."""
    yield from once(call.name, call.result, of=call.given["self"])


FITS = ("fit", "partial_fit", "fit_predict", "fit_transform")
PREDICTIONS = (
    "predict", "predict_proba", "predict_log_proba", "decision_function",
    "score_samples", "transform", "kneighbors",
)  # fmt: skip
MADE = ("from_estimator", "from_predictions", "from_cv_results")
DISPLAYS = (
    "ConfusionMatrixDisplay", "DetCurveDisplay", "PrecisionRecallDisplay",
    "PredictionErrorDisplay", "RocCurveDisplay",
)  # fmt: skip

SKLEARN = Library(
    module="sklearn",
    functions={
        "sklearn.metrics:classification_report": reported,
        "sklearn.metrics:precision_recall_fscore_support": averaged,
        "sklearn.metrics:homogeneity_completeness_v_measure": averaged,
        "sklearn.metrics:*": measured,
        "sklearn.model_selection:cross_val_score": cross_scored,
        "sklearn.model_selection:cross_validate": cross_validated,
        "sklearn.model_selection:cross_val_predict": cross_predicted,
        "sklearn.model_selection:learning_curve": curve,
        "sklearn.model_selection:validation_curve": curve,
        "sklearn.model_selection:permutation_test_score": permuted,
        "sklearn.inspection:permutation_importance": importance,
        "sklearn.inspection:partial_dependence": ignored,
    },
    methods={
        "sklearn.metrics._scorer:_BaseScorer": {"__call__": scored_by},
        "sklearn.metrics._scorer:_MultimetricScorer": {"__call__": scored_by},
        **{f"sklearn.metrics:{name}": dict.fromkeys(MADE, displayed) for name in DISPLAYS},
        "sklearn.inspection:DecisionBoundaryDisplay": {"from_estimator": ignored},
        "sklearn.inspection:PartialDependenceDisplay": {"from_estimator": ignored},
        "sklearn.mixture:GaussianMixture": dict.fromkeys(("aic", "bic"), judged),
        "sklearn.decomposition:LatentDirichletAllocation": {"perplexity": judged},
        "sklearn.base:BaseEstimator": {
            **dict.fromkeys(FITS, fitted),
            **dict.fromkeys(PREDICTIONS, predicted),
            "score": scored,
        },
    },
    live=LIVE,
)
