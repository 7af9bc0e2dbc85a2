"""The cards that a session watches: trackbook's own, packages', and those it is given."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trackbook.capture import attempt

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from trackbook.libraries import Library

given: dict[str, Library] = {}
"""Cards that this process was given, by the module that they are for."""


def watch(card: Library) -> None:
    """Record the trainings of one more library, by a card of your own, until the process ends.

    It counts from now on, in the shell that `%load_ext trackbook` was said in, or will be. Given
    once more for the same module, the last one counts. What trackbook's own cards watch they
    go on to read. A package offers its card by an entry point instead: docs/own-card.md.

    Args:
        card: a `trackbook.libraries.Library`

    Raises:
        Misused: it is no card, or names what could never be watched
    """
    from trackbook.doors.ipython import Plugged
    from trackbook.libraries import checked_card

    checked = checked_card(card, "the card")
    given[checked.module] = checked
    plug = Plugged.plug
    if plug is not None:
        plug.watch.turn_to(all_cards(plug.brought))


def brought_cards(fault: Callable[[str, BaseException], None]) -> list[Library]:
    """Return the cards that installed packages bring; one that cannot be read is a fault.

    They are imported here: a card's file should import neither its library nor anything heavy.
    """
    from trackbook.libraries import card_of, cards_offered, packages_with_cards

    offered: dict[tuple[str, str], EntryPoint] = {}
    looking = "looking for cards of packages"
    for package in attempt(looking, packages_with_cards, fault) or ():
        name = attempt(looking, partial(getattr, package, "name"), fault)
        place = f"reading the entry points of {name!r}"
        for point in attempt(place, partial(cards_offered, package), fault) or ():
            offered.setdefault((point.name, point.value), point)
    found = [
        attempt(f"loading the card {point.name!r}", partial(card_of, point), fault)
        for _, point in sorted(offered.items())
    ]
    return [card for card in found if card is not None]


def all_cards(brought: list[Library]) -> list[Library]:
    """Return every card to watch, in the order in which they are asked."""
    from trackbook.libraries import LIBRARIES

    others = [card for card in brought if card.module not in given]
    return [*LIBRARIES, *others, *given.values()]
