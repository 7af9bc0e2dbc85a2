"""A sweep as figures: the best so far, the response to each param, all params at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.panels.fields import label
from trackbook.panels.sweep_axes import axis_of, cut_short, metric_axis
from trackbook.table import in_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.sweep_axes import Axis
    from trackbook.sweeps import Told, TrialRow

Figure = dict[str, object]
DONE, BEST, QUIET = "#2f86c9", "#d9642b", "#808080"
"""Blue and vermilion are told apart by those who see red and green alike; forms differ too."""
MOST_SLICES, MOST_AXES = 12, 10
SLICE_PX, COLUMNS = 210, 3
ALONG = 0.06
MANY = 200


def progress_figure(told: Told) -> Figure:
    """Return each trial as a dot by its number, and the best so far as a line of steps."""
    counting = [one for one in told.trials if one.counts]
    pruned = [one for one in told.trials if one.state == "pruned" and known(one)]
    failed = [one for one in told.trials if one.state == "failed"]
    traces = [dots("done", counting, color=DONE, form="circle", told=told)]
    if pruned:
        traces.append(dots("pruned", pruned, color=QUIET, form="diamond-open", told=told))
    if failed:
        traces.append(failures(failed, counting))
    steps = best_so_far(told)
    if steps:
        traces.append(
            {"type": "scatter", "mode": "lines", "name": "best so far", "hoverinfo": "skip",
             "x": [x for x, _ in steps], "y": [y for _, y in steps],
             "line": {"shape": "hv", "color": BEST, "width": 2}}
        )  # fmt: skip
    last = max((one.number for one in told.trials), default=0)
    return {"data": traces, "layout": {
        "height": 260, "margin": {"l": 56, "r": 14, "t": 30, "b": 40}, "hovermode": "closest",
        "dragmode": False, "legend": LEGEND, "showlegend": True,
        "xaxis": {"title": {"text": "trial"}, "range": [-0.5 - last * 0.01, last * 1.01 + 0.5],
                  "zeroline": False, "fixedrange": True, "nticks": 10, "tickformat": "d"},
        "yaxis": {"title": {"text": label(cut_short(told.sweep.metric or "value"))},
                  "zeroline": False, "fixedrange": True},
    }}  # fmt: skip


LEGEND = {
    "orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom",
    "itemclick": False,
    "itemdoubleclick": False,
}  # fmt: skip


def best_so_far(told: Told) -> list[tuple[float, float]]:
    """Return the corners of the line of the best, to the last trial."""
    pick = {"max": max, "min": min}.get(told.sweep.direction or "")
    if pick is None:
        return []
    found: list[tuple[float, float]] = []
    for one in told.trials:
        if one.counts and one.value is not None:
            best = one.value if not found else pick(found[-1][1], one.value)
            found.append((one.number, best))
    if found:
        found.append((max(one.number for one in told.trials), found[-1][1]))
    return found


def dots(
    name: str, trials: Sequence[TrialRow], *, color: str, form: str, told: Told
) -> Figure:
    """Return some trials as dots."""
    return {
        "type": "scatter", "mode": "markers", "name": name,
        "x": [one.number for one in trials], "y": [one.value for one in trials],
        "customdata": [one.run_id for one in trials],
        "text": [hover(one, told.sweep.metric) for one in trials],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": color, "symbol": form, "size": 7 if len(trials) < MANY else 5,
                   "opacity": 0.85 if len(trials) < MANY else 0.6},
    }  # fmt: skip


def failures(failed: Sequence[TrialRow], counting: Sequence[TrialRow]) -> Figure:
    """Return trials without a value, along the foot of the figure."""
    values = [one.value or 0.0 for one in counting] or [0.0]
    low = min(values) - ALONG * ((max(values) - min(values)) or 1.0)
    return {
        "type": "scatter", "mode": "markers", "name": "failed",
        "x": [one.number for one in failed], "y": [low] * len(failed),
        "customdata": [one.run_id for one in failed],
        "text": [f"trial {one.number} failed<br>{label((one.error or '')[:99])}" for one in failed],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": BEST, "symbol": "x-thin-open", "size": 8, "line": {"width": 2}},
    }  # fmt: skip


def hover(one: TrialRow, metric: str | None) -> str:
    """Return what is said over a trial's dot."""
    said = "".join(
        f"<br>{label(name[:40])}={label(in_short(value)[:60])}"
        for name, value in list(one.chosen.items())[:MOST_AXES]
    )
    value = (
        ""
        if one.value is None
        else f": {label((metric or 'value')[:40])} {in_short(one.value)}"
    )
    return f"<b>trial {one.number}</b>{value}{said}"


