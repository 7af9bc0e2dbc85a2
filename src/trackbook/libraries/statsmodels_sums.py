"""Sums over the rows that a model was fitted to, some thousand at a time.

For each step of a sum over a million rows numpy asks the system for memory, which takes longer
than the step. What is summed is statsmodels' own: a term per row, of its families and models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import module_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 1 << 13
FEWEST_ROWS = 4 * ROWS
BY_ROW = ("_endog", "_var_weights", "_freq_weights", "_iweights", "_n_trials")
"""What results of a GLM keep of each row."""


def sums_of(results: object, model: object) -> dict[str, float]:
    """Return measures of a fit by their names, where they are had for less than by asking.

    Args:
        results: a copy of a fit's results, which may keep what it works out
        model: what was fitted
    """
    kind = type(results).__name__
    if module_of(type(results)).startswith("statsmodels.discrete."):
        return {} if kind.startswith("L1") else optimised(values_of(results), model)
    if len(getattr(model, "endog", ())) < FEWEST_ROWS:
        return {}
    if kind == "GLMResults" and values_of(results).get("method") == "IRLS":
        return generalised(results, model)
    if type(model).__name__ == "OLS" and not hasattr(model, "offset"):
        return squares(values_of(results), model)
    return {}


def optimised(values: dict[str, Any], model: Any) -> dict[str, float]:
    """Return the likelihood that the optimizer ended with: its mean over the rows, negative.

    None where that was penalised (L1), or found for other parameters.
    """
    told = values.get("mle_retvals")
    lowest = told.get("fopt") if isinstance(told, dict) else None
    if lowest is None or values.get("k_constr"):
        return {}
    return {"llf": -float(lowest) * len(model.endog)}


def generalised(results: Any, model: Any) -> dict[str, float]:
    """Return the likelihood, deviance and chi-squared of a generalised linear model."""
    family, mean = results.family, values_of(model).get("mu")
    trials = getattr(family, "n", 1)
    if getattr(mean, "shape", None) != model.endog.shape or getattr(trials, "shape", ()):
        return {}
    found = dict.fromkeys(("deviance", "pearson_chi2"), 0.0)
    if type(family).__name__ != "Gaussian":  # its likelihood may be of another scale
        found["llf"] = 0.0
    for part in parts_of(results, mean):
        for name in found.keys() - {"llf"}:
            found[name] += float(getattr(part, name))
        if "llf" in found:
            found["llf"] += float(part.llf_scaled(results.scale))
    return found


def parts_of(results: Any, mean: Any) -> Iterator[Any]:
    """Yield results as they would be for some of the rows after the other."""
    whole: dict[str, Any] = values_of(results)
    count = len(mean)
    for begin in range(0, count, ROWS):
        some = slice(begin, begin + ROWS)
        part = object.__new__(type(results))
        values = values_of(part)
        values.update(whole, _cache={"mu": mean[some]})
        for name in BY_ROW:
            if getattr(whole.get(name), "shape", ()) == (count,):
                values[name] = whole[name][some]
        yield part


def squares(values: dict[str, Any], model: Any) -> dict[str, float]:
    """Return the sums of squares of a line by least squares, and its likelihood."""
    import numpy as np

    y, x, params = model.wendog, model.wexog, np.asarray(values["params"])
    if y.ndim != 1 or params.ndim != 1:
        return {}
    mean = y.mean()
    residual = centered = uncentered = 0.0
    for begin in range(0, len(y), ROWS):
        some = y[begin : begin + ROWS]
        left, around = some - x[begin : begin + ROWS] @ params, some - mean
        residual += float(left @ left)
        centered += float(around @ around)
        uncentered += float(some @ some)
    half = len(y) / 2
    likelihood = -half * (np.log(2 * np.pi) + np.log(residual / len(y)) + 1)
    return {
        "ssr": residual,
        "centered_tss": centered,
        "uncentered_tss": uncentered,
        "llf": float(likelihood),
    }
