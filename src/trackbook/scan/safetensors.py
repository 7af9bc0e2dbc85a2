"""Scans safetensors files: data only, if their header keeps within its bounds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trackbook.scan.jsons import json_of
from trackbook.scan.limits import Unclear
from trackbook.scan.reader import Reader

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

MOST_HEADER = 100_000_000
"""As the format's own library has it."""
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6,
    "F6_E3M2": 6, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


def scan_safetensors(blob: Blob, desk: Desk) -> None:
    """Raise where the header is not exactly true of the bytes behind it."""
    reader = Reader(blob.file, blob.size)
    length = reader.number(8)
    if length > min(MOST_HEADER, reader.left):
        raise Unclear("has a header that is longer than the file, or than 100 MB")
    header = json_of(reader.take(length), strict=True)
    if not isinstance(header, dict):
        raise Unclear("has a header that is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(
        isinstance(v, str) for v in metadata.values()
    ):
        raise Unclear("has metadata that are no texts")
    desk.budget.spend(len(header))
    spans = sorted(span_of(name, tensor) for name, tensor in header.items())
    reached = 0
    for start, end, name in spans:
        if start != reached:
            raise Unclear(f"has tensors that overlap, or bytes of none, before {name!r}")
        reached = end
    if reached != reader.left:
        raise Unclear(f"has {reader.left} bytes of numbers where {reached} belong")


def span_of(name: str, tensor: object) -> tuple[int, int, str]:
    """Return where a tensor begins and ends, which its type and shape must bear out."""
    facts = tensor if isinstance(tensor, dict) else {}
    shape, offsets = numbers_in(facts.get("shape")), numbers_in(facts.get("data_offsets"))
    if shape is None or offsets is None or len(offsets) != 2:  # noqa: PLR2004  start and end
        raise Unclear(f"has a tensor {name!r} without a shape or a place")
    start, end = offsets
    bits = BITS.get(str(facts.get("dtype")))
    if bits is None:
        raise Unclear(f"has a tensor {name!r} of a type not known here")
    if start > end or (math.prod(shape) * bits + 7) // 8 != end - start:
        raise Unclear(f"has a tensor {name!r} whose place does not fit its shape")
    return start, end, name


def numbers_in(value: object) -> list[int] | None:
    """Return a list of whole numbers that are not negative; None where it is none."""
    if isinstance(value, list) and all(type(n) is int and n >= 0 for n in value):
        return value
    return None
