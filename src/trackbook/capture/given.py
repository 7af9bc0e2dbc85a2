"""What users hand to the logging functions, as plain values, or what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trackbook.capture.values import (
    is_plain,
    items_of,
    mapping_of,
    number_of,
    place_of,
    text_of,
    whereabouts,
)
from trackbook.errors import Misused

LONGEST_NAME = 500
INT64 = range(-(1 << 63), 1 << 63)
ARGS_OF = BaseException.__dict__["args"].__get__
"""Past an `args` of the user's own."""


def numbers_of(key: str, value: Any) -> Any:
    """Return a 1-D array of little-endian doubles, or say what the value is instead."""
    import numpy as np

    place = whereabouts(value)
    known = type(value) in (list, tuple, range) or place.startswith(
        ("numpy.", "pandas.", "torch.", "polars.", "jax", "tensorflow.", "pyarrow.")
    )
    if known:
        if place.startswith("torch."):
            value = value.detach().cpu().numpy()
        try:
            made = np.ascontiguousarray(value, dtype="<f8")
        except (TypeError, ValueError):
            known = False
        else:
            if made.ndim <= 1:
                return made.reshape(-1)
    raise Misused(
        f"metric {key!r} is {shown(value)!r} ({type(value).__name__}):"
        " a metric is a real number or a 1-D array of numbers"
    )


def whole(step: Any, key: str) -> int:
    """Return a step as an int64, or say what is wrong with it."""
    number = number_of(step)
    if number is None or number != int(number) or int(step) not in INT64:
        raise Misused(
            f"step of metric {key!r} is {shown(step)!r}: a step is a whole number"
        )
    return int(step)


def must_be_name(key: Any, what: str) -> str:
    """Return a name, or say that it cannot be one."""
    if not isinstance(key, str) or not key or len(key) > LONGEST_NAME:
        raise Misused(
            f"{shown(key)!r} cannot name a {what}: use a text of 1 to {LONGEST_NAME} characters"
        )
    return key


def shown(value: Any) -> str:
    """Return a short text for any value; objects of unknown kinds give their type's name."""
    # By class and not by isinstance: that asks the object for its `__class__`.
    if is_plain(value) or issubclass(type(value), (str, int, float, Path)):
        return text_of(str(value)[:500])[0]
    if items_of(value) is not None or mapping_of(value) is not None:
        return text_of(value)[0]
    return f"<{whereabouts(value)}>"


def brief(error: BaseException | None) -> str | None:
    """Return an error as one line: the type and the start of what it says."""
    if error is None:
        return None
    args = ARGS_OF(error)
    says = next(
        (a.strip().splitlines()[0] for a in args if type(a) is str and a.strip()), ""
    )
    return f"{place_of(type(error))[1]}: {says}"[:500].rstrip(": ")
