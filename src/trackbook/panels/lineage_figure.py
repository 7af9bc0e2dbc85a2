"""A graph of what rests on what as a Plotly figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.fields import label
from trackbook.panels.layers import places_of
from trackbook.panels.lineage_things import (
    BAD,
    COLORS,
    INK,
    MARK,
    PALE,
    SYMBOLS,
    Thing,
    hover_of,
    inks,
    kinds_of,
    related,
    short,
    squeezed,
)
from trackbook.panels.tree_figure import tree_figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from trackbook.panels.lineage_things import Tie

FEW_NODES, FEW_EDGES, MANY_EDGES = 60, 12, 150
"""Up to these, names and what edges say are written beside them; hovering tells them always."""
ROW_PX, LEAST_PX, MOST_PX, MARGIN_PX = 36, 150, 556, 60
SIZE_PX, SMALL_PX, ROOT_PX, MANY_NODES = 12, 8, 18, 150
LONGEST = 30
"""Letters of a name below a node; the page cuts it to the width of a column."""


def lineage_figure(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    root: str = "",
    chosen: str | None = None,
    marked: AbstractSet[str] = frozenset(),
    is_tree: bool = False,
    pales: bool = True,
) -> dict[str, object]:
    """Return the figure of a graph; with a chosen node all that is not tied to it is pale.

    Nodes and edges bear their ids, by which the page says what was clicked.

    Args:
        things: the nodes
        ties: the edges
        root: the node in the middle of interest, drawn larger
        chosen: the node or the edge that was clicked
        marked: nodes that were searched for
        is_tree: each node stands in a row of its own, with what the edge to it says
        pales: whether what is not tied to what was chosen becomes pale
    """
    near = near_of(things, ties, chosen) if pales else None
    if is_tree:
        return tree_figure(things, ties, chosen=chosen, near=near, marked=marked)
    return graph_figure(things, ties, root=root, chosen=chosen, near=near, marked=marked)


def graph_figure(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    root: str,
    chosen: str | None,
    near: AbstractSet[str] | None,
    marked: AbstractSet[str],
) -> dict[str, object]:
    """Return the figure of a graph in layers; `near` is what is not pale, None for all."""
    places = places_of([one.id for one in things], [(t.source, t.target) for t in ties])
    vivid = [t for t in ties if near is None or {t.source, t.target} <= near]
    traces = [lines(places, vivid, 0.55)]
    if near is not None:
        traces.append(lines(places, ties, PALE))
    traces.append(middles(places, ties, chosen=chosen, near=near))
    told = {root, chosen} | marked
    size = SIZE_PX if len(things) <= MANY_NODES else SMALL_PX
    if near is not None and len(near) <= FEW_NODES:
        told |= near
    if len(things) <= FEW_NODES:
        told |= {one.id for one in things}
    for kind, own in kinds_of(things).items():
        texts = [label(called(one)) if one.id in told else "" for one in own]
        sizes = [ROOT_PX if one.id in {root, chosen} else size for one in own]
        traces.append(named(kind))
        traces.append(
            points(kind, own, places, texts, sizes, chosen=chosen, near=near, marked=marked)
        )
    return {"data": traces, "layout": framed(places)}


def called(one: Thing) -> str:
    """Return what stands below a node; how many parts a sweep has stands in its hover."""
    name = one.name.rpartition(": ")[0] if one.kind == "sweep" else one.name
    return squeezed(name, LONGEST)


def near_of(
    things: Sequence[Thing], ties: Sequence[Tie], chosen: str | None
) -> set[str] | None:
    """Return what is tied to what was chosen; None where nothing is to be pale."""
    if chosen is None:
        return None
    ends = next(({t.source, t.target} for t in ties if t.id == chosen), None)
    if ends is not None:
        return ends
    return related(ties, chosen) if any(one.id == chosen for one in things) else None


def framed(places: Mapping[str, tuple[float, float]]) -> dict[str, object]:
    """Return the frame of a figure, as high as its rows need; no axes, panning by drag."""
    rows = 1 + max((abs(y) * 2 for _, y in places.values()), default=0)
    height = min(MOST_PX, max(LEAST_PX, int(rows * ROW_PX) + MARGIN_PX))
    axis = {"visible": False, "fixedrange": False}
    return {
        "height": height, "margin": {"l": 10, "r": 10, "t": 34, "b": 20}, "xaxis": axis,
        "yaxis": dict(axis), "dragmode": "pan", "hovermode": "closest",
        "transition": {"duration": 0},
        "showlegend": True,
        "uirevision": len(places),  # what was zoomed stays so until something is unfolded
        "legend": {
            "orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "itemclick": False,
            "itemdoubleclick": False,
        },
    }  # fmt: skip


def lines(
    places: Mapping[str, tuple[float, float]], ties: Iterable[Tie], alpha: float
) -> dict[str, object]:
    """Return all edges as one trace: a gap stands between two."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for tie in ties:
        if tie.source in places and tie.target in places:
            (x0, y0), (x1, y1) = places[tie.source], places[tie.target]
            xs += [x0, x1, None]
            ys += [y0, y1, None]
    return {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
        "showlegend": False, "line": {"width": 1.2, "color": f"rgba(128,128,128,{alpha})"},
    }  # fmt: skip


