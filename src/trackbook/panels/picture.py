"""A plot that needs nothing to be seen: SVG drawn by hand, for saved notebooks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.table import escaped, in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.records import Curve, Run

WIDTH, PLOT_H, LEFT, TOP, GAP = 760, 190, 64, 26, 44
MOST_PLOTS, MOST_BARS, BAR_H, LEGEND_H = 3, 12, 22, 20
INK, GRID = "#808080", "#80808040"  # seen on white as well as on black


def static_picture(
    rows: Sequence[Run], curves: Sequence[Curve], *, colors: Mapping[str, str]
) -> str:
    """Return the curves of some runs as SVG, or bars of their first metric.

    Nothing, if there is neither.
    """
    metrics = list(dict.fromkeys(c.name for c in curves if len(c.x) > 1))[:MOST_PLOTS]
    if metrics:
        return _curves(rows, curves, metrics, colors)
    names = list(dict.fromkeys(name for run in rows for name in run.metrics))
    for name in names:
        if any(math.isfinite(run.metrics.get(name, math.nan)) for run in rows):
            return _bars(rows, name, colors)
    return ""


def _curves(
    rows: Sequence[Run],
    curves: Sequence[Curve],
    metrics: Sequence[str],
    colors: Mapping[str, str],
) -> str:
    legend, top = _legend(rows, colors)
    parts = [legend]
    for metric in metrics:
        drawn = [curve for curve in curves if curve.name == metric]
        parts.append(_plot(metric, drawn, top, colors))
        top += PLOT_H + GAP
    return _sheet("".join(parts), top - GAP // 2, "curves of " + ", ".join(metrics))


def _plot(metric: str, curves: Sequence[Curve], top: int, colors: Mapping[str, str]) -> str:
    xs = [x for curve in curves for x in curve.x if math.isfinite(x)] or [0.0]
    ys = [y for curve in curves for y in curve.y if math.isfinite(y)] or [0.0]
    x_low, x_high, y_low, y_high = min(xs), max(xs), min(ys), max(ys)
    wide, tall = (x_high - x_low) or 1.0, (y_high - y_low) or 1.0

    def across(x: float) -> float:
        return LEFT + (x - x_low) / wide * (WIDTH - LEFT - 12)

    def down(y: float) -> float:
        return top + PLOT_H - (y - y_low) / tall * PLOT_H

    parts = [_text(LEFT, top - 7, metric, weight="bold")]
    parts.append(_line(LEFT, top + PLOT_H, WIDTH - 12))
    for y in ticks(y_low, y_high):
        parts.append(_line(LEFT, down(y), WIDTH - 12))
        parts.append(_text(LEFT - 6, down(y) + 4, f"{y:g}", "end"))
    below = top + PLOT_H + 15
    parts += [_text(across(x), below, f"{x:g}", "middle") for x in ticks(x_low, x_high)]
    for curve in curves:
        color = escaped(colors.get(curve.run_id, INK))
        for points in _stretches(curve):
            path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.8"'
                ' stroke-linejoin="round"/>'
            )
    return "".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers between two, both included where round."""
    if not low < high:
        return [low]
    third = (high - low) / 3 * (1 + 1e-9)  # a third of 0.3 is less than 0.1
    power = 10.0 ** math.floor(math.log10(third))
    step = max((size for size in (2, 5) if size * power <= third), default=1) * power
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [float(f"{at * step:.10g}") for at in range(first, last + 1)]


def _bars(rows: Sequence[Run], metric: str, colors: Mapping[str, str]) -> str:
    held = [
        (run, run.metrics[metric]) for run in rows
        if math.isfinite(run.metrics.get(metric, math.nan))
    ][:MOST_BARS]  # fmt: skip
    top, left, room = TOP + 6, 190, WIDTH - 190 - 80
    low, high = min(0.0, *(v for _, v in held)), max(0.0, *(v for _, v in held))
    scale = room / ((high - low) or 1.0)
    parts = [_text(0, TOP - 8, metric, weight="bold")]
    for at, (run, value) in enumerate(held):
        y, x = top + at * BAR_H, left + (min(0.0, value) - low) * scale
        width = max(1.0, abs(value) * scale)
        color = escaped(colors.get(run.run_id, INK))
        parts.append(_text(left - 8, y + 14, _short(run.name, 26), "end"))
        parts.append(
            f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{BAR_H - 7}"'
            f' rx="2" fill="{color}"/>'
        )
        parts.append(_text(x + width + 6, y + 14, in_short(value)))
    return _sheet("".join(parts), top + len(held) * BAR_H + 6, f"{metric} of each run")


def _legend(rows: Sequence[Run], colors: Mapping[str, str]) -> tuple[str, int]:
    parts, x, y = [], 0.0, 12
    for run in [run for run in rows if run.run_id in colors][:MOST_BARS]:
        name = _short(run.name, 32)
        width = 26 + 7.2 * len(name)
        if x + width > WIDTH:
            x, y = 0.0, y + LEGEND_H
        color = escaped(colors[run.run_id])
        parts.append(
            f'<rect x="{x:.0f}" y="{y - 6}" width="12" height="4" fill="{color}"/>'
        )
        parts.append(_text(x + 17, y, name))
        x += width
    return "".join(parts), y + 32


def _stretches(curve: Curve) -> list[list[tuple[float, float]]]:
    """Return the points between the gaps that NaN and the infinities leave."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(curve.x, curve.y, strict=True):
        if math.isfinite(y):
            stretches[-1].append((x, y))
        elif stretches[-1]:
            stretches.append([])
    return [points for points in stretches if points]


def _sheet(body: str, height: float, what: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"'
        f' width="{WIDTH}" height="{height:.0f}" role="img" font-size="12"'
        f' font-family="system-ui, sans-serif"><title>{escaped(what)}</title>{body}</svg>'
    )


def _line(x: float, y: float, to: float) -> str:
    return f'<line x1="{x}" x2="{to}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'


def _text(
    x: float, y: float, words: str, anchor: str = "start", *, weight: str = "normal"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}"'
        f' font-weight="{weight}">{escaped(words)}</text>'
    )


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1] + "…"
