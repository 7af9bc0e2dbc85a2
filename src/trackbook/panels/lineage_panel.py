"""The graph of what rests on what, alive: click on a thing and see what it is tied to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.lineage_svg import lineage_svg
from trackbook.panels.live import bundle_of, image_of, keyed, script, serve_plotly, style
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.lineage_things import Thing, Tie
    from trackbook.panels.live import Bundle


class LineagePanel(anywidget.AnyWidget):
    """A graph in which things and ties can be clicked; what is shown is worked out here."""

    _esm = script("dom", "mount", "plot", "lineage")
    _css = style()
    key = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    """What there is to see, in a sentence."""
    figure = traitlets.Unicode("{}").tag(sync=True)
    """Plotly's JSON."""
    turn = traitlets.Int(0).tag(sync=True)
    """Counts answers, so that the page knows that one came."""

    def __init__(
        self,
        things: Sequence[Thing],
        ties: Sequence[Tie],
        *,
        root: str = "",
        words: str = "",
        is_tree: bool = False,
    ) -> None:
        """Show a graph; a click shows what a thing rests on and what rests on it.

        Args:
            things: the nodes
            ties: the edges
            root: the node in the middle of interest
            words: what there is to see
            is_tree: each node stands in a row of its own, with what the edge to it says
        """
        super().__init__(words=words, **keyed())
        self._things, self._ties, self._root = things, ties, root
        self._is_tree = is_tree
        self._chosen: str | None = None
        self._draw()
        self.on_msg(self._asked)

    def click(self, name: str) -> None:
        """Choose a node or an edge by its id; a second time, or nothing, lets go."""
        self._chosen = None if name in {self._chosen, ""} else name
        self._draw()

    def _draw(self) -> None:
        figure = lineage_figure(
            self._things,
            self._ties,
            root=self._root,
            chosen=self._chosen,
            is_tree=self._is_tree,
        )
        with self.hold_sync():
            self.figure = json.dumps(figure, allow_nan=False)
            self.turn += 1

    def _asked(self, _: object, content: object, __: object) -> None:
        acts: Mapping[str, Callable[[str], None]] = {"click": self.click}
        if isinstance(content, dict) and content.get("ask") in acts:
            acts[content["ask"]](str(content.get("of", "")))
        serve_plotly(self, content)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        svg = lineage_svg(self._things, self._ties, root=self._root, is_tree=self._is_tree)
        picture = image_of(svg, self.words) if svg else ""
        return bundle_of(self, f"<p>{escaped(self.words)}</p>{picture}", repr(self))

    def __repr__(self) -> str:
        return f"LineagePanel({self.words})"
