"""The tree of variations: which run was made from which, what changed, and what that did."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from trackbook.lineage.graph import SQL, Edge, Graph, Key, Node
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from trackbook.store import Store

    Directed = Callable[[str], Literal["max", "min"] | None]
    """Which way a metric is better: max, min, or None where nobody knows."""
    Score = tuple[str, float, Literal["max", "min"] | None]

MOST_RUNS = 500
MOST_SAID = 3
LONGEST = 40
ASIDE = re.compile(r"(^|_)(std|time|folds?|seconds)(_|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """One run of the tree."""

    run_id: str
    name: str
    parent_run_id: str | None
    relation: str | None
    status: str
    reproduced: str | None
    started_at: datetime
    ended_at: datetime | None
    notebook: str | None
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    source_hash: str | None
    fingerprints: list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One run with what changed since its parent, and the runs made from it."""

    run: TreeRow
    change: str
    """What is not as in its parent; empty for the first."""
    value: float | None
    delta: float | None
    """Of the chosen metric, against the parent's."""
    verdict: str
    """better, worse, or nothing where that is not known."""
    parts: Sequence[TreeRow]
    """The runs that it consists of."""
    deeper: Sequence[TreeRow]
    """Parts of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All runs of a notebook by which was made from which, oldest first."""

    metric: str | None
    direction: Directed
    """Which way a metric is better."""
    branches: Sequence[Branch]


def tree_of(
    store: Store,
    *,
    notebook: str | None = None,
    metric: str | None = None,
    direction: Directed = lambda _name: None,
    most: int = MOST_RUNS,
) -> Tree:
    """Return the tree of variations of the latest runs.

    Args:
        store: the project's store
        notebook: only runs of this notebook
        metric: the metric that is followed; the commonest of which it is known which way
            is better when left out
        direction: which way a metric is better
        most: how many runs, with their parts
    """
    rows = store.ask(SQL["runs_of_tree"], TreeRow, notebook=notebook, most=most)[::-1]
    parts: dict[str, list[TreeRow]] = {}
    for row in rows:
        if row.relation == "child" and row.parent_run_id is not None:
            parts.setdefault(row.parent_run_id, []).append(row)
    whole = [row for row in rows if row.relation != "child"]
    chosen = metric or commonest(whole, direction)
    known = {row.run_id: row for row in whole}
    branches = [
        branch(row, known.get(row.parent_run_id or ""), chosen, direction, parts)
        for row in whole
    ]
    return Tree(metric=chosen, direction=direction, branches=branches)


def commonest(rows: Sequence[TreeRow], direction: Directed) -> str | None:
    """Return the metric that most runs have, one with a better way if there is any."""
    counted = Counter(name for row in rows for name in row.metrics)
    ranked = sorted(counted, key=lambda n: (direction(n) is None, -counted[n], n))
    return ranked[0] if ranked else None


def branch(
    row: TreeRow,
    parent: TreeRow | None,
    metric: str | None,
    direction: Directed,
    parts: Mapping[str, list[TreeRow]],
) -> Branch:
    """Return a run with what changed since its parent and what that did."""
    value = row.metrics.get(metric or "")
    before = parent.metrics.get(metric or "") if parent is not None else None
    delta = value - before if value is not None and before is not None else None
    way = direction(metric) if metric is not None else None
    verdict = ""
    if delta and way is not None:
        verdict = "better" if (delta > 0) == (way == "max") else "worse"
    return Branch(
        run=row,
        change=change_of(parent, row) if parent is not None else "",
        value=value,
        delta=delta,
        verdict=verdict,
        parts=parts.get(row.run_id, []),
        deeper=deeper_in(row.run_id, parts),
    )


def deeper_in(run_id: str, parts: Mapping[str, list[TreeRow]]) -> list[TreeRow]:
    """Return the parts of a run's parts, and of these, each once."""
    found: dict[str, TreeRow] = {}
    waiting = list(parts.get(run_id, ()))
    seen = {run_id, *(one.run_id for one in waiting)}
    while waiting:
        for one in parts.get(waiting.pop(0).run_id, ()):
            if one.run_id not in seen:
                seen.add(one.run_id)
                found[one.run_id] = one
                waiting.append(one)
    return list(found.values())


