"""Scans ONNX models: operators of unknown libraries, and weights that lie in other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.finding import shown
from trackbook.scan.limits import Unclear
from trackbook.scan.paths import trick_in
from trackbook.scan.protobuf import BYTES, fields_in
from trackbook.scan.reader import Reader

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

DOMAINS = frozenset({
    "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training",
    "ai.onnx.preview", "com.microsoft",
})  # fmt: skip
CODE = frozenset({"PythonOp", "PythonOpGrad", "PyOp", "PyCustomOp", "PyFunc"})
INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function", 20: "training"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse",
        23: "sparse",
    },
    "tensor": {13: "entry"},
    "entry": {},
}
"""Which fields of a message are messages that are looked into."""
TEXTS: dict[str, dict[int, str]] = {
    "node": {4: "op", 7: "domain"},
    "entry": {1: "key", 2: "value"},
    "function": {1: "op", 10: "domain"},
}
MOST_DEPTH = 40
MOST_TEXT = 4096
GRAPH_FIELD = 7


def scan_onnx(blob: Blob, desk: Desk) -> None:
    """Tell what an ONNX model needs besides itself."""
    seen = walk(Reader(blob.file, blob.size), blob.size, "model", blob, desk, 0)
    if GRAPH_FIELD not in seen:
        raise Unclear("is no ONNX model: it has no graph")


def walk(
    reader: Reader, end: int, message: str, blob: Blob, desk: Desk, depth: int
) -> set[int]:
    """Look through one message; return the numbers of the fields that it has."""
    if depth > MOST_DEPTH:
        raise Unclear("has graphs in graphs without end")
    texts: dict[str, str] = {}
    seen: set[int] = set()
    for number, wire, size in fields_in(reader, end, desk.budget):
        seen.add(number)
        if wire != BYTES:
            continue
        inside, text = INSIDE[message].get(number), TEXTS.get(message, {}).get(number)
        if inside:
            walk(reader, reader.at + size, inside, blob, desk, depth + 1)
        elif text:
            if size > MOST_TEXT:
                raise Unclear("has a name of enormous length")
            texts[text] = reader.take(size).decode("utf-8", errors="replace")
    judge(message, texts, blob, desk)
    return seen


def judge(message: str, texts: dict[str, str], blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with an operator, or with where a tensor lies."""
    if message == "node":
        domain, op = texts.get("domain", ""), texts.get("op", "")
        if op in CODE:
            desk.error(
                blob.path, "onnx-code", f"has the operator {shown(op)}, which runs Python"
            )
        elif domain not in DOMAINS:
            desk.error(
                blob.path,
                "onnx-operator",
                f"needs the operator {shown(domain)}.{shown(op)} of a library of its own",
            )
    elif message == "entry" and texts.get("key") == "location":
        place = texts.get("value", "")
        if trick_in(place):
            desk.error(
                blob.path,
                "onnx-external",
                f"takes weights from {shown(place)}, outside its folder",
            )
        else:
            desk.tell(
                blob.path,
                "warning",
                "onnx-external",
                f"takes weights from the file {shown(place)}",
            )
