"""Metrics along their steps, as a Plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from trackbook.panels.fields import label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Curve

ROW_PX, MARGIN_PX, FEW = 260, 60, 3


def curves_figure(  # each by name
    curves: Sequence[Curve],
    *,
    names: Mapping[str, str],
    colors: Mapping[str, str],
    x: Literal["step", "time"] = "step",
    smoothing: float = 0.0,
    log_y: bool = False,
) -> dict[str, object]:
    """Return one plot per metric, one line per run, all over the same steps.

    Args:
        curves: As the source gives them; where points were left out, a band shows
            their smallest and largest values.
        names: What to call each run.
        colors: A CSS colour for each run.
        x: `step`, or `time` since the run began.
        smoothing: Weight of the past in the moving average, 0 to below 1; the raw line
            stays, faint.
        log_y: Logarithmic values; those not above zero fall out.
    """
    metrics = list(dict.fromkeys(curve.name for curve in curves))
    traces: list[dict[str, object]] = []
    seen: set[str] = set()
    for curve in curves:
        row = metrics.index(curve.name)
        looks = {
            "color": colors.get(curve.run_id, "#888888"),
            "name": label(names.get(curve.run_id, curve.run_id)),
            "yaxis": f"y{row + 1 if row else ''}",
            "legendgroup": curve.run_id,
            "showlegend": curve.run_id not in seen,
        }
        seen.add(curve.run_id)
        traces += _lines(curve, looks, smoothing)
    return {"data": traces, "layout": _layout(metrics, x=x, log_y=log_y)}


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Return the moving average that trusts the past by `weight`, free of start-up bias.

    Exponential, debiased as in Adam (Kingma & Ba 2015, section 3); what is no number
    stays, and leaves the average alone.
    """
    out: list[float] = []
    average, share = 0.0, 0.0
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        average = weight * average + (1 - weight) * value
        share = weight * share + (1 - weight)
        out.append(average / share)
    return out


def _lines(
    curve: Curve, looks: Mapping[str, object], smoothing: float
) -> list[dict[str, object]]:
    color, name = looks["color"], looks["name"]
    shared = {key: looks[key] for key in ("yaxis", "legendgroup")}
    quiet = {"showlegend": False, "hoverinfo": "skip", "mode": "lines", **shared}
    xs = [_plain(value) for value in curve.x]
    traces: list[dict[str, object]] = []
    if curve.point_count > len(curve.x) and curve.low != curve.high:
        edge = {**quiet, "x": xs, "line": {"width": 0, "color": color}}
        low = {**edge, "y": [_plain(value) for value in curve.low]}
        high = {**edge, "y": [_plain(value) for value in curve.high]}
        traces += [low, {**high, "fill": "tonexty", "fillcolor": faint(str(color), 0.16)}]
    if smoothing > 0:
        pale = {"width": 1, "color": faint(str(color), 0.35)}
        traces.append({**quiet, "x": xs, "y": [_plain(v) for v in curve.y], "line": pale})
    ys = smooth(curve.y, smoothing) if smoothing > 0 else curve.y
    traces.append({
        "type": "scatter", "mode": "lines+markers" if len(xs) <= FEW else "lines",
        "x": xs, "y": [_plain(value) for value in ys], "name": name,
        "showlegend": looks["showlegend"], "line": {"width": 1.8, "color": color},
        "marker": {"size": 6}, "meta": curve.run_id,
        "hovertemplate": "%{y:.5g} at %{x}<extra>%{fullData.name}</extra>", **shared,
    })  # fmt: skip
    return traces


def faint(color: str, alpha: float) -> str:
    """Return a `#rrggbb` colour as the same one seen through."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def _layout(metrics: Sequence[str], *, x: str, log_y: bool) -> dict[str, object]:
    rows = max(1, len(metrics))
    gap = 0.22 / rows if rows > 1 else 0.0
    layout: dict[str, object] = {
        "height": ROW_PX * rows + MARGIN_PX,
        "margin": {"l": 56, "r": 12, "t": 22, "b": 40},
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        "hovermode": "closest",
        "xaxis": {
            "title": {"text": "step" if x == "step" else "seconds since the run began"},
            "anchor": f"y{rows if rows > 1 else ''}",
            "zeroline": False,
        },
    }
    for row, metric in enumerate(metrics):
        top = 1 - row * (1 + gap) / (rows + gap * (rows - 1))
        height = 1 / (rows + gap * (rows - 1))
        layout[f"yaxis{row + 1 if row else ''}"] = {
            "title": {"text": label(metric)},
            "type": "log" if log_y else "linear",
            "domain": [max(0.0, top - height), min(1.0, top)],
            "zeroline": False,
        }
    return layout


def _plain(value: float) -> float | None:
    """Return a value JSON can hold; a gap in the line for NaN and the infinities."""
    return value if math.isfinite(value) else None
