"""The graph of what rests on what, alive: click on a thing and see what it is tied to."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from trackbook.panels.lineage_figure import lineage_figure, lineage_svg, nodes_by_trace
from trackbook.panels.live import image_of
from trackbook.panels.plot_panel import PlotPanel
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.lineage_figure import Thing, Tie


def lineage_panel(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    root: str = "",
    words: str = "",
    is_tree: bool = False,
) -> PlotPanel:
    """Return a panel of a graph; a click shows what a thing rests on and what rests on it.

    Args:
        things: the nodes
        ties: the edges
        root: the node in the middle of interest
        words: what the picture shows, for who cannot see it
        is_tree: each node stands in a row of its own, with what the edge to it says
    """
    figure = partial(lineage_figure, things, ties, root=root, is_tree=is_tree)
    svg = lineage_svg(things, ties, root=root, is_tree=is_tree)
    picture = image_of(svg, words) if svg else ""
    panel = PlotPanel(figure(), picture=f"<p>{escaped(words)}</p>{picture}")
    by_trace = nodes_by_trace(things)
    last: list[str | None] = [None]

    def clicked(change: Mapping[str, object]) -> None:
        pairs = change["new"]
        chosen = chosen_in(pairs, by_trace, len(traces_of(panel)))
        # A second click on the same thing, or one beside, shows everything again.
        last[0] = None if chosen == last[0] else chosen
        panel.show(figure(chosen=last[0]))

    panel.observe(clicked, "clicked")
    return panel


def traces_of(panel: PlotPanel) -> Sequence[object]:
    """Return the traces of the figure that a panel shows."""
    found: list[object] = json.loads(panel.figure)["data"]
    return found


def chosen_in(pairs: object, by_trace: Sequence[Sequence[str]], count: int) -> str | None:
    """Return the node of a click; the nodes' traces are the last ones of a figure."""
    first = count - len(by_trace)
    for pair in pairs if isinstance(pairs, list) else ():
        trace, point = int(pair[0]) - first, int(pair[1])
        if 0 <= trace < len(by_trace) and 0 <= point < len(by_trace[trace]):
            return by_trace[trace][point]
    return None
