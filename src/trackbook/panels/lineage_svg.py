"""A graph of what rests on what as a picture that stays in a saved notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.layers import places_of
from trackbook.panels.lineage_things import BAD, COLORS, INK, short, squeezed
from trackbook.panels.tree_figure import ROW_PX, spots_of, words_of
from trackbook.table import escaped, in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.lineage_things import Thing, Tie

    Spot = tuple[float, float]

LONGEST, LONGEST_NAME, LONGEST_ROW = 18, 48, 100
MOST_DRAWN = 200
ROOM_PX, LETTER_PX, DOWN_PX = 30, 6.4, 40


def lineage_svg(
    things: Sequence[Thing], ties: Sequence[Tie], *, root: str = "", is_tree: bool = False
) -> str:
    """Return the graph as SVG that needs nothing to be seen; of many nodes some, with a word."""
    shown = list(things[-MOST_DRAWN:] if is_tree else things[:MOST_DRAWN])
    if not shown:
        return ""
    spots, width, height = (tree_spots if is_tree else graph_spots)(shown, ties)
    said = {tie.target: tie for tie in ties}
    parts = [
        edge_svg(spots[t.source], spots[t.target], t.label, bent=is_tree)
        for t in ties
        if t.source in spots and t.target in spots
    ]
    parts += [
        node_svg(one, spots[one.id], is_root=one.id == root, is_tree=is_tree)
        for one in shown
    ]
    if is_tree:
        column = column_of(shown, spots)
        parts += [
            text_svg((column, spots[one.id][1] + 4), words, opacity=0.8)
            for one in shown
            if (words := short(words_of(one, said.get(one.id)), LONGEST_ROW))
        ]
    rest = len(things) - len(shown)
    if rest:
        parts.append(
            f'<text x="8" y="{height + 8:.0f}" fill="{INK}">'
            f"{rest} {'earlier' if is_tree else 'more'} are not drawn here</text>"
        )
        height += ROW_PX
    what = f"lineage: {len(things)} things, {len(ties)} ties"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"'
        f' width="{width:.0f}" height="{height:.0f}" role="img" font-size="11"'
        f' font-family="system-ui, sans-serif"><title>{escaped(what)}</title>'
        f"{''.join(parts)}</svg>"
    )


def tree_spots(
    things: Sequence[Thing], ties: Sequence[Tie]
) -> tuple[dict[str, Spot], float, float]:
    """Return where the nodes of a tree stand, and how wide and high that is with its words."""
    spots = {one: (x, y + ROW_PX / 2) for one, (x, y) in spots_of(things, ties).items()}
    said = {tie.target: tie for tie in ties}
    words = [short(words_of(one, said.get(one.id)), LONGEST_ROW) for one in things]
    width = column_of(things, spots) + LETTER_PX * max(map(len, words))
    return spots, width, len(things) * ROW_PX


def column_of(things: Sequence[Thing], spots: Mapping[str, Spot]) -> float:
    """Return where the words beside the names begin."""
    names = [
        spots[one.id][0] + LETTER_PX * len(squeezed(one.name, LONGEST_NAME))
        for one in things
    ]
    return max(names) + ROOM_PX


def graph_spots(
    things: Sequence[Thing], ties: Sequence[Tie]
) -> tuple[dict[str, Spot], float, float]:
    """Return where the nodes of a graph stand, and how wide and high that is."""
    places = places_of([one.id for one in things], [(t.source, t.target) for t in ties])
    columns = 1 + max(x for x, _ in places.values())
    height = (1 + max(abs(y) * 2 for _, y in places.values())) * DOWN_PX + ROOM_PX
    across = max(110.0, min(170.0, 760 / columns))
    spots = {
        one: (x * across + across / 2, height / 2 - y * DOWN_PX)
        for one, (x, y) in places.items()
    }
    return spots, columns * across, height


def edge_svg(source: Spot, target: Spot, said: str, *, bent: bool = False) -> str:
    """Return one edge, with what it says for whoever points at it."""
    (x0, y0), (x1, y1) = source, target
    way = f"V{y1:.1f}H{x1:.1f}" if bent else f"L{x1:.1f} {y1:.1f}"
    return (
        f'<path d="M{x0:.1f} {y0:.1f}{way}" fill="none" stroke="{INK}"'
        f' stroke-opacity="0.5"><title>{escaped(in_short(said[:200]))}</title></path>'
    )


def node_svg(one: Thing, place: Spot, *, is_root: bool, is_tree: bool) -> str:
    """Return one node with its name below it, in a tree beside it."""
    x, y = place
    color = BAD if one.is_bad else COLORS.get(one.kind, INK)
    size = 8 if is_root else 5
    side = 2 * size
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{color}">'
    if one.kind == "dataset":
        corner = f'x="{x - size:.1f}" y="{y - size:.1f}"'
        drawn = f'<rect {corner} width="{side}" height="{side}" fill="{color}">'
    end = "rect" if one.kind == "dataset" else "circle"
    name = (
        text_svg((x + 12, y + 4), squeezed(one.name, LONGEST_NAME))
        if is_tree
        else text_svg((x, y + size + 12), squeezed(one.name, LONGEST), anchor="middle")
    )
    return f"{drawn}<title>{escaped(short(one.detail, 200))}</title></{end}>{name}"


def text_svg(place: Spot, words: str, *, anchor: str = "start", opacity: float = 1) -> str:
    """Return some words."""
    x, y = place
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" fill-opacity="{opacity}"'
        f' text-anchor="{anchor}">{escaped(words)}</text>'
    )
