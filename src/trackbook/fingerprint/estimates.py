"""How models and results of statsmodels are gone through: what they learned, not what they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.fingerprint.attributes import attributes_of, takes_time
from trackbook.fingerprint.marks import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from trackbook.fingerprint.content import Walk

DERIVED = {
    "_cache", "_endog", "_nobs_int", "_summary_cache", "_summary_statistics_cache", "data",
    "diagn", "het_scale",
}  # fmt: skip
"""Attributes that hold rows, or what is worked out of the others."""
FORECASTS = {"TimeSeriesModel", "TimeSeriesModelResults"}
"""Those whose rows are part of what they tell: the last ones lead to the next."""
FILTERED = {
    "_cache", "_states", "data", "filter_results", "mlefit", "smoother_results",
    "standardized_forecasts_error",
}  # fmt: skip
"""Attributes of results of a state space model that follow from the others."""
WORKPLACES = {
    "_initializations", "_kalman_filters", "_kalman_smoothers", "_representations",
    "_simulators", "_statespaces",
}  # fmt: skip
"""Attributes of a state space in which compiled filters work, on copies of what else it holds."""


def opener_of(bases: set[str], *, is_quick: bool) -> Callable[[Walk, Any], None] | None:
    """Return how an object of one of statsmodels' types is gone through; None for as any other.

    Args:
        bases: the names of what its type descends from
        is_quick: leave out what a filter works out again, too
    """
    if bases & {"Model", "Results"} and not bases & FORECASTS:
        return estimated
    if "MLEResults" in bases and is_quick:
        return filtered
    if bases & {"Representation", "Initialization"}:
        return represented
    return None


def estimated(walk: Walk, value: Any) -> None:
    """Take in a model or results, but not the rows that they keep.

    What its own `remove_data` takes away is told by the estimates; what it works out when
    it is asked for (`_cache`) is there or not.
    """
    own = attributes_of(value) or {}
    rows = own.get("_data_attr")
    all_but(walk, value, own, DERIVED.union(rows if isinstance(rows, list) else ()))


def filtered(walk: Walk, value: Any) -> None:
    """Take in results of a state space model, but not what its filter worked out.

    That follows from the model, whose series is gone through, and the parameters.
    """
    own = attributes_of(value) or {}
    worked_out = attributes_of(own.get("filter_results")) or {}
    all_but(walk, value, own, FILTERED.union(worked_out.keys() - {"params"}))


def represented(walk: Walk, value: Any) -> None:
    """Take in a state space by its matrices, or how it begins."""
    all_but(walk, value, attributes_of(value) or {}, WORKPLACES)


def all_but(
    walk: Walk, value: object, own: dict[str, object], left_out: Collection[str]
) -> None:
    """Take in an object's attributes in the order of their names, but for some."""
    walk.say("object", place_of(type(value)))
    for name in sorted(own):
        if name not in left_out and not takes_time(name):
            walk.say(name)
            walk.take(own[name])
