"""The numbers of statsmodels' results, read without leaving a trace on them."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import module_of, values_of
from trackbook.libraries.measures import number_of, once
from trackbook.libraries.statsmodels_sums import sums_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.libraries.base import Measured

NAMES = (
    "nobs", "rsquared", "rsquared_adj", "llf", "aic", "aicc", "bic", "bic_llf", "hqic",
    "fpe", "deviance", "pearson_chi2", "fvalue", "f_pvalue", "mse_resid", "sse",
)  # fmt: skip
"""Cheap ones only: `prsquared` and `null_deviance` would fit another model."""
KEPT = "_summary_statistics_cache"
"""Where results keep what survives the removal of their data."""
MOST_COEFFICIENTS = 12
NO_NUMBER = (AttributeError, NotImplementedError, ValueError, TypeError, ArithmeticError)
"""What a property raises where a kind of results has no such number."""


def inner_of(results: object) -> object:
    """Return the results within the wrapper that `fit` returns: its methods are theirs."""
    return values_of(results).get("_results", results)


def measures_of(results: object) -> Iterator[Measured]:
    """Return the measures of a fit, and its coefficients where they are few."""
    inner = inner_of(results)
    copied = _copy_of(inner)
    model = values_of(inner).get("model")
    if model is not None:
        within = values_of(copied)["model"] = _copy_of(model)
        data = values_of(model).get("data")
        if data is not None:  # it keeps the names that it made
            values_of(within)["data"] = _copy_of(data)
        known = sums_of(copied, model)
        values: dict[str, Any] = values_of(copied)
        values.update(
            {kept: {**values.get(kept, {}), **known} for kept in ("_cache", KEPT)}
        )
    for name in NAMES:
        yield from once(name, _number(copied, name))
    yield from _convergence(values_of(inner))
    yield from _coefficients(copied)


def _copy_of(inner: object) -> object:
    # Properties are computed once and kept in `_cache`: in the user's object that would
    # change what pickling it writes.
    values = values_of(inner)
    cache = values.get("_cache")
    copied = object.__new__(type(inner))
    values_of(copied).update(
        values | {"_cache": dict(cache if type(cache) is dict else {})}
    )
    return copied


def _number(results: object, name: str) -> float | None:
    if type(results).__name__.startswith("GLM") and name == "bic":
        return None  # warns that it will change; bic_llf is what it will be
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            number = number_of(getattr(results, name, None))
    except NO_NUMBER:
        return None
    return number if number is not None and isfinite(number) else None


def _convergence(values: dict[str, Any]) -> Iterator[Measured]:
    told = values.get("mle_retvals")
    told = told if isinstance(told, dict) else values
    converged = told.get("converged", told.get("success"))
    if type(converged) is bool or module_of(type(converged)) == "numpy":
        yield from once("converged", int(bool(converged)))
    history = values.get("fit_history")
    rounds = told.get("iterations", told.get("nit"))
    if rounds is None and type(history) is dict:
        rounds = history.get("iteration")
    yield from once("iterations", rounds)


def _coefficients(inner: object) -> Iterator[Measured]:
    params: Any = values_of(inner).get("params")
    if type(params) is dict:  # of exponential smoothing
        for name, value in params.items():
            number = number_of(value)
            if number is not None and isfinite(number):
                yield from once(f"coef.{name}", number)
        return
    model = values_of(inner).get("model")
    names = _names_of(model)
    shape = getattr(params, "shape", ())
    if names and shape == (len(names),) and len(names) <= MOST_COEFFICIENTS:
        for name, value in zip(names, params, strict=True):
            yield from once(f"coef.{name}", value)


def _names_of(model: object) -> list[str]:
    for attribute in ("param_names", "exog_names"):
        try:
            names = getattr(model, attribute, None)
        except NO_NUMBER:
            continue
        if type(names) is list:
            return [str(name) for name in names]
    return []
