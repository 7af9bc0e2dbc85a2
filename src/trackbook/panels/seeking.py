"""Finding things of a graph by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.panels.lineage_things import Thing


def found(things: Mapping[str, Thing], text: str) -> list[str]:
    """Return the ids of the things in whose name a text stands, be it large or small."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return []
    return [
        one.id for one in things.values() if wanted in " ".join(one.name.split()).casefold()
    ]


def beside(hits: Sequence[str], order: Sequence[str], chosen: str | None, step: int) -> str:
    """Return the hit that follows what is chosen, or precedes it, and after the last the first."""
    if not hits:
        return ""
    places = {one: at for at, one in enumerate(order)}
    ranked = sorted(hits, key=lambda one: places.get(one, 0))
    if chosen in ranked:
        return ranked[(ranked.index(chosen) + step) % len(ranked)]
    here = places.get(chosen or "", -1)
    return next((one for one in ranked if places.get(one, 0) > here), ranked[0])


def told_of_hits(hits: Sequence[str], text: str, stands: Mapping[str, str]) -> str:
    """Return in few words how many were found."""
    if not text.strip():
        return ""
    if not hits:
        return "nothing is called so"
    away = sum(stands.get(one, one) != one for one in hits)
    more = f", {away} of them folded away" if away else ""
    return f"{len(hits)} found{more}: Enter leads to them"
