"""What a fitted estimator keeps of its training: curves, numbers, what it chose by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import module_of, plain, values_of
from trackbook.libraries.measures import newest, number_of, numbers_of, once, series

if TYPE_CHECKING:
    from collections.abc import Iterator

CURVES = (
    "loss_curve_", "validation_scores_", "train_score_", "validation_score_",
    "oob_improvement_", "lower_bounds_", "estimator_errors_", "scores_",
)  # fmt: skip
NUMBERS = (
    "inertia_", "oob_score_", "best_score_", "best_validation_score_", "lower_bound_",
    "log_marginal_likelihood_value_", "modularity_",
)  # fmt: skip
SEARCHES = ("best_params_", "best_estimator_")
"""A search tells its own best score."""
CHOSEN = ("alpha_", "l1_ratio_", "C_", "n_features_", "n_nonzero_coefs_", "best_threshold_")
"""Of estimators that choose by cross-validation, `LassoCV`: told as `best.alpha`."""


def kept_by(core: object) -> Iterator[Measured]:
    """Return the curves and numbers of a finished training."""
    values = values_of(core)
    for name in CURVES:
        if _is_curve(core, name):
            yield from series(called(core, name), values.get(name))
    yield from _numbers(values)
    yield from _folds(values)


def newest_of(core: object) -> Iterator[Measured]:
    """Return what one more step of the same training added."""
    values = values_of(core)
    steps = values.get("max_iter") if goes_on(core) else 1
    for name in CURVES[:2]:
        points = values.get(name)
        if type(steps) is not int or steps == 1 or type(points) is not list:
            yield from newest(called(core, name), points)
        else:
            whole = series(called(core, name), points)
            for each in whole:
                yield Measured(name=each.name, values=each.values[-steps:])
    yield from _numbers(values)


def goes_on(core: object) -> bool:
    """Tell whether `fit` goes on where it stopped: `warm_start` of what learns in epochs."""
    return values_of(core).get("warm_start") is True and any(
        "partial_fit" in vars(base) for base in type(core).__mro__
    )


def chosen_by(core: object) -> dict[str, object]:
    """Return what an estimator chose by cross-validation within its `fit`."""
    if not any(base.__name__.endswith("CV") for base in type(core).__mro__):
        return {}
    values = values_of(core)
    found = {name: values[name] for name in CHOSEN if name in values}
    mixes = numbers_of(values.get("l1_ratio", values.get("l1_ratios"))) or []
    if len(mixes) < 2:  # noqa: PLR2004 - nothing to choose from
        found.pop("l1_ratio_", None)
    return {
        f"best.{name.removeprefix('best_').rstrip('_')}": told
        for name, value in found.items()
        if (told := _chosen(value)) is not None
    }


def called(core: object, attribute: str) -> str:
    """Return what a curve is: `GradientBoosting…` keeps losses in its `train_score_`."""
    if attribute == "train_score_" and type(core).__name__.startswith("GradientBoosting"):
        return "train_loss"
    return CALLED.get(attribute, attribute.rstrip("_"))


CALLED = {"lower_bounds_": "lower_bound", "scores_": "log_marginal_likelihood"}


def _chosen(value: object) -> object:
    """Return one number, also where each class or target has it to itself."""
    numbers = numbers_of(value)
    if number_of(value) is not None:
        return plain(value)
    return None if numbers is None else numbers[0] if len(set(numbers)) == 1 else numbers


def _numbers(values: dict[str, object]) -> Iterator[Measured]:
    for name in NUMBERS:
        # With `oob_scores_` it is a loss; the lower bound ends a curve that is told.
        twice = {"oob_score_": "oob_scores_", "lower_bound_": "lower_bounds_"}.get(name)
        told = name == "best_score_" and any(each in values for each in SEARCHES)
        if twice not in values and not told:
            yield from once(name.rstrip("_"), values.get(name))


def _folds(values: dict[str, Any]) -> Iterator[Measured]:
    """Return mean scores over folds: of `RFECV` by features, of `LassoCV` by candidate."""
    table = values.get("cv_results_")
    if type(table) is dict and "n_features" in table and "best_params_" not in values:
        sizes, means = numbers_of(table["n_features"]), numbers_of(table["mean_test_score"])
        steps = [int(size) for size in sizes or ()]
        points = tuple(zip(steps, means or (), strict=False))
        yield Measured(name="mean_test_score", values=points)
        yield from once("best_score", max(means or [float("nan")]))
    path: Any = values.get("mse_path_")
    if module_of(type(path)) == "numpy" and path.ndim == 2:  # noqa: PLR2004 - candidate, fold
        yield from series("mean_test_mse", path.mean(axis=1))


def _is_curve(core: object, name: str) -> bool:
    # SelectKBest and LogisticRegressionCV have a `scores_` of another kind.
    return name != "scores_" or type(core).__name__.startswith(("Bayesian", "ARD"))
