"""The graph of what rests on what, alive: click on a thing and see what it is tied to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anywidget
import traitlets

from trackbook.errors import TrackbookError
from trackbook.panels.folds import folded
from trackbook.panels.lineage_figure import lineage_figure
from trackbook.panels.lineage_svg import lineage_svg
from trackbook.panels.lineage_told import Fact, told_of_thing, told_of_tie
from trackbook.panels.live import bundle_of, image_of, keyed, script, serve_plotly, style
from trackbook.panels.seeking import beside, found, told_of_hits
from trackbook.panels.walking import in_order, walked
from trackbook.table import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trackbook.panels.folds import Folded
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
    size = traitlets.Int(0).tag(sync=True)
    """How many things there are."""
    figure = traitlets.Unicode("{}").tag(sync=True)
    """Plotly's JSON."""
    told = traitlets.Dict().tag(sync=True)
    """What stands in the box beside the graph."""
    folds = traitlets.Dict().tag(sync=True)
    """How many there are, and how many of them are open."""
    hits = traitlets.Unicode().tag(sync=True)
    """How many things the name searched for has."""
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
        super().__init__(words=words, size=len(things), **keyed())
        self._things = {one.id: one for one in things}
        self._ties, self._root, self._is_tree = ties, root, is_tree
        self._facts, self._changes = facts, changes
        self._chosen: str | None = None
        self._opened: set[str] = set()
        self._sought = ""
        self._seen = self._folded()
        self._draw()
        self.on_msg(self._asked)

    def click(self, name: str) -> None:
        """Choose a node or an edge by its id; a second time lets go; a fold opens or closes."""
        if name in self._seen.folds:
            self._opened ^= {name}
            self.choose(name)
        else:
            self.choose("" if name == self._chosen else name)

    def choose(self, name: str) -> None:
        """Choose a node or an edge, and open what it is folded away in; nothing lets go."""
        for _ in self._things:
            stands = self._seen.stands.get(name, name)
            if stands == name:
                break
            self._opened.add(stands)
            self._seen = self._folded()
        self._chosen = name or None
        self._draw()

    def walk(self, key: str) -> None:
        """Choose another node, to which a key leads from the one chosen."""
        if key in {"Enter", " "}:
            if self._chosen in self._seen.folds:
                self.click(self._chosen or "")
            return
        to = walked(
            self._seen.things,
            self._seen.ties,
            key,
            chosen=self._chosen,
            root=self._root,
            is_tree=self._is_tree,
        )
        self.choose(to or "")

    def unfold(self, which: str) -> None:
        """Open all that is folded away, or with `none` fold all away."""
        self._opened = set() if which == "none" else set(self._seen.folds)
        self._draw()

    def seek(self, text: str) -> None:
        """Mark the things in whose name a text stands, and what they are folded away in."""
        self._sought = text
        self._draw()

    def next(self, way: str = "") -> None:
        """Choose the next of the things that were searched for, or with `back` the one before."""
        hits = found(self._things, self._sought)
        to = beside(hits, self._order(), self._chosen, -1 if way == "back" else 1)
        if to:
            self.choose(to)

    def _order(self) -> Sequence[str]:
        """Return all things in the order in which they stand where nothing is folded away."""
        things = list(self._things.values())
        return in_order(things, self._ties, is_tree=self._is_tree)

    def _folded(self) -> Folded:
        return folded(
            list(self._things.values()),
            self._ties,
            opened=self._opened,
            root=self._root,
        )

    def _draw(self) -> None:
        self._seen = self._folded()
        hits = found(self._things, self._sought)
        figure = lineage_figure(
            self._seen.things,
            self._seen.ties,
            root=self._root,
            chosen=self._chosen,
            marked={self._seen.stands[one] for one in hits},
            is_tree=self._is_tree,
            pales=self._chosen not in self._seen.folds,
        )
        with self.hold_sync():
            self.told = self._told()
            opened = len(self._opened & set(self._seen.folds))
            self.folds = {"count": len(self._seen.folds), "opened": opened}
            self.hits = self._hits(hits)
            self.figure = json.dumps(figure, allow_nan=False)
            self.turn += 1

    def _hits(self, hits: Sequence[str]) -> str:
        """Return in few words what was found."""
        if self._chosen in hits:
            ranked = sorted(hits, key=self._order().index)
            return f"{ranked.index(self._chosen or '') + 1} of {len(hits)}"
        return told_of_hits(hits, self._sought, self._seen.stands)

    def _told(self) -> dict[str, object]:
        """Return what to say of what is chosen."""
        shown = {one.id: one for one in self._seen.things}
        tie = next((one for one in self._seen.ties if one.id == self._chosen), None)
        if tie is not None:
            return told_of_tie(tie, shown, self._changed(tie))
        one = shown.get(self._chosen or "")
        if one is None:
            return {"hint": HINT}
        facts = known(self._facts, self._things, one.id)
        fold = self._seen.folds.get(one.id)
        members = [self._things[each] for each in fold.members] if fold is not None else []
        act = ""
        if fold is not None:
            verb = "fold away" if fold.id in self._opened else "show"
            act = f"{verb} the {len(members)} {fold.noun}"
        return told_of_thing(
            one,
            shown,
            self._seen.ties,
            facts,
            is_tree=self._is_tree,
            members=members,
            act=act,
        )

    def _changed(self, tie: Tie) -> Sequence[Fact]:
        """Return what changed on a tie; between a run and a part of it nothing did."""
        if tie.is_part and tie.source in self._things:
            return []
        return known(self._changes, self._things, *tie.ends)

    def _asked(self, _: object, content: object, __: object) -> None:
        acts: Mapping[str, Callable[[str], None]] = {
            "click": self.click,
            "choose": self.choose,
            "walk": self.walk,
            "unfold": self.unfold,
            "seek": self.seek,
            "next": self.next,
        }
        if isinstance(content, dict) and content.get("ask") in acts:
            acts[content["ask"]](str(content.get("of", "")))
        serve_plotly(self, content)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        closed = folded(
            list(self._things.values()),
            self._ties,
            root=self._root,
        )
        svg = lineage_svg(
            closed.things, closed.ties, root=self._root, is_tree=self._is_tree
        )
        picture = image_of(svg, self.words) if svg else ""
        return bundle_of(self, f"<p>{escaped(self.words)}</p>{picture}", repr(self))

    def __repr__(self) -> str:
        return f"LineagePanel({self.words})"


def known(
    ask: Callable[..., Sequence[Fact]], things: Mapping[str, Thing], *ids: str
) -> Sequence[Fact]:
    """Return what is known of real things; of what cannot be had, why."""
    if not all(one in things for one in ids):
        return []
    try:
        return ask(*ids)
    except TrackbookError as error:  # raised here it would be printed into some cell
        return [Fact("", str(error))]
