"""A graph of what rests on what as a Plotly figure, and as a picture that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.panels.fields import label
from trackbook.panels.layers import places_of
from trackbook.table import escaped, in_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLORS = {
    "run": "#1f77b4", "dataset": "#2ca02c", "execution": "#8c8c8c", "artifact": "#ff7f0e",
    "model": "#9467bd", "version": "#d62728", "slot": "#17becf",
}  # fmt: skip
SYMBOLS = {
    "run": "circle", "dataset": "square", "execution": "circle-open", "artifact": "diamond",
    "model": "hexagon", "version": "star", "slot": "triangle-right",
}  # fmt: skip
FEW_NODES, FEW_EDGES = 60, 12
"""Up to these, names and what edges say are written beside them; hovering tells them always."""
ROW_PX, LEAST_PX, MOST_PX, MARGIN_PX = 30, 220, 760, 60
PALE = 0.15
LONGEST, LONGEST_FACT = 18, 90
LETTERS = 76
"""Letters that stand beside each other in a narrow panel."""
INK = "#808080"
MOST_DRAWN = 200


class Thing(NamedTuple):
    """One node."""

    id: str
    kind: str
    name: str
    detail: str


class Tie(NamedTuple):
    """One edge."""

    source: str
    target: str
    label: str


def lineage_figure(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    root: str = "",
    chosen: str | None = None,
    is_tree: bool = False,
) -> dict[str, object]:
    """Return the figure of a graph; with a chosen node all that is not tied to it is pale.

    Args:
        things: the nodes; the points of a kind's trace are its nodes, in this order
        ties: the edges
        root: the node in the middle of interest, drawn larger
        chosen: the node that was clicked
        is_tree: each node stands in a row of its own, with what the edge to it says
    """
    places = placed(things, ties, is_tree=is_tree)
    near = related(ties, chosen) if chosen is not None else None
    traces: list[dict[str, object]] = [
        lines(
            places, [t for t in ties if near is None or {t.source, t.target} <= near], 0.55
        )
    ]
    if near is not None:
        traces.append(lines(places, ties, PALE))
    shows = len(ties) <= FEW_EDGES and not is_tree
    traces.append(middles(places, ties, shows=shows))
    columns = 1 + max((x for x, _ in places.values()), default=0)
    longest = max(6, min(LONGEST, int(LETTERS / columns)))
    if len(things) > FEW_NODES:
        longest = 0
    for kind in dict.fromkeys(one.kind for one in things):
        own = [one for one in things if one.kind == kind]
        traces.append(points(kind, own, places, root=root, near=near, longest=longest))
    if is_tree:
        beside_their_names(traces[-1], things, ties, named=bool(longest))
    return {"data": traces, "layout": framed(places, is_tree=is_tree)}


def framed(
    places: Mapping[str, tuple[float, float]], *, is_tree: bool
) -> dict[str, object]:
    """Return the frame of a figure, as high as its rows need."""
    rows = 1 + max((abs(y) * 2 for _, y in places.values()), default=0)
    least = 0 if is_tree else LEAST_PX
    frame = layout(min(MOST_PX, max(least, int(rows * ROW_PX) + MARGIN_PX)))
    if is_tree and places:
        widest = max(x for x, _ in places.values())  # room on the right for the words
        frame["xaxis"] = {"visible": False, "range": [-0.5, max(8.0, widest * 2 + 4)]}
    return frame


def placed(
    things: Sequence[Thing], ties: Sequence[Tie], *, is_tree: bool
) -> dict[str, tuple[float, float]]:
    """Return where the nodes stand: in layers, or of a tree each in a row of its own."""
    if not is_tree:
        return places_of([one.id for one in things], [(t.source, t.target) for t in ties])
    parents = {tie.target: tie.source for tie in ties}
    first: dict[str, str] = {}
    lanes: dict[str, float] = {}
    for one in things:  # a parent comes before what was made from it
        parent = parents.get(one.id)
        if parent not in lanes:
            lanes[one.id] = 0.0
        else:
            is_first = first.setdefault(parent, one.id) == one.id
            lanes[one.id] = lanes[parent] + (0.0 if is_first else 1.0)
    middle = (len(things) - 1) / 2
    return {one.id: (lanes[one.id], middle - at) for at, one in enumerate(things)}


def beside_their_names(
    trace: dict[str, object], things: Sequence[Thing], ties: Sequence[Tie], *, named: bool
) -> None:
    """Write beside each node of a tree its name, and what the edge to it says."""
    said = {tie.target: tie.label for tie in ties}
    trace["textposition"] = "middle right"
    trace["text"] = [
        label(short(f"{one.name}   {said.get(one.id) or one.detail}", 90)) if named else ""
        for one in things
    ]


def nodes_by_trace(things: Sequence[Thing]) -> list[list[str]]:
    """Return the ids of the points of each of the last traces, one a kind, in order."""
    kinds = dict.fromkeys(one.kind for one in things)
    return [[one.id for one in things if one.kind == kind] for kind in kinds]


def related(ties: Iterable[Tie], chosen: str) -> set[str]:
    """Return a node with all that it rests on and all that rests on it."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for tie in ties:
        after.setdefault(tie.source, []).append(tie.target)
        before.setdefault(tie.target, []).append(tie.source)
    found = {chosen}
    for beside in (before, after):
        waiting = [chosen]
        seen = {chosen}
        while waiting:
            for other in beside.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        found |= seen
    return found


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
    places: Mapping[str, tuple[float, float]], ties: Sequence[Tie], *, shows: bool
) -> dict[str, object]:
    """Return the middle of each edge, with what it says; an arrow where it points."""
    known = [tie for tie in ties if tie.source in places and tie.target in places]
    return {
        "type": "scatter", "mode": "markers+text" if shows else "markers",
        "x": [(places[t.source][0] + places[t.target][0]) / 2 for t in known],
        "y": [(places[t.source][1] + places[t.target][1]) / 2 for t in known],
        "text": [label(short(t.label, 24)) for t in known], "textposition": "top center",
        "textfont": {"size": 10}, "customdata": [label(t.label[:300]) for t in known],
        "hovertemplate": "%{customdata}<extra></extra>", "showlegend": False,
        "marker": {"symbol": "triangle-right", "size": 6, "color": "rgba(128,128,128,0.7)"},
    }  # fmt: skip


