"""What is folded away in a large graph: the middle of long chains, and the parts of sweeps.

A chain is four or more things of a kind, each made from the one before and from nothing else.
A sweep is a run with parts; or many runs made from one run, from which nothing was made.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trackbook.panels.lineage_things import Score, Thing, Tie
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

LEAST_CHAIN, LEAST_PARTS, LEAST_FAN = 4, 2, 6
NOUNS = {
    "run": "runs", "dataset": "datasets", "execution": "cells", "artifact": "files",
    "model": "models", "sweep": "sweeps",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Some things that can be shown as one."""

    id: str
    members: Sequence[str]
    kind: Literal["chain", "parts", "fan"]
    noun: str
    """What many of them are called."""
    before: str | None = None
    """What the first was made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A graph in which some things are folded away."""

    things: Sequence[Thing]
    ties: Sequence[Tie]
    folds: Mapping[str, Fold] = field(default_factory=dict)
    inside: Mapping[str, str] = field(default_factory=dict)
    """By thing the fold that it belongs to, be it open or not."""
    stands: Mapping[str, str] = field(default_factory=dict)
    """By each thing there is the one that is seen in its place: itself, or a fold."""


def folded(
    things: Sequence[Thing],
    ties: Sequence[Tie],
    *,
    opened: AbstractSet[str] = frozenset(),
    root: str = "",
) -> Folded:
    """Return a graph as it is seen with some of its folds opened.

    Args:
        things: the nodes
        ties: the edges
        opened: ids of folds
        root: the node in the middle of interest: it is never folded away
    """
    known = {one.id: one for one in things}
    sound = [
        t for t in ties if t.source in known and t.target in known and t.source != t.target
    ]
    folds = {one.id: one for one in folds_in(things, sound, root)}
    inside = {one: fold.id for fold in folds.values() for one in fold.members}
    parts = {t.target: t.source for t in sound if t.is_part}
    stands = {one: standing(one, folds, inside, parts, opened) for one in known}
    heads = {
        fold.id: headed(fold, known, is_open=fold.id in opened) for fold in folds.values()
    }
    seen: dict[str, Thing] = {}
    for one in things:
        fold = folds.get(inside.get(one.id, ""))
        if fold is not None and fold.kind != "parts":
            seen.setdefault(fold.id, heads[fold.id])
        if stands[one.id] == one.id:
            seen[one.id] = heads.get(one.id, one)
    return Folded(
        things=list(seen.values()),
        ties=tied(sound, folds, inside, stands, opened),
        folds=folds,
        inside=inside,
        stands=stands,
    )


def folds_in(things: Sequence[Thing], ties: Sequence[Tie], root: str) -> list[Fold]:
    """Return all that can be folded: parts of runs, fans of runs, then chains of what is left."""
    parts = parts_in(ties, root)
    away = {one for fold in parts for one in fold.members}
    fans = fans_in(things, ties, away | {root})
    away |= {one for fold in fans for one in fold.members}
    sweeps = {fold.id for fold in parts}
    rest = {
        one.id: "sweep" if one.id in sweeps else one.kind
        for one in things
        if one.id not in away
    }
    between = [t for t in ties if not t.is_part and away.isdisjoint({t.source, t.target})]
    between += [Tie(fold.before, fold.id, "") for fold in fans if fold.before]
    return [*parts, *fans, *chains_in(rest, between, root)]


def parts_in(ties: Sequence[Tie], root: str) -> list[Fold]:
    """Return the runs that have parts, each with its parts."""
    found: dict[str, list[str]] = {}
    for tie in ties:
        if tie.is_part:
            found.setdefault(tie.source, []).append(tie.target)
    return [
        Fold(id=parent, members=members, kind="parts", noun="parts")
        for parent, members in found.items()
        if len(members) >= LEAST_PARTS and root not in members
    ]


def fans_in(
    things: Sequence[Thing], ties: Sequence[Tie], kept: AbstractSet[str]
) -> list[Fold]:
    """Return many runs made from one, from which nothing was made."""
    ends = {one.id for one in things if one.kind == "run"} - kept
    ends -= {tie.source for tie in ties if not tie.is_part}
    above: dict[str, list[str]] = {}
    for tie in ties:
        above.setdefault(tie.target, []).append(tie.source)
    found: dict[str, list[str]] = {}
    for one in things:
        if one.id in ends and len(above.get(one.id, ())) == 1:
            found.setdefault(above[one.id][0], []).append(one.id)
    return [
        Fold(id=f"fan\x1f{parent}", members=members, kind="fan", noun="runs", before=parent)
        for parent, members in found.items()
        if len(members) >= LEAST_FAN
    ]


