"""Scans numpy's files: the header is read as a literal, an array of objects is a pickle."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear
from trackbook.scan.nodes import is_tree, scan_nodes
from trackbook.scan.pickles import follow
from trackbook.scan.reader import Reader

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

MAGIC_BYTES = 6
MOST_HEADER = 10_000
"""As numpy has it."""
MOST_NESTING = 8
ITEM = {"?": 1, "b": 1, "B": 1}
VERSIONS = {1: 2, 2: 4, 3: 4}
"""How many bytes tell the length of the header, by version."""


def scan_npy(blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with a numpy file."""
    reader = Reader(blob.file, blob.size)
    reader.skip(MAGIC_BYTES)
    major = reader.byte()
    reader.byte()
    if major not in VERSIONS:
        raise Unclear(f"is a numpy file of a version ({major}) not known here")
    length = reader.number(VERSIONS[major])
    if length > MOST_HEADER:
        raise Unclear("is a numpy file with an enormous header")
    header = header_of(reader.take(length))
    size, objects = size_of(header["descr"])
    if objects:
        desk.error(
            blob.path,
            "object-array",
            "is an array of Python objects: a pickle, which runs code",
        )
        follow(reader, blob, desk)
        expected = 0
    else:
        expected = count_of(header["shape"]) * size
    if reader.left != expected:
        raise Unclear(f"has {reader.left} bytes of numbers where {expected} belong")
    if is_tree(header["descr"]) and expected:
        scan_nodes(blob, desk)


def header_of(raw: bytes) -> dict[str, object]:
    """Return the header of a numpy file, which is written as a Python dict."""
    try:
        found = ast.literal_eval(raw.decode("utf-8").strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise Unclear("has a header that is no header of numpy") from None
    if not isinstance(found, dict) or set(found) != {"descr", "fortran_order", "shape"}:
        raise Unclear("has a header that is no header of numpy")
    return found


def count_of(shape: object) -> int:
    """Return how many items an array of a shape has."""
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise Unclear("has a shape that is none")
    return math.prod(shape)


def size_of(descr: object, depth: int = 0) -> tuple[int, bool]:
    """Return how many bytes an item of a dtype has, and whether it holds Python objects."""
    if depth > MOST_NESTING:
        raise Unclear("has a type within types without end")
    if isinstance(descr, str):
        return plain(descr)
    if isinstance(descr, list):
        parts = [field(part, depth) for part in descr]
        return sum(size for size, _ in parts), any(objects for _, objects in parts)
    if isinstance(descr, tuple) and len(descr) == 2:  # noqa: PLR2004  a type and a shape
        size, objects = size_of(descr[0], depth + 1)
        return size * count_of(descr[1]), objects
    raise Unclear("has a type that is none")


def plain(descr: str) -> tuple[int, bool]:
    """Return the size of a plain dtype such as `<f8`, and whether it is objects."""
    code = descr.lstrip("<>|=")
    if code[:1] == "O":
        return 8, True
    if code in ITEM:
        return ITEM[code], False
    letter, _, unit = code.partition("[")
    kind, digits = letter[:1], letter[1:]
    if kind not in "biufcmMSaUV" or not digits.isdecimal() or (unit and kind not in "mM"):
        raise Unclear("has a type that is none")
    return int(digits[:9]) * (4 if kind == "U" else 1), False


def field(part: object, depth: int) -> tuple[int, bool]:
    """Return the size of one field of a structured dtype: name, type, maybe a shape."""
    if not isinstance(part, tuple) or len(part) not in {2, 3}:
        raise Unclear("has a type that is none")
    size, objects = size_of(part[1], depth + 1)
    return size * (count_of(part[2]) if len(part) > 2 else 1), objects  # noqa: PLR2004
