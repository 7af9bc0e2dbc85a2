"""The course of runs in pictures: what was measured, and what they used of their machine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from trackbook.doors.lab.lines import HEIGHT, WIDTH
from trackbook.doors.lab.shapes import Figure, Section
from trackbook.doors.lab.words import gettext
from trackbook.table import in_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.book import Book
    from trackbook.records import Curve, Run

MOST_CURVES, MOST_LINES, POINTS = 24, 6, 96
LEAST = 0.02
"""Of a line's width: what was measured in less is drawn point after point."""


def figures_of(book: Book, runs: Sequence[Run]) -> list[Figure]:
    """Return a plot of each metric of some runs by step, then of each resource by time."""
    from trackbook.compare import curves, resources
    from trackbook.panels import PALETTE, curves_figure

    ids = [run.run_id for run in runs]
    names = list(dict.fromkeys(name for run in runs for name in run.metrics))
    measured = curves(book.store, ids, names[:MOST_CURVES])
    looks: dict[str, Any] = {
        "names": {run.run_id: run.name for run in runs},
        "colors": {one: PALETTE[n % len(PALETTE)] for n, one in enumerate(ids)},
    }
    figures = []
    for drawn, x in ((measured, "step"), (resources(book.store, ids), "time")):
        seen = [curve for curve in drawn if curve.point_count > 1]
        for name in dict.fromkeys(curve.name for curve in seen):
            of_name = [curve for curve in seen if curve.name == name]
            figure = curves_figure(of_name, x=x, **looks)  # type: ignore[arg-type]  # one of the two
            figures.append(drawing(name, figure))
    return figures


def drawing(title: str, figure: Mapping[str, Any]) -> Figure:
    """Return a figure that leaves its background to the page."""
    clear = {"paper_bgcolor": "transparent", "plot_bgcolor": "transparent"}
    plotly = {"data": figure["data"], "layout": {**figure["layout"], **clear}}
    return Figure(title=title, plotly=plotly)


def course_of(book: Book, run: Run) -> Section | None:
    """Return the lines of one run over the time since it began, metrics before resources."""
    from trackbook.compare import curves, resources

    ids, names = [run.run_id], list(run.metrics)[:MOST_CURVES]
    measured = curves(book.store, ids, names, x="time", max_points=POINTS)
    series = [curve for curve in measured if len(curve.x) > 1][:MOST_LINES]
    if not series:
        return None  # one number needs no picture, and what it cost stands in words
    drawn = series + [curve for curve in resources(book.store, ids) if len(curve.x) > 1]
    last_s = max(curve.x[-1] for curve in drawn)
    return Section(
        title=gettext("Course"),
        columns=[gettext("name"), gettext("last"), gettext("course")],
        numeric=[False, True, False],
        rows=[
            [visible(one.name), in_short(one.y[-1]), path_in(one, last_s)] for one in drawn
        ],
        drawn=True,
    )


def path_in(curve: Curve, last_s: float) -> str:
    """Return a curve as the path of a line, from its run's beginning to a moment."""
    points = [p for p in zip(curve.x, curve.y, strict=True) if math.isfinite(p[1])]
    if not points:
        return ""
    width = last_s if last_s > 0 else 1
    if len(points) > 1 and points[-1][0] - points[0][0] < LEAST * width:
        # All at once, as when a library tells its whole history at the end.
        points = [(float(place), y) for place, (_, y) in enumerate(points)]
        width = len(points) - 1
    low = min(y for _, y in points)
    span = max(y for _, y in points) - low or 1
    return "M" + "L".join(
        f"{max(0.0, x) / width * WIDTH:.1f} {HEIGHT - (y - low) / span * HEIGHT:.1f}"
        for x, y in points
    )
