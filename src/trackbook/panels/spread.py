"""Many runs in one picture: a scatter of two fields, or all fields side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from trackbook.panels.fields import Direction, label, number_of, value_of
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Run

Figure = dict[str, object]
MISSING, MANY, DECADES, MOST_WORDS = "(none)", 1500, 2.5, 40
FALLING = [[0, "#440154"], [0.25, "#3b528b"], [0.5, "#21918c"], [0.75, "#5ec962"],
           [1, "#fde725"]]  # fmt: skip
"""Viridis (van der Walt & Smith 2015): in order also for the colour-blind and in grey."""


def parallel_figure(
    runs: Sequence[Run], axes: Sequence[str], color: str, *, direction: Direction | None
) -> Figure:
    """Return one line per run across axes, coloured by a metric, its best end brightest.

    Args:
        runs: Those without the metric or without a numeric axis' number are left out.
        axes: Keys of fields; one whose values are not all numbers gets a mark per value.
        color: Key of the metric, the last axis.
        direction: Which end of the metric is better; None counts as max.
    """
    shown = [run for run in runs if number_of(value_of(run, color)) is not None]
    for key in axes:
        if _is_numeric(shown, key):
            shown = [run for run in shown if number_of(value_of(run, key)) is not None]
    keys = [key for key in axes if key != color] + [color]
    line = {
        "color": [number_of(value_of(run, color)) for run in shown],
        "colorscale": FALLING,
        "reversescale": direction == "min",
        "showscale": True,
        "colorbar": {"thickness": 10, "outlinewidth": 0},
    }
    trace = {
        "type": "parcoords",
        "line": line,
        "dimensions": [_dimension(shown, key) for key in keys],
        "labelangle": -12,
        "labelside": "top",
    }
    return {
        "data": [trace] if shown else [],
        "layout": {"height": 360, "margin": {"l": 64, "r": 40, "t": 70, "b": 26}},
        "note": _left_out(len(runs) - len(shown)),
    }


def scatter_figure(  # each by name
    runs: Sequence[Run],
    x: str,
    y: str,
    *,
    color: str = "",
    picked: Mapping[str, str] | None = None,
    direction: Direction | None = None,
) -> Figure:
    """Return one point per run, one field against another.

    Args:
        runs: Those that lack one of the two are left out.
        x: Key of a field.
        y: Key of a field.
        color: Key of a third field, or nothing.
        picked: Colours of runs to ring, by run id.
        direction: Which end of the third field is better; None counts as max.
    """
    shown = [
        run for run in runs
        if value_of(run, x) is not None and value_of(run, y) is not None
    ]  # fmt: skip
    marker: Figure = {"size": 8, "opacity": 0.8, "color": "#3b7ddd"}
    if color and _is_numeric(shown, color):
        shown = [run for run in shown if number_of(value_of(run, color)) is not None]
        marker |= _coloured(shown, color, direction)
    kind = "scattergl" if len(shown) > MANY else "scatter"
    if len(shown) > MANY:
        marker |= {"size": 5, "opacity": 0.55}
    traces = [_points(shown, x, y, marker, kind)]
    rings = [run for run in shown if run.run_id in (picked or {})]
    if rings:
        edge = [(picked or {})[run.run_id] for run in rings]
        ring = {"size": 14, "symbol": "circle-open", "line": {"width": 3}, "color": edge}
        traces.append({**_points(rings, x, y, ring, kind), "hoverinfo": "skip"})
    layout = {
        "height": 400,
        "margin": {"l": 60, "r": 12, "t": 16, "b": 48},
        "hovermode": "closest",
        "xaxis": _axis(shown, x),
        "yaxis": _axis(shown, y),
        "showlegend": False,
    }
    return {"data": traces, "layout": layout, "note": _left_out(len(runs) - len(shown))}


def _coloured(runs: Sequence[Run], color: str, direction: Direction | None) -> Figure:
    return {
        "color": [number_of(value_of(run, color)) for run in runs],
        "colorscale": FALLING,
        "reversescale": direction == "min",
        "showscale": True,
        "colorbar": {"title": {"text": label(_name(color))}, "thickness": 10},
    }


def _points(
    runs: Sequence[Run], x: str, y: str, marker: Figure, kind: str
) -> dict[str, object]:
    return {
        "type": kind,
        "mode": "markers",
        "x": _coordinates(runs, x),
        "y": _coordinates(runs, y),
        "marker": marker,
        "text": [label(run.name) for run in runs],
        "customdata": [run.run_id for run in runs],
        "hovertemplate": "%{text}<br>%{x} · %{y}<extra></extra>",
    }


def _coordinates(runs: Sequence[Run], key: str) -> list[object]:
    values = [value_of(run, key) for run in runs]
    if _is_numeric(runs, key):
        return [number_of(value) for value in values]
    return [label(in_short(value)) for value in values]


def _axis(runs: Sequence[Run], key: str) -> Figure:
    axis: Figure = {"title": {"text": label(_name(key))}, "zeroline": False}
    if not _is_numeric(runs, key):
        return {**axis, "type": "category"}
    if _spans_decades(_numbers(runs, key)):
        return {**axis, "type": "log", "dtick": 1, "exponentformat": "power"}
    return {**axis, "type": "linear"}


def _dimension(runs: Sequence[Run], key: str) -> Figure:
    name = label(_name(key))
    if not _is_numeric(runs, key):
        words = [_word(run, key) for run in runs]
        order = sorted(set(words), key=lambda word: (word == MISSING, _natural(word)))
        places = {word: at for at, word in enumerate(order)}
        step = max(1, math.ceil(len(order) / MOST_WORDS))
        return {
            "label": name,
            "values": [places[word] for word in words],
            "tickvals": list(range(0, len(order), step)),
            "ticktext": [label(word) for word in order[::step]],
        }
    numbers = _numbers(runs, key)
    if not _spans_decades(numbers):
        return {"label": name, "values": numbers}
    low, high = math.ceil(math.log10(min(numbers))), math.floor(math.log10(max(numbers)))
    return {
        "label": f"{name} (log)",
        "values": [math.log10(number) for number in numbers],
        "tickvals": list(range(low, high + 1)),
        "ticktext": [f"{10.0**power:g}" for power in range(low, high + 1)],
    }


def _numbers(runs: Sequence[Run], key: str) -> list[float]:
    return [cast("float", number_of(value_of(run, key))) for run in runs]


def _is_numeric(runs: Sequence[Run], key: str) -> bool:
    known = [value for run in runs if (value := value_of(run, key)) is not None]
    return bool(known) and all(
        number_of(value) is not None or value != value  # noqa: PLR0124  # NaN alone differs from itself
        for value in known
    )


def _spans_decades(numbers: Sequence[float]) -> bool:
    low, high = min(numbers, default=0), max(numbers, default=0)
    return low > 0 and math.log10(high / low) >= DECADES


def _word(run: Run, key: str) -> str:
    value = value_of(run, key)
    return MISSING if value is None else in_short(value)


def _natural(word: str) -> tuple[int, float, str]:
    number = number_of(word)
    return (1, 0.0, word) if number is None else (0, number, word)


def _name(key: str) -> str:
    return key.partition(".")[2] or key


def _left_out(count: int) -> str:
    runs = "1 run" if count == 1 else f"{count} runs"
    return f"{runs} left out: a value is missing" if count else ""
