"""The best of a sweep so far, as SVG that needs nothing to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.picture import GRID, WIDTH, ticks
from trackbook.panels.sweep_figure import BEST, DONE, best_so_far
from trackbook.panels.versus_svg import rule, text
from trackbook.table import escaped

if TYPE_CHECKING:
    from trackbook.sweeps import Told

LEFT, RIGHT, TOP, HIGH, FOOT = 64, 12, 26, 190, 24
MOST_DOTS = 1_000


def sweep_svg(told: Told) -> str:
    """Return each trial as a dot, and the best so far as a line of steps."""
    dots = [
        (one.number, one.value)
        for one in told.trials
        if one.counts and one.value is not None
    ]
    if not dots:
        return ""
    last = max(one.number for one in told.trials) or 1
    low, high = min(y for _, y in dots), max(y for _, y in dots)
    scale = HIGH / ((high - low) or 1.0)

    def across(x: float) -> float:
        return LEFT + 6 + x / last * (WIDTH - LEFT - RIGHT - 12)

    def down(y: float) -> float:
        return TOP + HIGH - (y - low) * scale

    metric = told.sweep.metric or "value"
    parts = [text(LEFT, TOP - 10, f"{metric} by trial, and the best so far", weight="bold")]
    for y in ticks(low, high):
        parts += [rule(LEFT, down(y), WIDTH - RIGHT, down(y), GRID, 1)]
        parts += [text(LEFT - 6, down(y) + 4, f"{y:g}", "end")]
    parts += [text(across(x), TOP + HIGH + 18, f"{x:g}", "middle") for x in ticks(0, last)
              if x.is_integer()]  # fmt: skip
    shown = dots[:: max(1, len(dots) // MOST_DOTS)]
    parts += [
        f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="2.5" fill="{DONE}"/>'
        for x, y in shown
    ]
    corners: list[str] = []
    for x, y in best_so_far(told):
        if corners:
            corners.append(f"H{across(x):.1f}")
        corners.append(f"V{down(y):.1f}" if corners else f"M{across(x):.1f},{down(y):.1f}")
    if corners:
        path = " ".join(corners)
        parts.append(f'<path d="{path}" fill="none" stroke="{BEST}" stroke-width="2"/>')
    high_px = TOP + HIGH + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high_px}" width="{WIDTH}"'
        f' height="{high_px}" role="img" font-size="12" font-family="system-ui, sans-serif">'
        f"<title>{escaped(metric)} by trial: the best so far</title>{''.join(parts)}</svg>"
    )
