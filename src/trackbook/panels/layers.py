"""Where the things of a graph stand: in layers from left to right, with few crossings.

Layers by the longest way from a start; within a layer in the order of the mean of their
neighbours, swept to and fro (Sugiyama, Tagawa and Toda 1981). Own code, for the libraries
that do it are unkept or need a program beside Python.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SWEEPS = 6
MOST_IN_LAYER = 40
"""A layer with more is drawn as several beside each other."""


def places_of(
    nodes: Sequence[str], edges: Iterable[tuple[str, str]]
) -> dict[str, tuple[float, float]]:
    """Return (x, y) of each node: x counts layers from 0, y is centred around 0."""
    known = set(nodes)
    ties = [(a, b) for a, b in edges if a in known and b in known and a != b]
    layers = in_layers(nodes, ties)
    ordered = fewer_crossings(layers, ties)
    places: dict[str, tuple[float, float]] = {}
    x = 0.0
    for layer in ordered:
        for first in range(0, len(layer), MOST_IN_LAYER):
            column = layer[first : first + MOST_IN_LAYER]
            for at, node in enumerate(column):
                places[node] = (x, (len(column) - 1) / 2 - at)
            x += 1.0
    return places


def in_layers(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return nodes by the longest way that leads to them; of a circle one edge is ignored."""
    after: dict[str, list[str]] = defaultdict(list)
    waits = dict.fromkeys(nodes, 0)
    for a, b in edges:
        after[a].append(b)
        waits[b] += 1
    depth = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if waits[node] == 0]
    done: set[str] = set()
    rest = list(nodes)
    while len(done) < len(nodes):
        if not ready:  # a circle: begin with the first that is left
            ready = [next(node for node in rest if node not in done)]
        node = ready.pop(0)
        if node in done:
            continue
        done.add(node)
        for other in after[node]:
            if other not in done:
                depth[other] = max(depth[other], depth[node] + 1)
                waits[other] -= 1
                if waits[other] == 0:
                    ready.append(other)
    layers: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        layers[depth[node]].append(node)
    return [layers[at] for at in sorted(layers)]


def fewer_crossings(
    layers: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]
) -> list[list[str]]:
    """Return layers whose nodes stand near the mean of their neighbours."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        after[a].append(b)
        before[b].append(a)
    ordered = [list(layer) for layer in layers]
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        beside = before if down else after
        places = {
            node: at / max(1, len(row)) for row in ordered for at, node in enumerate(row)
        }
        for row in ordered if down else reversed(ordered):
            row.sort(key=lambda node: mean_of(beside[node], places, places[node]))
            places |= {node: at / max(1, len(row)) for at, node in enumerate(row)}
    return ordered


def mean_of(nodes: Sequence[str], places: Mapping[str, float], otherwise: float) -> float:
    """Return the mean place of some nodes; of none, what is given."""
    return sum(places[node] for node in nodes) / len(nodes) if nodes else otherwise
