"""What other packages bring along, by the group of their entry points."""

from __future__ import annotations

import warnings
from importlib.metadata import Distribution, EntryPoint, distributions


def packages_offering(group: str) -> list[Distribution]:
    """Return the installed packages that seem to offer something; nothing is imported.

    Asked of each whole text, it takes a third of what `entry_points()` does, which parses them all.
    """
    found = []
    for package in distributions():
        try:
            text = package.read_text("entry_points.txt") or ""
        except (OSError, UnicodeError):  # not for Python either, so there is nothing in it
            continue
        if group in text:
            found.append(package)
    return found


def plug_ins(group: str) -> list[EntryPoint]:
    """Return the entry points of a group by all installed packages; nothing is imported.

    A package whose entry points cannot be read is left out with a warning: it must not take the
    others' away.
    """
    found: list[EntryPoint] = []
    seen: set[str] = set()
    for package in packages_offering(group):
        about = package.metadata
        name = about["Name"].lower().replace("_", "-") if "Name" in about else ""
        if name in seen:
            continue  # the first on the path counts, as for imports
        seen |= {name} - {""}
        try:
            found += package.entry_points.select(group=group)
        except (
            TypeError,
            ValueError,
            AttributeError,
        ) as error:  # a line that is no entry point
            warnings.warn(
                f"{name or 'a nameless package'}'s entry points cannot be read ({error}): what it"
                f" offers under {group} is left out",
                stacklevel=2,
            )
    return found
