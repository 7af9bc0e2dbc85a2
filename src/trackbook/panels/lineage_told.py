"""What stands in the box beside a graph: all facts of what was chosen, and what is next to it.

Plain texts and ids: the page makes elements of them whose text is never markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.panels.lineage_things import Thing, Tie

LONGEST, LONGEST_TEXT = 300, 20_000
GLYPHS = "▾▸ "
MOST_BESIDE, MOST_FACTS = 30, 300


class Fact(NamedTuple):
    """One thing that is known; a value of several lines stands as a block."""

    name: str
    value: str
    group: str = ""


def told_of_thing(
    one: Thing,
    things: Mapping[str, Thing],
    ties: Sequence[Tie],
    facts: Sequence[Fact],
    *,
    is_tree: bool = False,
    members: Sequence[Thing] = (),
    act: str = "",
) -> dict[str, object]:
    """Return what to say of a node, with its neighbours, each of which can be chosen.

    Args:
        one: the node
        things: all that are seen, by id
        ties: between them
        facts: what is known of it, if anything
        is_tree: whether ties tell what was made from what
        members: what is folded away in it
        act: what a button does to these
    """
    known = facts or [Fact("", one.detail)]
    before = [(t.source, t.label) for t in ties if t.target == one.id]
    after = [(t.target, t.label) for t in ties if t.source == one.id]
    inner = [(each.id, each.detail) for each in members]
    sides = ("made from", "from it were made") if is_tree else ("rests on", "on it rest")
    return {
        "of": one.id,
        "kind": one.kind,
        "title": plain(one.name.lstrip(GLYPHS) if members else one.name),
        "act": act,
        "facts": rows_of(known),
        "beside": [
            beside("in it", inner, {each.id: each for each in members}),
            beside(sides[0], before, things),
            beside(sides[1], after, things),
        ],
    }


def told_of_tie(
    tie: Tie, things: Mapping[str, Thing], facts: Sequence[Fact]
) -> dict[str, object]:
    """Return what to say of an edge: what changed from one end to the other."""
    source, target = things[tie.source], things[tie.target]
    both = all(one.kind in {"run", "sweep", "folded"} for one in (source, target))
    known = facts or [Fact("", tie.label or target.detail or "nothing more is known of it")]
    return {
        "of": tie.id,
        "kind": "what changed" if both and not tie.is_part else "tie",
        "title": " → ".join(plain(one.name.lstrip(GLYPHS)) for one in (source, target)),
        "facts": rows_of(known),
        "beside": [
            beside("from", [(tie.source, "")], things),
            beside("to", [(tie.target, "")], things),
        ],
    }


def rows_of(facts: Sequence[Fact]) -> list[list[str]]:
    """Return facts as (group, name, value, and how to show it), as many as can be shown."""
    rows = [
        [plain(f.group), plain(f.name), *block_of(f.value)]
        for f in facts[:MOST_FACTS]
        if f.value
    ]
    rest = len(facts) - MOST_FACTS
    return [*rows, ["", "", f"and {rest} more", "text"]] if rest > 0 else rows


def block_of(value: str) -> tuple[str, str]:
    """Return a text that cannot hide or turn anything, and whether it is one line."""
    if len(value.splitlines()) <= 1:
        return plain(value, LONGEST_TEXT), "text"
    cut = value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "\n…"
    return "\n".join(visible(line.expandtabs(4)) for line in cut.splitlines()), "block"


def beside(
    title: str, found: Iterable[tuple[str, str]], things: Mapping[str, Thing]
) -> dict[str, object]:
    """Return neighbours, as many as can be shown."""
    known = [(things[one], said) for one, said in found if one in things]
    rows = [
        {"id": one.id, "name": worded(one), "said": plain(said, 80)}
        for one, said in known[:MOST_BESIDE]
    ]
    return {"title": title, "rows": rows, "more": max(0, len(known) - MOST_BESIDE)}


def worded(one: Thing) -> str:
    """Return what to call a node where its kind is not drawn."""
    bare = one.kind in {"run", "sweep", "folded"}
    return plain(one.name.lstrip(GLYPHS) if bare else f"{one.kind} {one.name}", 80)


def plain(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, all of it visible."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"
