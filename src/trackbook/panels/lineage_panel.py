"""The graph of what rests on what, alive: click on a thing and see what it is tied to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.errors import TrackbookError
from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.lineage_svg import lineage_svg
from trackbook.panels.lineage_told import Fact, told_of_thing, told_of_tie
from trackbook.panels.live import bundle_of, image_of, keyed, script, serve_plotly, style
from trackbook.panels.walking import walked
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.lineage_things import Thing, Tie
    from trackbook.panels.live import Bundle

HINT = (
    "Click on a thing, or on the triangle or the words of a tie, to see all that is known"
    " of it. Arrow keys walk, Escape lets go."
)


class LineagePanel(anywidget.AnyWidget):
    """A graph in which things and ties can be clicked; what is shown is worked out here."""

    _esm = script("dom", "mount", "plot", "told", "lineage")
    _css = style()
    key = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    """What there is to see, in a sentence."""
    figure = traitlets.Unicode("{}").tag(sync=True)
    """Plotly's JSON."""
    told = traitlets.Dict().tag(sync=True)
    """What stands in the box beside the graph."""
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
        facts: Callable[[str], Sequence[Fact]] = lambda _one: (),
        changes: Callable[[str, str], Sequence[Fact]] = lambda _a, _b: (),
    ) -> None:
        """Show a graph; a click shows what a thing rests on and what rests on it.

        Args:
            things: the nodes
            ties: the edges
            root: the node in the middle of interest
            words: what there is to see
            is_tree: each node stands in a row of its own, with what the edge to it says
            facts: gives what is known of a node, by its id, when it is chosen
            changes: gives what changed from one node to another
        """
        super().__init__(words=words, **keyed())
        self._things, self._ties, self._root = things, ties, root
        self._is_tree = is_tree
        self._facts, self._changes = facts, changes
        self._chosen: str | None = None
        self._draw()
        self.on_msg(self._asked)

    def click(self, name: str) -> None:
        """Choose a node or an edge by its id; a second time, or nothing, lets go."""
        self._chosen = None if name in {self._chosen, ""} else name
        self._draw()

    def walk(self, key: str) -> None:
        """Choose another node, to which a key leads from the one chosen."""
        self._chosen = walked(
            self._things,
            self._ties,
            key,
            chosen=self._chosen,
            root=self._root,
            is_tree=self._is_tree,
        )
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
            self.told = self._told()
            self.figure = json.dumps(figure, allow_nan=False)
            self.turn += 1

    def _told(self) -> dict[str, object]:
        """Return what to say of what is chosen."""
        things = {one.id: one for one in self._things}
        tie = next((one for one in self._ties if one.id == self._chosen), None)
        if tie is not None:
            ends = tie.of or (tie.source, tie.target)
            return told_of_tie(tie, things, known(self._changes, *ends))
        if self._chosen not in things:
            return {"hint": HINT}
        one = things[self._chosen]
        return told_of_thing(one, things, self._ties, known(self._facts, one.id))

    def _asked(self, _: object, content: object, __: object) -> None:
        acts: Mapping[str, Callable[[str], None]] = {"click": self.click, "walk": self.walk}
        if isinstance(content, dict) and content.get("ask") in acts:
            acts[content["ask"]](str(content.get("of", "")))
        serve_plotly(self, content)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        svg = lineage_svg(self._things, self._ties, root=self._root, is_tree=self._is_tree)
        picture = image_of(svg, self.words) if svg else ""
        return bundle_of(self, f"<p>{escaped(self.words)}</p>{picture}", repr(self))

    def __repr__(self) -> str:
        return f"LineagePanel({self.words})"


def known(ask: Callable[..., Sequence[Fact]], *ids: str) -> Sequence[Fact]:
    """Return what is known; of what cannot be had, why."""
    try:
        return ask(*ids)
    except TrackbookError as error:  # raised here it would be printed into some cell
        return [Fact("", str(error))]
