"""What rests on what: the tree of variations, and the graph around one thing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trackbook.doors.files import put_file
from trackbook.errors import Misused, NotFound
from trackbook.table import Tabular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.book import Book
    from trackbook.lineage import Graph, Key, Tree
    from trackbook.panels import LineagePanel, Thing, Tie
    from trackbook.table import Table

Format = Literal["mermaid", "dot", "prov", "openlineage", "svg"]
MOST_LINES = 200


def lineage(
    book: Book,
    of: str | None = None,
    *,
    metric: str | None = None,
    depth: int = 8,
    up: bool = False,
    down: bool = False,
    form: Format | None = None,
    to: str | None = None,
) -> Lineage | Table | Printed:
    """Show which run was made from which and what that did, or the graph around one thing.

    Args:
        of: a run, a dataset, a cell such as [12], a file, a variable; all runs when left out
        metric: the metric that the tree of runs follows
        depth: how many steps from the thing
        up: only what it rests on
        down: only what rests on it
        form: print the graph for another tool instead
        to: write it into this file: .mmd, .dot, .prov.json, .openlineage.json or .svg
    """
    book.settle()
    if not 1 <= depth <= MOST_LINES:
        raise Misused(f"depth is {depth}: a number from 1 to {MOST_LINES}")
    shown = tree_shown(book, metric) if of is None else graph_shown(
        book, of, depth, "both" if up == down else "up" if up else "down"
    )  # fmt: skip
    if to is not None:
        return written(shown, Path(to), form)
    if form is not None:
        return Printed(shown.exported(form))
    return shown


def tree_shown(book: Book, metric: str | None) -> Lineage:
    """Return the tree of variations of this notebook's runs, or of all."""
    from trackbook.lineage import graph_of, tree_of

    notebook = book.recorder.notebook.path if book.recorder is not None else None
    tree = tree_of(book.store, notebook=notebook, metric=metric, direction=book.direction)
    if not tree.branches and notebook is not None:
        tree = tree_of(book.store, metric=metric, direction=book.direction)
    return Lineage(book, graph_of(tree), tree)


def graph_shown(
    book: Book, of: str, depth: int, way: Literal["up", "down", "both"]
) -> Lineage:
    """Return the graph around one thing."""
    from trackbook.lineage import graph_around

    around = graph_around(book.store, key_of(book, of), way=way, depth=depth)
    return Lineage(book, around)


def key_of(book: Book, of: str) -> Key:
    """Return the thing that a user names."""
    from trackbook.lineage import Key, thing_called

    found = thing_called(book.store, of)
    if found is not None:
        return found
    try:
        return Key("run", book.find(of).run_id)
    except (NotFound, Misused) as error:
        writers = book.recorder.ties.writers_of(of) if book.recorder is not None else None
        if writers:
            return Key("execution", max(writers))
        raise NotFound(
            f"no run, dataset, cell, file, version or variable {of!r} (%track runs, %track data)"
        ) from error


