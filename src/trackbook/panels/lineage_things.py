"""What a graph is made of as panels take it: things, ties, and what is tied to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from trackbook.panels.fields import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

COLORS = {
    "run": "#1f77b4", "dataset": "#2ca02c", "execution": "#8c8c8c", "artifact": "#ff7f0e",
    "model": "#9467bd", "sweep": "#17a2b8", "folded": "#1f77b4", "version": "#d62728",
    "slot": "#e6a700", "gate": "#7f7f7f", "origin": "#17becf", "shipment": "#bcbd22",
}  # fmt: skip
SYMBOLS = {
    "run": "circle", "dataset": "square", "execution": "circle-open", "artifact": "diamond",
    "model": "hexagon", "sweep": "star-diamond", "folded": "circle-open-dot", "version": "star",
    "slot": "triangle-right", "gate": "diamond-tall",
    "origin": "pentagon", "shipment": "arrow-right",
}  # fmt: skip
INK = "#808080"
BAD = "#d64545"
MARK = "#e4782e"
PALE = 0.2
LONGEST_FACT = 90


class Score(NamedTuple):
    """The metric that is followed, with the value of one run."""

    metric: str
    value: float
    better: Literal["max", "min"] | None
    """Which way it is better; None where nobody knows."""


class Thing(NamedTuple):
    """One node."""

    id: str
    kind: str
    name: str
    detail: str
    is_bad: bool = False
    """Whether it failed or was interrupted."""
    score: Score | None = None
    """What a run came to, where that is known."""
    weight: int = 1
    """How many things it stands for."""


class Tie(NamedTuple):
    """One edge."""

    source: str
    target: str
    label: str
    is_part: bool = False
    """Whether the target is a part of the source."""
    of: tuple[str, str] | None = None
    """Between which things it was before some were folded away."""

    @property
    def id(self) -> str:
        """Return what this edge is called where nodes and edges stand in one list."""
        return f"{self.source}\x1f{self.target}"

    @property
    def ends(self) -> tuple[str, str]:
        """Return the things between which something changed."""
        return self.of or (self.source, self.target)


def related(ties: Iterable[Tie], chosen: str) -> set[str]:
    """Return a node with all that it rests on and all that rests on it."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for tie in ties:
        after.setdefault(tie.source, []).append(tie.target)
        before.setdefault(tie.target, []).append(tie.source)
    found = {chosen}
    for beside in (before, after):
        waiting = [chosen]
        seen = {chosen}
        while waiting:
            for other in beside.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        found |= seen
    return found


def kinds_of(things: Sequence[Thing]) -> dict[str, list[Thing]]:
    """Return the nodes of each kind, kinds and nodes in the order given."""
    found: dict[str, list[Thing]] = {}
    for one in things:
        found.setdefault(one.kind, []).append(one)
    return found


def short(text: str, most: int) -> str:
    """Return a text on one line of at most so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def squeezed(text: str, most: int) -> str:
    """Return a text on one line whose middle is left out, for names differ at their ends."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def hover_of(one: Thing) -> str:
    """Return what stands in the hover of a node: its name, and up to six lines."""
    rows = [short(row, LONGEST_FACT) for row in one.detail.splitlines()[:6]]
    head = f"{one.kind} <b>{label(short(one.name, 60))}</b>"
    return "<br>".join([head, *map(label, rows)])


def inks(
    things: Sequence[Thing], near: AbstractSet[str] | None, *, said: bool = False
) -> list[str]:
    """Return the colour of each name: `ink` and `quiet` are the page's own."""
    vivid = "quiet" if said else "ink"
    return [
        vivid if near is None or one.id in near else "rgba(128,128,128,0.6)"
        for one in things
    ]
