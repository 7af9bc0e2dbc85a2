"""Scans GGUF models: bounds of what they promise, and the templates that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear
from trackbook.scan.reader import Reader
from trackbook.scan.templates import tell_template

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each plain type of value."""
TEXT, ARRAY = 8, 9
VERSIONS = (2, 3)
MOST_DIMENSIONS = 8
MOST_NAME = 1 << 16
MOST_TEXT = 1 << 24
MOST_NESTING = 4


def scan_gguf(blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with a GGUF model."""
    reader = Reader(blob.file, blob.size)
    reader.skip(4)
    version = reader.number(4)
    if version not in VERSIONS:
        raise Unclear(f"is a GGUF file of a version ({version}) not known here")
    tensors, values = reader.number(8), reader.number(8)
    for _ in range(values):
        desk.budget.spend()
        key = text(reader, MOST_NAME)
        found = value(reader, reader.number(4), desk, 0)
        if "template" in key and found:
            tell_template(found, blob.path, desk)
    furthest = 0
    for _ in range(tensors):
        desk.budget.spend()
        text(reader, MOST_NAME)
        dimensions = reader.number(4)
        if dimensions > MOST_DIMENSIONS:
            raise Unclear("has a tensor of too many dimensions")
        reader.skip(8 * dimensions + 4)
        furthest = max(furthest, reader.number(8))
    if furthest > reader.left:
        raise Unclear("has a tensor outside the file")


def text(reader: Reader, most: int) -> str:
    """Return a text behind its length."""
    size = reader.number(8)
    if size > most:
        raise Unclear("has a text of enormous length")
    return reader.take(size).decode("utf-8", errors="replace")


def value(reader: Reader, kind: int, desk: Desk, depth: int) -> str:
    """Pass over one value; return it if it is a text."""
    if kind == TEXT:
        return text(reader, MOST_TEXT)
    if kind == ARRAY and depth < MOST_NESTING:
        inner, count = reader.number(4), reader.number(8)
        if inner in SIZES:
            reader.skip(count * SIZES[inner])
            return ""
        for _ in range(count):
            desk.budget.spend()
            value(reader, inner, desk, depth + 1)
        return ""
    if kind not in SIZES:
        raise Unclear("has a value of a kind that there is not")
    reader.skip(SIZES[kind])
    return ""
