"""A tree of runs as a Plotly figure: a row of constant height each, what changed beside it.

Both axes count pixels. The page, which alone knows its width, widens the x axis to it, and
cuts names and words where they would not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.fields import label
from trackbook.panels.lineage_things import (
    BAD,
    COLORS,
    INK,
    MARK,
    PALE,
    SYMBOLS,
    hover_of,
    inks,
    kinds_of,
    short,
    squeezed,
)
from trackbook.panels.tree_rows import tree_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from trackbook.panels.lineage_things import Thing, Tie

    Spots = Mapping[str, tuple[float, float]]
    """In pixels from the left, and from the top downwards."""

ROW_PX, LANE_PX, LEFT_PX, EDGE_PX, LETTER_PX = 24, 18, 14, 4, 6.7
MOST_LANES_PX = 216
WIDTH_PX = 900
LONGEST_NAME, LONGEST_SAID = 64, 160


def tree_figure(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    chosen: str | None = None,
    near: AbstractSet[str] | None = None,
    marked: AbstractSet[str] = frozenset(),
) -> dict[str, object]:
    """Return the figure of a tree; `near` is what is not pale, None for all."""
    spots = spots_of(things, ties)
    known = [t for t in ties if t.source in spots and t.target in spots]
    vivid = [t for t in known if near is None or {t.source, t.target} <= near]
    traces = [bends(spots, vivid, 0.6)]
    if near is not None:
        traces.append(bends(spots, known, PALE))
    traces.append(arrows(spots, known, chosen=chosen, near=near))
    traces += [
        dots(kind, own, spots, chosen=chosen, near=near, marked=marked)
        for kind, own in kinds_of(things).items()
    ]
    traces.append(sayings(things, known, spots, near=near))
    return {"data": traces, "layout": framed(len(things), spots.get(chosen or ""))}


def spots_of(
    things: Sequence[Thing], ties: Sequence[Tie]
) -> dict[str, tuple[float, float]]:
    """Return where the nodes of a tree stand."""
    rows = tree_rows(things, ties)
    deepest = max((lane for lane, _ in rows.values()), default=0)
    step = min(LANE_PX, MOST_LANES_PX / max(1, deepest))
    return {one: (LEFT_PX + lane * step, row * ROW_PX) for one, (lane, row) in rows.items()}


def framed(rows: int, chosen: tuple[float, float] | None) -> dict[str, object]:
    """Return the frame: so high that a row is as high as in any other tree."""
    band = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "line": {"width": 0},
        "fillcolor": "rgba(128,128,128,0.18)", "layer": "below",
    }  # fmt: skip
    if chosen is not None:
        band |= {"y0": chosen[1] - ROW_PX / 2, "y1": chosen[1] + ROW_PX / 2}
    fixed = {"visible": False, "fixedrange": True, "autorange": False}
    return {
        "height": rows * ROW_PX + 2 * EDGE_PX,
        "margin": {"l": 0, "r": 0, "t": EDGE_PX, "b": EDGE_PX},
        "xaxis": {**fixed, "range": [0, WIDTH_PX]},
        "yaxis": {**fixed, "range": [(rows - 0.5) * ROW_PX, -0.5 * ROW_PX]},
        "dragmode": False, "transition": {"duration": 0}, "hovermode": "closest",
        "hoverdistance": 11, "showlegend": False,
        "shapes": [] if chosen is None else [band],
    }  # fmt: skip


def bends(spots: Spots, ties: Iterable[Tie], alpha: float) -> dict[str, object]:
    """Return all edges as one trace: down to the row of the child, then inwards."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for tie in ties:
        (x0, y0), (x1, y1) = spots[tie.source], spots[tie.target]
        xs += [x0, x0, x1, None]
        ys += [y0, y1, y1, None]
    return {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
        "showlegend": False, "line": {"width": 1.2, "color": f"rgba(128,128,128,{alpha})"},
    }  # fmt: skip


