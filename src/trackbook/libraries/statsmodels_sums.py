"""Sums over the rows that a model was fitted to, some thousand at a time.

For each step of a sum over a million rows numpy asks the system for memory, which takes longer
than the step. What is summed is statsmodels' own: a term per row, of its families and models.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import module_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 1 << 14
FEWEST_ROWS = 2 * ROWS
BY_ROW = ("_endog", "_var_weights", "_freq_weights", "_iweights", "_n_trials")
"""What results of a GLM keep of each row."""


def sums_of(results: object, model: object) -> dict[str, float]:
    """Return measures of a fit by their names, where they are had for less than by asking.

    Args:
        results: a copy of a fit's results, which may keep what it works out
        model: what was fitted
    """
    kind = type(results).__name__
    if module_of(type(results)) == "statsmodels.discrete.discrete_model":
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
    found = by_deviance(results, model)
    variance = values_of(family.variance)
    if variance.get("power") == 1 and not is_weighted(model):
        found["pearson_chi2"] = chi_squared(model.endog, mean)
    wanted = {"deviance", "pearson_chi2", "llf"} - found.keys()
    if type(family).__name__ == "Gaussian":  # its likelihood may be of another scale
        wanted.discard("llf")
    found |= dict.fromkeys(wanted, 0.0)
    for part in parts_of(results, mean) if wanted else ():
        for name in wanted - {"llf"}:
            found[name] += float(getattr(part, name))
        if "llf" in wanted:
            found["llf"] += float(part.llf_scaled(results.scale))
    return found


def by_deviance(results: Any, model: Any) -> dict[str, float]:
    """Return the deviance of the last iteration, and the likelihood that follows from it.

    The deviance is twice what the likelihood falls short of the saturated model's (McCullagh
    and Nelder, Generalized Linear Models, 2nd edition, 1989, section 2.3), which for single
    yes and no is certain, and for counts depends on how often there is each.
    """
    history = getattr(results, "fit_history", None)
    family = type(results.family).__name__
    if family not in SATURATED or not isinstance(history, dict) or is_weighted(model):
        return {}
    deviance = float(history["deviance"][-1])
    if results.scale != 1 or not isfinite(deviance):
        return {}
    best = SATURATED[family](model.endog)
    return {"deviance": deviance} | ({} if best is None else {"llf": best - deviance / 2})


def is_weighted(model: Any) -> bool:
    """Tell whether the rows of a generalised linear model count differently."""
    values: dict[str, Any] = values_of(model)
    return any(values.get(name, True) for name in ("_has_freq_weights", "_has_var_weights"))


def certain(y: Any) -> float | None:
    """Return the likelihood of a model that foresees each yes and no; None for shares."""
    return 0.0 if ((y == 0) | (y == 1)).all() else None


def counted(y: Any) -> float | None:
    """Return the likelihood of Poisson counts each of which is its own mean; None for others."""
    import numpy as np
    from scipy.special import gammaln, xlogy

    times, is_whole = np.zeros(1, dtype="i8"), y.dtype.kind in "biu"
    for begin in range(0, len(y), ROWS):
        some = y[begin : begin + ROWS]
        if some.max() > MOST_COUNT or not (is_whole or (np.floor(some) == some).all()):
            return None
        try:
            counts = np.bincount(some.astype("i8", copy=False), minlength=len(times))
        except ValueError:  # one is negative
            return None
        counts[: len(times)] += times
        times = counts
    value = np.arange(len(times))
    return float(times @ (xlogy(value, value) - value - gammaln(value + 1)))


def chi_squared(y: Any, mean: Any) -> float:
    """Return Pearson's chi-squared of rows that vary as much as their means.

    numpy's `power`, which statsmodels asks for that, takes ten times as long.
    """
    import numpy as np

    total, rooms = 0.0, np.empty((2, ROWS))
    for begin in range(0, len(mean), ROWS):
        some = mean[begin : begin + ROWS]
        left, share = rooms[:, : len(some)]
        np.subtract(y[begin : begin + ROWS], some, out=left)
        np.divide(left, some, out=share)
        if some.min() < 0:
            np.copysign(share, left, out=share)
        total += float(left @ share)
    return total


SATURATED = {"Binomial": certain, "Poisson": counted}
MOST_COUNT = 1 << 16


def parts_of(results: Any, mean: Any) -> Iterator[Any]:
    """Yield results as they would be for some of the rows after the other."""
    whole: dict[str, Any] = dict(values_of(results))
    if not is_weighted(results.model):
        whole.update(_var_weights=1.0, _freq_weights=1.0, _iweights=1.0)
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
    """Return the sums of squares of a line by least squares, and its likelihood.

    Those around the mean are summed around the first rows' mean, in one pass (Chan, Golub and
    LeVeque, Algorithms for Computing the Sample Variance, The American Statistician 37, 1983):
    it is off by at most as many deviations as the root of how many times those rows are in all.
    """
    import numpy as np

    y, x, params = model.wendog, model.wexog, np.asarray(values["params"])
    if y.ndim != 1 or params.ndim != 1:
        return {}
    left_over = values["_cache"].get("wresid")  # robust errors ask for them
    # Around the mean, or where there is no constant around zero.
    total = "centered_tss" if values.get("k_constant") else "uncentered_tss"
    middle = y[:ROWS].mean() if total == "centered_tss" else 0.0
    residual = around = away = 0.0
    room = np.empty(ROWS)
    for begin in range(0, len(y), ROWS):
        some = slice(begin, begin + ROWS)
        left = y[some] - x[some] @ params if left_over is None else left_over[some]
        residual += float(left @ left)
        off = np.subtract(y[some], middle, out=room[: len(left)])
        around += float(off @ off)
        away += float(off.sum())
    if total == "centered_tss":
        around -= away * away / len(y)
    half = len(y) / 2
    likelihood = -half * (np.log(2 * np.pi) + np.log(residual / len(y)) + 1)
    return {"ssr": residual, total: around, "llf": float(likelihood)}
