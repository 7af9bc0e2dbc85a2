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

LONGEST, LONGEST_ROW = 18, 100
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
    said = {tie.target: tie for tie in ties} if is_tree else None
    parts = [
        edge_svg(spots[t.source], spots[t.target], t.label, bent=is_tree)
        for t in ties
        if t.source in spots and t.target in spots
    ]
    parts += [node_svg(one, spots[one.id], said, is_root=one.id == root) for one in shown]
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
    width = max(
        spots[one.id][0] + ROOM_PX + LETTER_PX * len(row_of(one, said)) for one in things
    )
    return spots, width, len(things) * ROW_PX


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


def row_of(one: Thing, said: Mapping[str, Tie]) -> str:
    """Return what stands beside a node of a tree."""
    return short(f"{one.name}   {words_of(one, said.get(one.id))}", LONGEST_ROW)


def edge_svg(source: Spot, target: Spot, said: str, *, bent: bool = False) -> str:
    """Return one edge, with what it says for whoever points at it."""
    (x0, y0), (x1, y1) = source, target
    way = f"V{y1:.1f}H{x1:.1f}" if bent else f"L{x1:.1f} {y1:.1f}"
    return (
        f'<path d="M{x0:.1f} {y0:.1f}{way}" fill="none" stroke="{INK}"'
        f' stroke-opacity="0.5"><title>{escaped(in_short(said[:200]))}</title></path>'
    )


def node_svg(
    one: Thing, place: Spot, said: Mapping[str, Tie] | None, *, is_root: bool
) -> str:
    """Return one node with its name below it; in a tree beside it, with what changed."""
    x, y = place
    color = BAD if one.is_bad else COLORS.get(one.kind, INK)
    size = 8 if is_root else 5
    side = 2 * size
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{color}">'
    if one.kind == "dataset":
        corner = f'x="{x - size:.1f}" y="{y - size:.1f}"'
        drawn = f'<rect {corner} width="{side}" height="{side}" fill="{color}">'
    end = "rect" if one.kind == "dataset" else "circle"
    words, anchor, right, low = squeezed(one.name, LONGEST), "middle", 0, size + 12
    if said is not None:
        words, anchor, right, low = row_of(one, said), "start", 12, 4
    return (
        f"{drawn}<title>{escaped(short(one.detail, 200))}</title></{end}>"
        f'<text x="{x + right:.1f}" y="{y + low:.1f}" fill="{INK}" text-anchor="{anchor}">'
        f"{escaped(words)}</text>"
    )