def middles(
    places: Mapping[str, tuple[float, float]],
    ties: Sequence[Tie],
    *,
    chosen: str | None,
    near: AbstractSet[str] | None,
) -> dict[str, object]:
    """Return the middle of each edge, with what it says; an arrow where it points."""
    shows = len(ties) <= FEW_EDGES
    size, vivid = (7, 0.7) if len(ties) <= MANY_EDGES else (5, 0.45)
    known = [tie for tie in ties if tie.source in places and tie.target in places]
    return {
        "type": "scatter", "mode": "markers+text" if shows else "markers",
        "ids": [t.id for t in known],
        "x": [(places[t.source][0] + places[t.target][0]) / 2 for t in known],
        "y": [(places[t.source][1] + places[t.target][1]) / 2 for t in known],
        "text": [label(short(t.label, 24)) for t in known], "textposition": "top center",
        "textfont": {"size": 10}, "customdata": [label(t.label[:300]) for t in known],
        "hovertemplate": "%{customdata}<extra></extra>", "showlegend": False,
        "marker": {
            "symbol": "triangle-right",
            "size": [11 if t.id == chosen else size for t in known],
            "color": [MARK if t.id == chosen else "rgb(128,128,128)" for t in known],
            "line": {"width": 0},
            "opacity": [
                1.0 if t.id == chosen
                else vivid if near is None or {t.source, t.target} <= near else PALE
                for t in known
            ],
        },
    }  # fmt: skip


def named(kind: str) -> dict[str, object]:
    """Return what stands in the legend for a kind, not pale where its nodes are."""
    color = COLORS.get(kind, INK)
    return {
        "type": "scatter", "mode": "markers", "name": kind, "x": [None], "y": [None],
        "showlegend": True, "hoverinfo": "skip",
        "marker": {
            "color": color, "symbol": SYMBOLS.get(kind, "circle"), "size": 12,
            "line": {"width": 1.5, "color": color},
        },
    }  # fmt: skip


def points(
    kind: str,
    things: Sequence[Thing],
    places: Mapping[str, tuple[float, float]],
    texts: Sequence[str],
    sizes: Sequence[int],
    *,
    chosen: str | None,
    near: AbstractSet[str] | None,
    marked: AbstractSet[str],
) -> dict[str, object]:
    """Return the nodes of a kind as one trace; those searched for have a ring."""
    color = COLORS.get(kind, INK)
    return {
        "type": "scatter", "mode": "markers+text", "name": kind,
        "meta": "below" if all(texts) else "alone",
        "showlegend": False,
        "ids": [one.id for one in things],
        "x": [places[one.id][0] for one in things], "y": [places[one.id][1] for one in things],
        "text": texts, "textposition": "bottom center", "cliponaxis": False,
        "textfont": {"size": 11, "color": inks(things, near)},
        "customdata": [hover_of(one) for one in things],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": [BAD if one.is_bad else color for one in things],
            "symbol": SYMBOLS.get(kind, "circle"), "size": sizes,
            "opacity": [1.0 if near is None or one.id in near else PALE for one in things],
            "line": {
                "width": [3 if one.id in {chosen} | marked else 1.5 for one in things],
                "color": [
                    "ink" if one.id == chosen
                    else MARK if one.id in marked
                    else BAD if one.is_bad else color
                    for one in things
                ],
            },
        },
    }  # fmt: skip
