"""The graph around one thing: what it rests on, and what rests on it, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from duckdb import DuckDBPyConnection

    from trackbook.store import Store

Kind = Literal[
    "execution",
    "dataset",
    "run",
    "artifact",
    "model",
    "version",
    "gate",
    "slot",
    "origin",
    "shipment",
]
Way = Literal["up", "down", "both"]
SQL = queries_of("trackbook.lineage")
MOST_NODES = 500
FEW = 100
PART = "part"
UP: dict[str, tuple[str, ...]] = {
    "execution": (),
    "dataset": ("makers_of_datasets",),
    "run": ("data_of_runs", "makers_of_runs", "parents_of_runs"),
    "artifact": ("runs_of_artifacts",),
    "model": ("runs_of_models",),
    "version": ("runs_of_versions", "parents_of_versions", "origins_of_versions"),
    "gate": ("versions_of_gates",),
    "slot": ("versions_of_slots",),
    "origin": ("origins_of_origins",),
    "shipment": ("versions_of_shipments",),
}
"""What to ask for what things of a kind rest on; a new kind is one line here and one below.
On which executions an execution rests is looked up session by session."""
DOWN: dict[str, tuple[str, ...]] = {
    "execution": ("datasets_made", "runs_made"),
    "dataset": ("users_of_datasets",),
    "run": ("children_of_runs", "artifacts_of_runs", "models_of_runs", "versions_of_runs"),
    "artifact": (),
    "model": (),
    "version": (
        "gates_of_versions",
        "slots_of_versions",
        "children_of_versions",
        "shipments_of_versions",
    ),
    "gate": (),
    "slot": (),
    "origin": ("versions_of_origins", "made_of_origins"),
    "shipment": (),
}


class Key(NamedTuple):
    """One thing."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The source made the target, or the target rests on the source."""

    source: Key
    target: Key
    label: str
    is_part: bool = False
    """Whether the target is a part of a larger run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing with what there is to say of it."""

    key: Key
    name: str
    detail: str
    at: datetime | None
    """UTC, without saying so."""
    status: str = ""
    """Of a run."""
    ended_at: datetime | None = None
    """Of a run that is over."""
    score: tuple[str, float, Literal["max", "min"] | None] | None = None
    """The metric that a tree follows, a run's value, and which way is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Things and what ties them, around one of them."""

    root: Key
    nodes: Mapping[Key, Node]
    edges: Sequence[Edge]
    is_whole: bool = True
    """False where more is tied to it than was asked for, or than can be shown."""
    depth: int = 0
    sides: Mapping[Key, int] = field(default_factory=dict)
    """How many steps each lies from the root: up negative, down positive."""


def graph_around(
    store: Store, root: Key, *, way: Way = "both", depth: int = 8, most: int = MOST_NODES
) -> Graph:
    """Return what a thing rests on, and what rests on it, up to so many steps away.

    Each step is a question or two for each kind of thing at its edge, and the ties of a session
    are read once, so that what it costs goes with what is found and not with what there is.
    Nothing is visited twice: odd data that run in a circle end all the same.
    """
    with store.reading() as db:
        walk = Walk(db, root, depth=depth, most=most)
        if way != "down":
            walk.go(up=True)
        if way != "up":
            walk.go(up=False)
        nodes = facts(db, walk.sides)
    nodes, edges = merged(nodes, walk.edges.values(), root)
    return Graph(
        root=root,
        nodes=nodes,
        edges=edges,
        is_whole=walk.is_whole,
        depth=depth,
        sides=walk.sides,
    )