def slices_figure(told: Told, order: Sequence[str] = ()) -> Figure | None:
    """Return the metric against each param that varied, those named first; None if unknown.

    `layouts` has one layout for a narrow place and one for a wide one.
    """
    counting = [one for one in told.trials if one.counts]
    names = [*order, *(name for name in told.space if name not in order)]
    names = [name for name in names if varied(name, counting)][:MOST_SLICES]
    if not names:
        return None
    axes = axes_of(told, names)
    best = told.sweep.best_number
    traces: list[Figure] = []
    for at, axis in enumerate(axes):
        for held, color, form, size in (
            ([one for one in counting if one.number != best], DONE, "circle", 6),
            ([one for one in counting if one.number == best], BEST, "star", 12),
        ):
            placed = [(axis.at(one.chosen.get(axis.name)), one) for one in held]
            drawn = [(x, one) for x, one in placed if x is not None]
            traces.append({
                "type": "scatter", "mode": "markers", "showlegend": False,
                "xaxis": f"x{at + 1 if at else ''}", "yaxis": f"y{at + 1 if at else ''}",
                "x": [x for x, _ in drawn], "y": [one.value for _, one in drawn],
                "customdata": [one.run_id for _, one in drawn],
                "text": [hover(one, told.sweep.metric) for _, one in drawn],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": color, "symbol": form, "size": size,
                           "opacity": 0.75 if len(drawn) < MANY else 0.4},
            })  # fmt: skip
    layouts = {
        "narrow": sliced(axes, told, 1), "middle": sliced(axes, told, 2),
        "wide": sliced(axes, told, COLUMNS),
    }  # fmt: skip
    return {"data": traces, "layout": layouts["narrow"], "layouts": layouts}


def sliced(axes: Sequence[Axis], told: Told, columns: int) -> Figure:
    """Return a layout with so many slices beside each other."""
    columns = min(columns, len(axes))
    lines = math.ceil(len(axes) / columns)
    notes: list[Figure] = []
    layout: Figure = {
        "height": SLICE_PX * lines, "margin": {"l": 4, "r": 8, "t": 26, "b": 4},
        "hovermode": "closest", "dragmode": False, "annotations": notes,
    }  # fmt: skip
    values = [one.value or 0.0 for one in told.trials if one.counts]
    room = ((max(values) - min(values)) or 1.0) * ALONG
    wide, high = 1 / columns, 1 / lines
    for at, axis in enumerate(axes):
        number = str(at + 1) if at else ""
        column, line = at % columns, at // columns
        left, top = column * wide, 1 - line * high
        pad = 62 / (330 * columns)
        domain = [left + pad, left + wide - 0.01]
        marks = axis.ticks
        layout[f"xaxis{number}"] = {
            "domain": domain, "anchor": f"y{number}", "range": [-ALONG, 1 + ALONG],
            "tickvals": [x for x, _ in marks], "ticktext": [label(cut_short(text)[:14]) for _,
            text in marks],
            "zeroline": False, "fixedrange": True, "automargin": False, "tickangle": 0,
        }  # fmt: skip
        layout[f"yaxis{number}"] = {
            "domain": [top - high + 0.15 * high, top - 0.1 * high], "anchor": f"x{number}",
            "nticks": 5,
            "range": [min(values) - room, max(values) + room], "zeroline": False,
            "fixedrange": True,
            "automargin": False,
        }  # fmt: skip
        title = f"<b>{label(cut_short(axis.name))}</b>" + (" (log)" if axis.is_log else "")
        notes.append({
            "text": title, "x": domain[0], "y": top - 0.1 * high, "xref": "paper", "yref": "paper",
            "xanchor": "left", "yanchor": "bottom", "showarrow": False,
        })  # fmt: skip
    return layout


def parallel_view(told: Told, order: Sequence[str] = ()) -> Figure | None:
    """Return axes with their ticks, and a line for each trial, the best last."""
    counting = [one for one in told.trials if one.counts]
    names = [*order, *(name for name in told.space if name not in order)][: MOST_AXES - 1]
    if not counting or not names:
        return None
    values = [one.value or 0.0 for one in counting]
    axes = [*axes_of(told, names), metric_axis(told.sweep.metric or "value", values)]
    sign = -1.0 if told.sweep.direction == "min" else 1.0
    ranked = sorted(counting, key=lambda one: sign * (one.value or 0.0))
    lines = [
        {
            "id": one.run_id,
            "at": [
                *(rounded(axis.at(one.chosen.get(axis.name))) for axis in axes[:-1]),
                rounded(axes[-1].at(one.value)),
            ],
            "rank": round(at / max(1, len(ranked) - 1), 3),
            "best": one.number == told.sweep.best_number,
            "words": visible(f"trial {one.number}: {in_short(one.value)}"),
        }
        for at, one in enumerate(ranked)
    ]
    return {
        "axes": [
            {
                "name": visible(axis.name),
                "short": cut_short(visible(axis.name)),
                "log": axis.is_log,
                "ticks": axis.ticks,
            }
            for axis in axes
        ],
        "lines": lines,
    }


def axes_of(told: Told, names: Sequence[str]) -> list[Axis]:
    """Return the axes of some params."""
    held: Mapping[str, list[object]] = {
        name: [one.chosen[name] for one in told.trials if name in one.chosen]
        for name in names
    }
    return [axis_of(name, told.space.get(name, {}), held[name]) for name in names]


def rounded(place: float | None) -> float | None:
    """Return a place that a screen can show."""
    return None if place is None else round(place, 4)


def varied(name: str, trials: Sequence[TrialRow]) -> bool:
    """Return whether trials had several values of a param."""
    return len({repr(one.chosen[name]) for one in trials if name in one.chosen}) > 1


def known(one: TrialRow) -> bool:
    """Return whether a trial has a number to show."""
    return one.value is not None and math.isfinite(one.value)
