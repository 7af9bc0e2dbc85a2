"""A graph and a tree of runs as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.lineage import Graph, Key, Tree

LONGEST = 60


def tree_lines(tree: Tree) -> Iterator[str]:
    """Yield a line for each run: a chain of variations goes down, a second branch inwards."""
    from trackbook.lineage import effect_of

    known = {one.run.run_id: one for one in tree.branches}
    after: dict[str, list[str]] = {}
    for one in tree.branches:
        parent = one.run.parent_run_id
        if parent in known and parent is not None:
            after.setdefault(parent, []).append(one.run.run_id)
    starts = [one.run.run_id for one in tree.branches if one.run.parent_run_id not in known]
    waiting = [(run_id, "", True) for run_id in reversed(starts)]
    while waiting:
        run_id, indent, is_start = waiting.pop()
        one = known[run_id]
        said = [part for part in (one.change, effect_of(tree, one)) if part]
        parts = f"  ({len(one.parts)} parts)" if one.parts else ""
        bend = "" if is_start and not indent else "└ "
        proven = f"  {one.run.reproduced}" if one.run.reproduced else ""
        yield f"{indent}{bend}{one.run.name}  {': '.join(said)}{parts}{proven}"
        children = after.get(run_id, [])
        inner = indent + ("  " if is_start else "")
        for at, child in reversed(list(enumerate(children))):
            waiting.append((child, inner + "  " * (at > 0), False))


def outline_of(graph: Graph) -> Iterator[str]:
    """Yield what a thing rests on and what rests on it, a step to the right for each step away.

    What was told already is not told again.
    """
    yield from side(graph, up=True)
    yield from side(graph, up=False)


def side(graph: Graph, *, up: bool) -> Iterator[str]:
    """Yield one side of a graph around its root."""
    beside: dict[Key, list[tuple[Key, str]]] = {}
    for edge in graph.edges:
        here, there = (edge.target, edge.source) if up else (edge.source, edge.target)
        beside.setdefault(here, []).append((there, edge.label))
    if graph.root not in beside:
        return
    yield "rests on" if up else "on it rest"
    told = {graph.root}
    waiting = [(key, said, 1) for key, said in reversed(beside[graph.root])]
    while waiting:
        key, said, depth = waiting.pop()
        node = graph.nodes[key]
        again = " (above)" if key in told else ""
        label = f"  {said[:LONGEST]}" if said else ""
        detail = node.detail.splitlines()[0][:LONGEST] if node.detail else ""
        yield f"{'  ' * depth}{key.kind} {node.name}{label}  {detail}{again}".rstrip()
        if key not in told:
            told.add(key)
            waiting += [(k, s, depth + 1) for k, s in reversed(beside.get(key, []))]
