"""What kind of object something is, told without importing anything."""

from __future__ import annotations

import sys


def is_of(value: object, library: str, *names: str) -> bool:
    """Tell whether an object's class is, or is made of, one of those in a library."""
    if library not in sys.modules:
        return False
    return any(
        base.__name__ in names and base.__module__.partition(".")[0] == library
        for base in type(value).__mro__
    )