def arrows(
    spots: Spots,
    ties: Sequence[Tie],
    *,
    chosen: str | None,
    near: AbstractSet[str] | None,
) -> dict[str, object]:
    """Return a triangle on each edge, just before the child."""
    inwards = [spots[t.target][0] > spots[t.source][0] for t in ties]
    xs, ys = [], []
    for tie, is_side in zip(ties, inwards, strict=True):
        (x0, _), (x1, y1) = spots[tie.source], spots[tie.target]
        xs.append((x0 + x1) / 2 if is_side else x1)
        ys.append(y1 if is_side else y1 - ROW_PX / 2)
    return {
        "type": "scatter", "mode": "markers", "ids": [t.id for t in ties], "x": xs, "y": ys,
        "customdata": [label(t.label[:300]) for t in ties],
        "hovertemplate": "%{customdata}<extra></extra>", "showlegend": False,
        "marker": {
            "symbol": ["triangle-right" if one else "triangle-down" for one in inwards],
            "size": [10 if t.id == chosen else 6 for t in ties],
            "line": {"width": 0},
            "opacity": [
                1.0 if near is None or {t.source, t.target} <= near else PALE for t in ties
            ],
            "color": [MARK if t.id == chosen else "rgb(128,128,128)" for t in ties],
        },
    }  # fmt: skip


def dots(
    kind: str,
    things: Sequence[Thing],
    spots: Spots,
    *,
    chosen: str | None,
    near: AbstractSet[str] | None,
    marked: AbstractSet[str],
) -> dict[str, object]:
    """Return the nodes of a kind with their names as one trace."""
    color = COLORS.get(kind, INK)
    colors = [BAD if one.is_bad else color for one in things]
    return {
        "type": "scatter", "mode": "markers+text", "name": kind, "meta": "names",
        "ids": [one.id for one in things],
        "x": [spots[one.id][0] for one in things], "y": [spots[one.id][1] for one in things],
        "text": ["\xa0\xa0" + label(squeezed(one.name, LONGEST_NAME)) for one in things],
        "textposition": "middle right", "cliponaxis": False,
        "textfont": {"size": 12, "color": inks(things, near)},
        "customdata": [hover_of(one) for one in things],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": colors, "symbol": SYMBOLS.get(kind, "circle"),
            "size": 11,
            "opacity": [1.0 if near is None or one.id in near else PALE for one in things],
            "line": {
                "width": [3 if one.id in {chosen} | marked else 1.5 for one in things],
                "color": [
                    "ink" if one.id == chosen else MARK if one.id in marked else own
                    for one, own in zip(things, colors, strict=True)
                ],
            },
        },
    }  # fmt: skip


def sayings(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    spots: Spots,
    *,
    near: AbstractSet[str] | None,
) -> dict[str, object]:
    """Return what each edge says as a column of words beside the names."""
    into = {tie.target: tie for tie in ties}
    widest = max(
        (spots[one.id][0] + LETTER_PX * min(len(one.name), LONGEST_NAME) for one in things),
        default=0,
    )
    return {
        "type": "scatter", "mode": "text", "meta": "said", "showlegend": False,
        "ids": [into[one.id].id if one.id in into else one.id for one in things],
        "x": [widest + 2 * LEFT_PX] * len(things), "y": [spots[one.id][1] for one in things],
        "text": [
            label(short(words_of(one, into.get(one.id)), LONGEST_SAID)) for one in things
        ],
        "textposition": "middle right", "hoverinfo": "skip", "cliponaxis": False,
        "textfont": {"size": 12, "color": inks(things, near, said=True)},
    }  # fmt: skip


def words_of(one: Thing, tie: Tie | None) -> str:
    """Return what stands beside a node: what changed, of a sweep its best before it."""
    said = tie.label if tie is not None else ""
    if one.kind != "sweep":
        return said or one.detail
    return "; ".join(part for part in (one.detail.partition("\n")[0], said) if part)
