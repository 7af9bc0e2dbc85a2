"""Numbers and series that a library measured, read from its own return values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import module_of

MOST_STEPS = 100_000


def number_of(value: object) -> float | None:
    """Return a real number as float; None for anything else, True and False included."""
    kind = type(value)
    if module_of(kind) == "numpy" and getattr(value, "shape", None) == ():
        value = value.item() if hasattr(value, "item") else value
        kind = type(value)
    return float(value) if kind is int or kind is float else None  # type: ignore[arg-type] # by exact type


def numbers_of(values: object) -> list[float] | None:
    """Return a list, one-dimensional array or column as floats; None if it is no such."""
    if module_of(type(values)).partition(".")[0] in ("numpy", "pandas"):
        if len(getattr(values, "shape", ())) != 1:
            return None
        values = values.tolist() if hasattr(values, "tolist") else values
    kind = type(values)
    if not (kind is list or kind is tuple) or not isinstance(values, Sequence):
        return None
    numbers = [
        number for number in map(number_of, values[:MOST_STEPS]) if number is not None
    ]
    return numbers if numbers and len(numbers) == len(values[:MOST_STEPS]) else None


def once(name: str, value: object, *, of: object = None) -> list[Measured]:
    """Return a number measured once; nothing if it is no real number."""
    number = number_of(value)
    return [] if number is None else [Measured(name=name, values=((0, number),), of=of)]


def series(name: str, values: object) -> list[Measured]:
    """Return a series counted from 0; nothing if the values are no numbers."""
    numbers = numbers_of(values)
    return [Measured(name=name, values=tuple(enumerate(numbers)))] if numbers else []


def newest(name: str, values: object) -> list[Measured]:
    """Return the last point of a series that grows by one at each call."""
    if type(values) is not list or not values:
        return []
    number = number_of(values[-1])
    return (
        [] if number is None else [Measured(name=name, values=((len(values) - 1, number),))]
    )


def by_fold(name: str, scores: object) -> list[Measured]:
    """Return the mean of scores under their name, with their deviation and each fold's own.

    The mean is what a run is judged by: `best:score` must not go by the last fold.
    """
    folds = series(f"{name}_folds", scores)
    if folds and hasattr(scores, "mean") and hasattr(scores, "std"):
        mean, deviation = once(name, scores.mean()), once(f"{name}_std", scores.std())
        return [*mean, *deviation, *folds]
    return folds


def by_round(table: Any, between: str) -> list[Measured]:
    """Return the series of a cross-validation's table: `test-auc-mean` as `test.auc_mean`.

    Args:
        table: a dict or a DataFrame, with a column for each data set and metric
        between: what stands between the two in a column's name
    """
    found: list[Measured] = []
    for name in table:
        part, _, metric = str(name).partition(between)
        if metric:
            found += series(f"{part}.{metric.replace('-', '_')}", table[name])
    return found


def learning(logs: object) -> list[Measured]:
    """Return the series of a log by data set and metric: `validation_0.logloss`."""
    if not isinstance(logs, Mapping):
        return []
    return list(
        chain.from_iterable(
            series(f"{part}.{name}", values)
            for part, metrics in logs.items()
            if isinstance(metrics, Mapping)
            for name, values in metrics.items()
        )
    )
