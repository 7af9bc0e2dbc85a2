"""The fields of an array of records, each in one piece."""

from __future__ import annotations

from typing import Any

WORD = 8
"""Bytes."""


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of eight bytes of an array of records, by name, turned all at once.

    To go through the records once for each of their fields takes twice as long.
    """
    import numpy as np

    size = value.dtype.itemsize
    if value.ndim != 1 or size % WORD or not value.flags.c_contiguous or not len(value):
        return {}
    words = np.ascontiguousarray(value.view("u8").reshape(len(value), -1).T)
    return {
        name: words[offset // WORD].view(kind)
        for name, (kind, offset, *_) in value.dtype.fields.items()
        if kind.itemsize == WORD and offset % WORD == 0 and kind.kind in "iuf"
    }
