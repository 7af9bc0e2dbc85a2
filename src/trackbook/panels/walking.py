"""How the arrow keys lead through a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.panels.layers import places_of
from trackbook.panels.tree_rows import tree_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.panels.lineage_things import Thing, Tie


def walked(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    key: str,
    *,
    chosen: str | None,
    root: str = "",
    is_tree: bool = False,
) -> str | None:
    """Return the node to which a key leads.

    Up and down go through all nodes in the order in which they stand, left to what a node
    rests on, right to what rests on it. Where nothing is chosen, any key begins at the root.
    """
    order = in_order(things, ties, is_tree=is_tree)
    if key == "Escape" or not order:
        return None
    if key in {"Home", "End"}:
        return order[0 if key == "Home" else -1]
    tie = next((one for one in ties if one.id == chosen), None)
    if tie is not None:  # from an edge to one of its ends
        return tie.source if key in {"ArrowLeft", "ArrowUp"} else tie.target
    if chosen not in order:
        return root if root in order else order[0]
    if key in {"ArrowUp", "ArrowDown"}:
        at = order.index(chosen) + (1 if key == "ArrowDown" else -1)
        return order[max(0, min(at, len(order) - 1))]
    known = set(order)
    ends = [
        (tie.source, tie.target) if key == "ArrowLeft" else (tie.target, tie.source)
        for tie in ties
    ]
    return next((to for to, here in ends if here == chosen and to in known), chosen)


def in_order(things: Sequence[Thing], ties: Sequence[Tie], *, is_tree: bool) -> list[str]:
    """Return all nodes in the order in which they stand: by row, or by column downwards."""
    if is_tree:
        rows = tree_rows(things, ties)
        return sorted(rows, key=lambda one: rows[one][1])
    places = places_of([one.id for one in things], [(t.source, t.target) for t in ties])
    return sorted(places, key=lambda one: (places[one][0], -places[one][1]))