def points(
    kind: str,
    things: Sequence[Thing],
    places: Mapping[str, tuple[float, float]],
    *,
    root: str,
    near: set[str] | None,
    longest: int,
) -> dict[str, object]:
    """Return the nodes of a kind as one trace; of names at most so many letters, if any."""
    told = {root} | (near if near is not None and len(near) <= FEW_NODES else set())
    hovers = [
        f"<b>{label(short(one.name, 60))}</b><br>{wrapped(one.detail)}" for one in things
    ]
    return {
        "type": "scatter", "mode": "markers+text", "name": kind,
        "x": [places[one.id][0] for one in things], "y": [places[one.id][1] for one in things],
        "text": [
            label(short(one.name, longest or LONGEST)) if longest or one.id in told else ""
            for one in things
        ],
        "textposition": "bottom center", "textfont": {"size": 11},
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra>" + kind + "</extra>",
        "marker": {
            "color": COLORS.get(kind, INK), "symbol": SYMBOLS.get(kind, "circle"),
            "size": [18 if one.id == root else 12 for one in things],
            "opacity": [1.0 if near is None or one.id in near else PALE for one in things],
            "line": {"width": 1.5, "color": COLORS.get(kind, INK)},
        },
    }  # fmt: skip


def layout(height: int) -> dict[str, object]:
    """Return the figure's frame: no axes, a legend of kinds above, panning by drag."""
    axis = {"visible": False, "fixedrange": False}
    return {
        "height": height, "margin": {"l": 10, "r": 10, "t": 34, "b": 20}, "xaxis": axis,
        "yaxis": dict(axis), "dragmode": "pan", "hovermode": "closest",
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    }  # fmt: skip


def short(text: str, most: int) -> str:
    """Return a text on one line of at most so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def wrapped(text: str) -> str:
    """Return up to six lines of a text for a hover."""
    rows = [short(row, LONGEST_FACT) for row in text.splitlines()[:6]]
    return "<br>".join(label(row) for row in rows)


def lineage_svg(
    things: Sequence[Thing], ties: Sequence[Tie], *, root: str = "", is_tree: bool = False
) -> str:
    """Return the graph as SVG that needs nothing to be seen; of many nodes some, with a word."""
    shown = list(things[-MOST_DRAWN:] if is_tree else things[:MOST_DRAWN])
    places = placed(shown, ties, is_tree=is_tree)
    if not places:
        return ""
    columns = 1 + max(x for x, _ in places.values())
    rows = 1 + max(abs(y) * 2 for _, y in places.values())
    across, down = max(110.0, min(170.0, 760 / columns)), 40.0
    if is_tree:
        across, down = 24.0, 22.0
    width, height = columns * across + (680 if is_tree else 0), rows * down + 30
    said = {tie.target: tie.label for tie in ties} if is_tree else None

    def at(node: str) -> tuple[float, float]:
        x, y = places[node]
        return x * across + across / 2, height / 2 - y * down

    parts = [edge_svg(at(t.source), at(t.target), t.label) for t in ties
             if t.source in places and t.target in places]  # fmt: skip
    parts += [node_svg(one, at(one.id), said, is_root=one.id == root) for one in shown]
    what = f"lineage: {len(things)} things, {len(ties)} ties"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}" height="{height:.0f}" role="img" font-size="11"'
        f' font-family="system-ui, sans-serif"><title>{escaped(what)}</title>'
        f"{''.join(parts)}</svg>"
    )


def edge_svg(source: tuple[float, float], target: tuple[float, float], said: str) -> str:
    """Return one edge, with what it says for whoever points at it."""
    (x0, y0), (x1, y1) = source, target
    return (
        f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{INK}"'
        f' stroke-opacity="0.5"><title>{escaped(in_short(said[:200]))}</title></line>'
    )


def node_svg(
    one: Thing,
    place: tuple[float, float],
    said: Mapping[str, str] | None,
    *,
    is_root: bool,
) -> str:
    """Return one node with its name below it; in a tree beside it, with what changed."""
    x, y = place
    color = COLORS.get(one.kind, INK)
    size = 8 if is_root else 5
    side = 2 * size
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{color}">'
    if one.kind == "dataset":
        corner = f'x="{x - size:.1f}" y="{y - size:.1f}"'
        drawn = f'<rect {corner} width="{side}" height="{side}" fill="{color}">'
    end = "rect" if one.kind == "dataset" else "circle"
    words, anchor, right, low = short(one.name, LONGEST), "middle", 0, size + 12
    if said is not None:
        words = short(f"{one.name}   {said.get(one.id) or one.detail}", 100)
        anchor, right, low = "start", 14, 4
    return (
        f"{drawn}<title>{escaped(short(one.detail, 200))}</title></{end}>"
        f'<text x="{x + right:.1f}" y="{y + low:.1f}" fill="{INK}" text-anchor="{anchor}">'
        f"{escaped(words)}</text>"
    )