def change_of(before: TreeRow, after: TreeRow) -> str:
    """Return what changed from one run to the next: params, else code, else data."""
    names = sorted({*before.params, *after.params})
    changed = [n for n in names if before.params.get(n) != after.params.get(n)]
    if changed:
        said = [
            f"{name} {shown(before.params.get(name))} → {shown(after.params.get(name))}"
            for name in changed[:MOST_SAID]
        ]
        more = len(changed) - MOST_SAID
        return ", ".join(said) + (f" and {more} more" if more > 0 else "")
    if before.source_hash != after.source_hash:
        return "code"
    if (before.fingerprints or []) != (after.fingerprints or []):
        return "data"
    return "the same again"


def shown(value: str | None) -> str:
    """Return a param's value in few characters."""
    text = "none" if value is None else in_short(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def graph_of(tree: Tree) -> Graph:
    """Return the tree as a graph, its edges labelled with what changed and what that did.

    The parts of a run follow it.
    """
    known = {one.run.run_id for one in tree.branches}
    nodes: dict[Key, Node] = {}
    edges: list[Edge] = []
    for one in tree.branches:
        key = Key("run", one.run.run_id)
        effect = effect_of(tree, one)
        more = f"{len(one.parts)} parts" if one.parts else ""
        nodes[key] = node_of(one.run, score_of(tree, one.run, tree.metric), effect, more)
        if one.run.parent_run_id in known:
            label = ": ".join(part for part in (one.change, effect) if part)
            edges.append(
                Edge(source=Key("run", one.run.parent_run_id), target=key, label=label)
            )
        of_parts = metric_of_parts(tree, one)
        for part in (*one.parts, *one.deeper):
            score = score_of(tree, part, of_parts)
            effect = f"{score[0]} {score[1]:.5g}" if score is not None else ""
            inner = Key("run", part.run_id)
            nodes[inner] = node_of(part, score, effect)
            said = ": ".join(filter(None, [varied_in(part, one.parts), effect]))
            whole = Key("run", part.parent_run_id or "")
            edges.append(Edge(source=whole, target=inner, label=said, is_part=True))
    root = next(iter(nodes), Key("run", ""))
    return Graph(root=root, nodes=nodes, edges=edges)


def varied_in(part: TreeRow, parts: Sequence[TreeRow]) -> str:
    """Return the params of a part that are not the same in all of the parts beside it."""
    told = [
        f"{name} {shown(value)}"
        for name, value in sorted(part.params.items())
        if any(one.params.get(name) != value for one in parts)
    ]
    more = len(told) - MOST_SAID
    return ", ".join(told[:MOST_SAID]) + (f" and {more} more" if more > 0 else "")


def score_of(tree: Tree, run: TreeRow, metric: str | None) -> Score | None:
    """Return what a run came to, by a metric."""
    value = run.metrics.get(metric or "")
    if metric is None or value is None:
        return None
    return metric, value, tree.direction(metric)


def metric_of_parts(tree: Tree, one: Branch) -> str | None:
    """Return the metric by which a run's parts are told apart.

    The one that the tree follows, or else the commonest: folds of a search have none of the
    whole's. Times and spreads only where there is nothing else.
    """
    parts = (*one.parts, *one.deeper)
    if any(tree.metric in part.metrics for part in parts):
        return tree.metric
    main = [
        replace(
            part, metrics={n: v for n, v in part.metrics.items() if not ASIDE.search(n)}
        )
        for part in parts
    ]
    return commonest(main, tree.direction) or commonest(parts, tree.direction)


def node_of(run: TreeRow, score: Score | None, *said: str) -> Node:
    """Return a run as a node."""
    return Node(
        key=Key("run", run.run_id),
        name=run.name,
        detail=", ".join([run.status.lower(), *filter(None, said)]),
        at=run.started_at,
        status=run.status,
        ended_at=run.ended_at,
        score=score,
    )


def effect_of(tree: Tree, one: Branch) -> str:
    """Return what became of the chosen metric: `acc 0.93 (+0.02, better)`."""
    if tree.metric is None or one.value is None:
        return ""
    said = f"{tree.metric} {one.value:.5g}"
    if one.delta is None:
        return said
    verdict = f", {one.verdict}" if one.verdict else ""
    return f"{said} ({one.delta:+.3g}{verdict})"
