"""Reads numpy's dtypes as pickles spell them: how long an item is, and whether it is an object.

A dtype that contradicts itself is refused: numpy believes it, and reads and writes elsewhere.
"""

from __future__ import annotations

import math
import re

from trackbook.scan.limits import Unclear
from trackbook.scan.values import Made

CODE = re.compile(r"([biufcmMOSaUV])([0-9]{1,9})")
WITH_LENGTH = "SaUV"
HAS_OBJECTS = 1
"""The bit in the flags of a dtype that says so."""
MOST_NESTING = 8
STATE_LENGTHS = {8, 9}
VERSIONS = {3, 4}
ORDERS = {"<", ">", "|", "="}
WRITTEN = "has an array whose type is not written out"


def count_of(shape: object) -> int:
    """Return how many items an array of a shape has."""
    if not isinstance(shape, tuple):
        raise Unclear("has an array whose shape is not written out")
    numbers = [
        n for n in shape if isinstance(n, int) and not isinstance(n, bool) and n >= 0
    ]
    if len(numbers) != len(shape):
        raise Unclear("has an array whose shape is not written out")
    return math.prod(numbers)


def size_of(dtype: object, depth: int = 0) -> tuple[int, bool]:
    """Return how many bytes an item of a dtype has, and whether it holds Python objects."""
    if not isinstance(dtype, Made) or dtype.full != "numpy.dtype" or depth > MOST_NESTING:
        raise Unclear(WRITTEN)
    code = dtype.args[0] if isinstance(dtype.args, tuple) and dtype.args else None
    match = CODE.fullmatch(code) if isinstance(code, str) else None
    if match is None:
        raise Unclear(WRITTEN)
    letter = match[1]
    size = int(match[2]) * (4 if letter == "U" else 1)
    if dtype.state is None:
        return size, letter == "O"
    return of_state(dtype.state, letter, size, depth)


def of_state(state: object, letter: str, size: int, depth: int) -> tuple[int, bool]:
    """Return size and objects of a dtype that was given a state, which must bear the size out."""
    if not isinstance(state, tuple) or len(state) not in STATE_LENGTHS:
        raise Unclear(WRITTEN)
    version, order, subarray, names, fields, told, alignment, flags = state[:8]
    # Types first: to hash or compare tuples that lie a million deep kills the process.
    if not all(isinstance(n, int) for n in (version, told, alignment, flags)):
        raise Unclear(WRITTEN)
    if version not in VERSIONS or not isinstance(order, str) or order not in ORDERS:
        raise Unclear(WRITTEN)
    objects = letter == "O"
    if subarray is not None or names is not None or fields is not None:
        if letter != "V":
            raise Unclear("has an array of a type with parts that such a type cannot have")
        objects = (
            of_subarray(subarray, size, depth)
            if subarray
            else of_fields(names, fields, size, depth)
        )
    if told != (size if letter in WITH_LENGTH else -1):
        raise Unclear("has an array whose type says two lengths")
    if objects != bool(flags & HAS_OBJECTS):
        raise Unclear("has an array whose type contradicts itself")
    return size, objects


def of_subarray(subarray: object, size: int, depth: int) -> bool:
    """Tell whether a small array in each item holds Python objects; it must fill the item."""
    if not isinstance(subarray, tuple) or len(subarray) != 2:  # noqa: PLR2004  type and shape
        raise Unclear(WRITTEN)
    base, shape = subarray
    each, objects = size_of(base, depth + 1)
    if each * count_of((shape,) if isinstance(shape, int) else shape) != size:
        raise Unclear("has an array whose type contradicts itself")
    return objects


def of_fields(names: object, fields: object, size: int, depth: int) -> bool:
    """Tell whether one of the fields holds Python objects; each must lie within the item."""
    if not isinstance(names, tuple) or not isinstance(fields, dict):
        raise Unclear(WRITTEN)
    if not all(isinstance(name, str) and name in fields for name in names):
        raise Unclear(WRITTEN)
    found = False
    for field in fields.values():
        if not isinstance(field, tuple) or len(field) not in {2, 3}:
            raise Unclear(WRITTEN)
        each, objects = size_of(field[0], depth + 1)
        if type(field[1]) is not int or not 0 <= field[1] <= size - each:
            raise Unclear("has an array whose type contradicts itself")
        found |= objects
    return found