class Printed(str):
    """A text for another tool, shown as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def written(shown: Lineage, file: Path, form: Format | None) -> Table:
    """Write a graph into a file, in the form that its ending says; whole or not at all."""
    from trackbook.lineage import ENDINGS
    from trackbook.table import Table

    said = next((f for ending, f in ENDINGS.items() if file.name.endswith(ending)), None)
    if form is None and said is None:
        raise Misused(f"cannot write {str(file)!r}: name a file in {', '.join(ENDINGS)}")
    put_file(file, shown.exported(form or said or ""))
    return Table(
        ["file", "things", "ties"],
        [(str(file), len(shown.graph.nodes), len(shown.graph.edges))],
    )


class Lineage(Tabular):
    """A graph that shows itself: a panel in a notebook, a text tree in a shell, rows."""

    def __init__(self, book: Book, graph: Graph, tree: Tree | None = None) -> None:
        self.graph = graph
        self.tree = tree
        self._book = book

    def panel(self) -> LineagePanel:
        """Return the graph as a panel in which things can be clicked."""
        from trackbook.doors.told import changes_between, facts_of
        from trackbook.panels import LineagePanel

        things, ties = self.drawn()
        keys = {str(key): key for key in self.graph.nodes}
        return LineagePanel(
            things,
            ties,
            root=self._root,
            words=self.headline,
            is_tree=self.tree is not None,
            facts=lambda one: facts_of(self._book, keys[one], self.graph.nodes[keys[one]]),
            changes=lambda a, b: changes_between(self._book, keys[a], keys[b]),
        )

    def drawn(self) -> tuple[list[Thing], list[Tie]]:
        """Return the nodes and edges as panels take them."""
        from trackbook.panels import Score, Thing, Tie

        things = [
            Thing(
                str(key), key.kind, node.name, node.detail,
                is_bad=node.status in {"FAILED", "KILLED"},
                score=Score(*node.score) if node.score is not None else None,
            )
            for key, node in self.graph.nodes.items()
        ]  # fmt: skip
        ties = [
            Tie(str(e.source), str(e.target), e.label, e.is_part) for e in self.graph.edges
        ]
        return things, ties

    @property
    def _root(self) -> str:
        return str(self.graph.root) if self.tree is None else ""

    @property
    def headline(self) -> str:
        """Return what there is to see in a sentence."""
        count = len(self.graph.nodes)
        if self.tree is not None:
            runs = len(self.tree.branches)
            parts = f" ({count - runs} parts)" if count > runs else ""
            follows = f", {self.tree.metric}" if self.tree.metric else ""
            return f"{runs} runs{parts} and what changed between them{follows}"
        root = self.graph.nodes.get(self.graph.root)
        more = "" if self.graph.is_whole else "; more lies beyond (--depth)"
        name = root.name if root is not None else self.graph.root.id
        return f"{name}: {count} things within {self.graph.depth} steps{more}"

    def exported(self, form: str) -> str:
        """Return the graph in the form of another tool."""
        from trackbook.lineage import FORMATS

        if form == "svg":
            return self._svg() + "\n"
        return FORMATS[form](self.graph)

    def table(self) -> Table:
        """Return a row for each run of the tree, or for each tie of the graph."""
        from trackbook.table import Table

        if self.tree is not None:
            columns = ["run", "made_from", "changed", self.tree.metric or "metric", "delta",
                       "verdict", "parts", "run_id"]  # fmt: skip
            names = {one.run.run_id: one.run.name for one in self.tree.branches}
            rows = [
                (one.run.name, names.get(one.run.parent_run_id or ""), one.change, one.value,
                 one.delta, one.verdict, len(one.parts), one.run.run_id)
                for one in self.tree.branches
            ]  # fmt: skip
            return Table(columns, rows)
        nodes = self.graph.nodes
        ties = [
            (e.source.kind, nodes[e.source].name, e.label, e.target.kind, nodes[e.target].name,
             e.source.id, e.target.id)
            for e in self.graph.edges
        ]  # fmt: skip
        columns = ["from_kind", "from", "label", "to_kind", "to", "from_id", "to_id"]
        return Table(columns, ties)

    def lines(self) -> Iterator[str]:
        """Yield the graph as a tree of text."""
        from trackbook.doors.outline import outline_of, tree_lines

        yield self.headline
        if self.tree is not None:
            yield from tree_lines(self.tree)
        else:
            yield from outline_of(self.graph)

    def __repr__(self) -> str:
        from trackbook.table import visible

        found = [visible(line) for line in self.lines()]
        rest = len(found) - MOST_LINES
        more = [f"… {rest} more lines: .df() has them all"] if rest > 0 else []
        return "\n".join([*found[:MOST_LINES], *more])

    def _repr_html_(self) -> str:
        from trackbook.table import escaped

        return f"<p>{escaped(self.headline)}</p>{self._svg()}"

    def _svg(self) -> str:
        from trackbook.panels import lineage_svg

        things, ties = self.drawn()
        return lineage_svg(things, ties, root=self._root, is_tree=self.tree is not None)

    def _ipython_display_(self) -> None:
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        if getattr(get_ipython(), "kernel", None) is not None and self.graph.nodes:
            display(self.panel())
        else:
            print(self)  # noqa: T201  what a terminal shows