class Walk:
    """Goes from one thing up and down, a step at a time."""

    def __init__(self, db: DuckDBPyConnection, root: Key, *, depth: int, most: int) -> None:
        self.sides = {root: 0}
        """How many steps each thing found lies from the root: up negative, down positive."""
        self.edges: dict[tuple[Key, Key], Edge] = {}
        self.is_whole = True
        self._db = db
        self._root = root
        self._depth = depth
        self._most = most
        self._sessions: set[str] = set()
        self._before: dict[str, tuple[list[str], list[str]]] = {}
        self._after: dict[str, list[tuple[str, str]]] = {}
        self._unturned: list[str] = []
        """Executions whose ties are known from their side only."""

    def go(self, *, up: bool) -> None:
        """Go one way as far as allowed."""
        frontier = [self._root]
        seen = {self._root}
        for step in range(1, self._depth + 1):
            found = self.neighbours(frontier, up=up)
            frontier = []
            for edge in found:
                other = edge.source if up else edge.target
                if other not in seen:
                    if len(self.sides) >= self._most and other not in self.sides:
                        self.is_whole = False
                        return
                    seen.add(other)
                    self.sides.setdefault(other, -step if up else step)
                    frontier.append(other)
                self.edges.setdefault((edge.source, edge.target), edge)
            if not frontier:
                return
        self.is_whole = self.is_whole and not self.neighbours(frontier, up=up)

    def neighbours(self, frontier: Iterable[Key], *, up: bool) -> list[Edge]:
        """Return the edges that lead one step on from some things."""
        by_kind: dict[str, list[str]] = {}
        for key in frontier:
            by_kind.setdefault(key.kind, []).append(key.id)
        found: list[Edge] = []
        for kind, ids in by_kind.items():
            if kind == "execution":
                self._learn(ids)
                found += self._before_these(ids) if up else self._after_these(ids)
            for block in (UP if up else DOWN)[kind]:
                found += [edge_of(*row) for row in self._ask(block, ids=ids)]
        return found

    def _learn(self, ids: list[str]) -> None:
        """Read the ties of the sessions in which some executions ran.

        Of thousands few are on the way: edges are made of these only.
        """
        new = [one for one in ids if one not in self._before]
        if not new:
            return
        for (session,) in self._ask("sessions_of_executions", ids=new):
            if session in self._sessions:
                continue
            self._sessions.add(session)
            for execution, before, why in self._ask("ties_of_session", session=session):
                self._before[execution] = before, why
                self._unturned.append(execution)
        for one in new:
            self._before.setdefault(one, ([], []))

    def _before_these(self, ids: Iterable[str]) -> list[Edge]:
        """Return the edges to executions whose ties are read."""
        return [
            edge_of("execution", before, why, "execution", one)
            for one in ids
            for before, why in zip(*self._before[one], strict=False)
        ]

    def _after_these(self, ids: Iterable[str]) -> list[Edge]:
        """Return the edges from executions, within the sessions that are read."""
        for execution in self._unturned:
            for before, why in zip(*self._before[execution], strict=False):
                self._after.setdefault(before, []).append((execution, why))
        self._unturned.clear()
        return [
            edge_of("execution", one, why, "execution", after)
            for one in ids
            for after, why in self._after.get(one, ())
        ]

    def _ask(self, block: str, **values: object) -> list[tuple[Any, ...]]:
        return asked(self._db, block, **values)


def asked(db: DuckDBPyConnection, block: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a block; of few ids each is bound by itself.

    DuckDB passes over the stretches of a table that cannot hold a bound value, but reads
    all of it for what comes out of a question.
    """
    sql, ids = SQL[block], values.get("ids")
    if isinstance(ids, list) and len(ids) <= FEW:
        values = {f"id{n}": one for n, one in enumerate(ids)}
        sql = sql.replace(
            "(SELECT unnest($ids))", f"({', '.join(f'${n}' for n in values)})"
        )
    return db.execute(sql, values).fetchall()


def merged(
    nodes: Mapping[Key, Node], edges: Iterable[Edge], root: Key
) -> tuple[dict[Key, Node], list[Edge]]:
    """Return a graph in which datasets of one name and the same content are one."""
    stands: dict[tuple[str, str], Key] = {}
    instead: dict[Key, Key] = {}
    if root.kind == "dataset" and root in nodes:
        stands[nodes[root].name, nodes[root].detail] = root
    for key, node in nodes.items():
        first = key
        if key.kind == "dataset":
            first = stands.setdefault((node.name, node.detail), key)
        instead[key] = first
    kept: dict[tuple[Key, Key], Edge] = {}
    for edge in edges:
        if edge.source in nodes and edge.target in nodes:
            ends = instead[edge.source], instead[edge.target]
            kept.setdefault(ends, replace(edge, source=ends[0], target=ends[1]))
    return {key: nodes[key] for key in instead.values()}, list(kept.values())


def edge_of(from_kind: Kind, from_id: str, label: str, to_kind: Kind, to_id: str) -> Edge:
    """Return a row of edges as one."""
    source, target = Key(from_kind, from_id), Key(to_kind, to_id)
    is_part = (from_kind, to_kind, label) == ("run", "run", PART)
    return Edge(source=source, target=target, label=label or "", is_part=is_part)


def facts(db: DuckDBPyConnection, keys: Iterable[Key]) -> dict[Key, Node]:
    """Return what there is to say of some things; runs in the trash are left out."""
    by_kind: dict[Kind, list[str]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, []).append(key.id)
    found: dict[Key, Node] = {}
    for kind, ids in by_kind.items():
        rows = asked(db, f"facts_of_{kind}s", ids=ids)
        known = {row[0]: row for row in rows}
        for one in ids:
            if kind == "run" and one not in known:
                continue
            _, name, detail, at, *more = known.get(one, (one, one[-8:], "", None))
            key, (status, ended_at) = Key(kind, one), more or ("", None)
            found[key] = Node(
                key=key,
                name=name or one[-8:],
                detail=detail or "",
                at=at,
                status=status,
                ended_at=ended_at,
            )
    return found


def thing_called(store: Store, of: str) -> Key | None:
    """Return the dataset, execution, file, model, version or slot that a text names, if any."""
    rows = store.rows(SQL["thing_called"], of=of).rows
    return Key(*rows[0]) if rows else None
