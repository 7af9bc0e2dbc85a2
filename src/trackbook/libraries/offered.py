"""Cards that other packages bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.libraries.own import checked_card
from trackbook.plugins import packages_offering

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

    from trackbook.libraries.base import Library

GROUP = "trackbook.libraries"
"""The group of entry points under which a package offers its card."""


def packages_with_cards() -> list[Distribution]:
    """Return the installed packages that seem to offer a card; nothing is imported."""
    return packages_offering(GROUP)


def cards_offered(package: Distribution) -> list[EntryPoint]:
    """Return a package's entry points for cards."""
    return list(package.entry_points.select(group=GROUP))


def card_of(point: EntryPoint) -> Library:
    """Return the card that a package offers, which is imported here.

    Raises:
        Misused: it is no card, or no card that could be meant
    """
    said = f"{point.value!r}"
    try:
        found = point.load()
    except SystemExit as error:  # a script without a guard: the user's session would end
        raise Misused(f"{said} ends the program when it is imported") from error
    return checked_card(found, said)
