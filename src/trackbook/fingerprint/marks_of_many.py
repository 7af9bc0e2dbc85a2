"""How much is taken in for marks, and many texts and numbers at once."""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.fingerprint.marks import Kind, Walk

MOST_BYTES = 24 << 20
"""Hashed of all values that a cell touched; beyond that a sample: 24 MB take some 3 ms."""
FEWEST = 256
MOST_ITEMS = 500_000
"""Of all values that a cell touched: some 35 ms."""
SAMPLE = 1_000
"""How many are taken in beyond that."""
SIMPLE = frozenset(map(id, (int, float, complex, bool, str, bytes, type(None))))
"""Types of what never changes and has nothing in it; by id, as elsewhere."""


class Budget:
    """What the marks of all values of a cell have together."""

    __slots__ = ("items", "kinds", "left")

    def __init__(self, left: int = MOST_BYTES) -> None:
        self.left = left
        """How many bytes may still be hashed."""
        self.items = MOST_ITEMS
        """How many texts and numbers in containers may still be taken in."""
        self.kinds: dict[int, Kind] = {}
        """What was found out of classes, by their id."""

    def allows(self, size: int) -> bool:
        """Say whether so many bytes may be hashed, and take them off."""
        if size > self.left:
            return False
        self.left -= size
        return True


def many(walk: Walk, value: Any) -> bool:
    """Take in a list, tuple or dictionary of many texts and numbers; say whether it was done.

    Python's own marshal writes their values in C, three to six times as fast as one by one; in
    version 2 it leaves out what else refers to them.
    """
    if type(value) is dict:
        count = len(value)
        columns = [list(value), list(value.values())] if count >= FEWEST else []
    elif type(value) is list or type(value) is tuple:
        count = len(value)
        columns = [list(value)] if count >= FEWEST else []
    else:
        return False
    if not columns:
        return False
    is_whole = count * len(columns) <= walk.budget.items
    if not is_whole:
        columns = [column[:: count // SAMPLE] for column in columns]
    if not all(SIMPLE.issuperset(map(id, map(type, column))) for column in columns):
        return False
    if is_whole:
        walk.budget.items -= count * len(columns)
    else:
        walk.exact = False
    walk.hasher.update(b"%d;" % count)
    walk.hasher.take(marshal.dumps(columns, 2))
    return True
