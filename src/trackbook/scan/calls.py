"""Knows with which arguments picklers call what is allowed to be called, where others do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.values import Made, Name

if TYPE_CHECKING:
    from collections.abc import Callable

BASES = frozenset(
    f"builtins.{name}" for name in ("object", "dict", "list", "tuple", "set", "frozenset", "float",
                                    "int", "str", "bytes")
)  # fmt: skip
"""What classes are made from in protocols 0 and 1; its `__init__` is called."""
MOST_BYTES = 1 << 31
RECONSTRUCTOR_ARGS = 3


def is_as_pickled(full: str, args: object) -> bool:
    """Tell whether something is called as the pickler writes it."""
    rule = RULES.get(full)
    return rule is None or (isinstance(args, tuple) and rule(args))


def reconstructed(args: tuple[object, ...]) -> bool:
    """Tell whether an empty object is made, of a class that is named and a plain base."""
    if len(args) != RECONSTRUCTOR_ARGS:
        return False
    cls, base, _ = args
    return isinstance(cls, Name) and isinstance(base, Name) and base.full in BASES


def encoded(args: tuple[object, ...]) -> bool:
    """Tell whether a text stands for bytes; other codecs make texts that name things."""
    return len(args) > 1 and isinstance(args[1], str) and args[1] in {"latin1", "latin-1"}


def is_number(args: tuple[object, ...]) -> bool:
    """Tell whether numpy's scalar is a number; one of objects hands its argument on."""
    dtype = args[0] if args else None
    if not isinstance(dtype, Made) or dtype.full != "numpy.dtype":
        return False
    code = dtype.args[0] if isinstance(dtype.args, tuple) and dtype.args else None
    return isinstance(code, str) and "O" not in code and "V" not in code


def is_short(args: tuple[object, ...]) -> bool:
    """Tell whether a number of zero bytes would fit into memory."""
    return not any(isinstance(arg, int) and arg > MOST_BYTES for arg in args)


def is_empty(args: tuple[object, ...]) -> bool:
    """Tell whether an array is made empty, to be filled by its state."""
    return len(args) > 1 and isinstance(args[0], Name) and args[1] == (0,)


RULES: dict[str, Callable[[tuple[object, ...]], bool]] = {
    "copyreg._reconstructor": reconstructed,
    "_codecs.encode": encoded,
    "numpy.core.multiarray.scalar": is_number,
    "numpy._core.multiarray.scalar": is_number,
    "numpy.core.multiarray._reconstruct": is_empty,
    "numpy._core.multiarray._reconstruct": is_empty,
    "builtins.bytes": is_short,
    "builtins.bytearray": is_short,
}
