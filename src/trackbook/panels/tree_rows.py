"""In which row and how far inwards each run of a tree stands, as folders do in a list of files.

What was made from a run follows it: side branches one step inwards, and below them, straight
on, the branch that became longest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.lineage_things import Thing, Tie


def tree_rows(things: Sequence[Thing], ties: Sequence[Tie]) -> dict[str, tuple[int, int]]:
    """Return (lane, row) of each node, rows from 0; ties in a circle are cut somewhere."""
    after, starts = children_of(things, ties)
    sizes = sizes_of(things, starts, after)
    places: dict[str, tuple[int, int]] = {}
    waiting = [(one, 0) for one in reversed(starts)]
    while waiting:
        node, lane = waiting.pop()
        if node in places:
            continue
        places[node] = (lane, len(places))
        mine = after.get(node, [])
        trunk = trunk_of(mine, sizes)
        if trunk is not None:
            waiting.append((trunk, lane))
        sides = [tie.target for tie in mine if tie.target != trunk]
        waiting += [(one, lane + 1) for one in reversed(sides)]
    return places


def trunk_of(ties: Sequence[Tie], sizes: Mapping[str, int]) -> str | None:
    """Return the child that goes straight on: the one with most below it, the newest of equals."""
    whole = [tie.target for tie in ties if not tie.is_part]
    return max(reversed(whole), key=lambda one: sizes.get(one, 0), default=None)


def children_of(
    things: Sequence[Thing], ties: Sequence[Tie]
) -> tuple[dict[str, list[Tie]], list[str]]:
    """Return the ties to each node's children, and the nodes to begin with."""
    known = {one.id for one in things}
    above: dict[str, Tie] = {}
    for tie in ties:
        if tie.source in known and tie.source != tie.target:
            above.setdefault(tie.target, tie)
    after: dict[str, list[Tie]] = {}
    for one in things:
        if one.id in above:
            after.setdefault(above[one.id].source, []).append(above[one.id])
    starts = [one.id for one in things if one.id not in above]
    reached = set(below(starts, after))
    for one in things:
        if one.id not in reached:  # of a circle
            starts.append(one.id)
            reached |= set(below([one.id], after))
    return after, starts


def below(starts: Sequence[str], after: Mapping[str, Sequence[Tie]]) -> list[str]:
    """Return some nodes with all below them, each after its parent."""
    found: dict[str, None] = {}
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += [tie.target for tie in after.get(node, ())]
    return list(found)


def sizes_of(
    things: Sequence[Thing], starts: Sequence[str], after: Mapping[str, Sequence[Tie]]
) -> dict[str, int]:
    """Return how many nodes stand below each, with itself, be they folded away or not."""
    counts = {one.id: one.weight for one in things}
    sizes: dict[str, int] = {}
    for node in reversed(below(starts, after)):
        sizes[node] = counts[node] + sum(
            sizes.get(tie.target, 0) for tie in after.get(node, ())
        )
    return sizes