def chains_in(kinds: Mapping[str, str], ties: Sequence[Tie], root: str) -> list[Fold]:
    """Return the long stretches in which each thing was made from the one before only."""
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for tie in ties:
        after.setdefault(tie.source, set()).add(tie.target)
        before.setdefault(tie.target, set()).add(tie.source)
    links = {
        one: next(iter(before[one]))
        for one in kinds
        if len(before.get(one, ())) == len(after.get(one, ())) == 1 and one != root
    }
    found = []
    for one, above in links.items():
        if above in links and kinds[above] == kinds[one]:
            continue  # not the first
        members = [one]
        while True:
            (below,) = after[members[-1]]
            if below not in links or kinds[below] != kinds[one]:
                break
            members.append(below)
        if len(members) >= LEAST_CHAIN:
            found.append(
                Fold(
                    id=f"chain\x1f{one}",
                    members=members,
                    kind="chain",
                    noun=NOUNS.get(kinds[one], "things"),
                    before=above,
                )
            )
    return found


def standing(
    one: str,
    folds: Mapping[str, Fold],
    inside: Mapping[str, str],
    parts: Mapping[str, str],
    opened: AbstractSet[str],
) -> str:
    """Return what is seen in the place of a thing: outermost first, each fold that is closed."""
    place = one
    at: str | None = one
    seen: set[str] = set()
    while at is not None and at not in seen:
        seen.add(at)
        within = inside.get(at)
        if within is None:
            at = parts.get(at)
            continue
        if within not in opened:
            place = within
        at = within if folds[within].kind == "parts" else None
    return place


def tied(
    ties: Sequence[Tie],
    folds: Mapping[str, Fold],
    inside: Mapping[str, str],
    stands: Mapping[str, str],
    opened: AbstractSet[str],
) -> list[Tie]:
    """Return the edges between what is seen; an open fold's head stands before its members."""
    found: dict[tuple[str, str], Tie] = {}

    def put(tie: Tie) -> None:
        if tie.source != tie.target:
            found.setdefault((tie.source, tie.target), tie)

    for tie in ties:
        source, target = stands[tie.source], stands[tie.target]
        fold = folds.get(inside.get(tie.target, ""))
        first = fold is not None and (
            fold.kind == "fan" or (fold.kind == "chain" and fold.members[0] == tie.target)
        )
        if fold is None or not first or target not in {tie.target, fold.id}:
            put(tie._replace(source=source, target=target, of=(tie.source, tie.target)))
            continue
        is_part = fold.kind == "fan"  # stands aside of what was made further
        ends = None if is_part else (tie.source, fold.members[-1])
        put(Tie(source, fold.id, "", is_part, of=ends))
        if fold.id in opened:
            put(Tie(fold.id, target, tie.label, is_part, of=(tie.source, tie.target)))
    return list(found.values())


def headed(
    fold: Fold,
    known: Mapping[str, Thing],
    *,
    is_open: bool,
) -> Thing:
    """Return the node that stands for a fold, open or not, with what is in it in short."""
    members = [known[one] for one in fold.members]
    bad = sum(one.is_bad for one in members)
    failed = f"{bad} failed" if bad else ""
    mark = "▾" if is_open else "▸"
    size = 0 if is_open else len(members)
    count = f"{len(members)} {fold.noun}"
    top, whose = best(members)
    if fold.kind == "chain":
        name = listed(count, net(members, known.get(fold.before or "")))
        detail = listed(top, whose and f"of {whose}", failed)
        return Thing(fold.id, "folded", f"{mark} {name}", detail, weight=size)
    if fold.kind == "fan":
        detail = listed(whose and f"the best is {whose}", failed)
        name = f"{mark} sweep: {listed(count, top)}"
        return Thing(fold.id, "sweep", name, detail, weight=size)
    own = known[fold.id]
    detail = listed(top, whose and f"of {whose}", failed)
    return own._replace(
        kind="sweep",
        name=f"{mark} {own.name}: {count}",
        detail="\n".join(filter(None, [detail, own.detail])),
        weight=1 + size,
    )


def listed(*parts: str) -> str:
    """Return what there is to say, with commas between."""
    return ", ".join(part for part in parts if part)


def net(members: Sequence[Thing], before: Thing | None) -> str:
    """Return by how much a chain changed the metric, from what came before to its last."""
    scores = scores_of(members)
    if not scores:
        return ""
    metric, last, _ = scores[-1][0]
    first = scores[0][0].value
    known = scores_of([before]) if before is not None else []
    if known and known[0][0].metric == metric:
        first = known[0][0].value
    elif len(scores) == 1:
        return ""
    return f"{metric} {last - first:+.3g}"


def best(members: Sequence[Thing]) -> tuple[str, str]:
    """Return the best value and whose it is; from where to where if no way is better."""
    scores = sorted(scores_of(members), key=lambda one: one[0].value)
    if not scores:
        return "", ""
    (low, lowest), (high, highest) = scores[0], scores[-1]
    if low.better is None:
        return f"{low.metric} {in_short(low.value)} to {in_short(high.value)}", ""
    top, name = (high, highest) if low.better == "max" else (low, lowest)
    return f"best {top.metric} {in_short(top.value)}", name


def scores_of(members: Sequence[Thing]) -> list[tuple[Score, str]]:
    """Return the values that are numbers, of the metric that most have, and whose each is."""
    scores = [
        (one.score, one.name)
        for one in members
        if one.score is not None and math.isfinite(one.score.value)
    ]
    if not scores:
        return []
    ((metric, _),) = Counter(score.metric for score, _ in scores).most_common(1)
    return [one for one in scores if one[0].metric == metric]
