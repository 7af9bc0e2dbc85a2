"""Scans ONNX models: operators of unknown libraries, and weights that lie in other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
FUNCTION_FIELD = 25


def scan_onnx(blob: Blob, desk: Desk) -> None:
    """Tell what an ONNX model needs besides itself."""
    own = functions_of(blob, desk)
    if GRAPH_FIELD not in walk(
        Reader(blob.file, blob.size), blob.size, "model", Look(blob, desk, own), 0
    ):
        raise Unclear("is no ONNX model: it has no graph")


class Look(NamedTuple):
    """What is looked through, and the operators that the model defines itself."""

    blob: Blob
    desk: Desk
    own: frozenset[tuple[str, str]]


def functions_of(blob: Blob, desk: Desk) -> frozenset[tuple[str, str]]:
    """Return domain and name of the functions that a model brings along."""
    found = set()
    reader = Reader(blob.file, blob.size)
    for number, wire, size in fields_in(reader, blob.size, desk.budget):
        if wire == BYTES and number == FUNCTION_FIELD:
            texts = {}
            for part, kind, length in fields_in(reader, reader.at + size, desk.budget):
                if kind == BYTES and part in TEXTS["function"]:
                    texts[TEXTS["function"][part]] = text(reader, length)
            found.add((texts.get("domain", ""), texts.get("op", "")))
    return frozenset(found)


def walk(reader: Reader, end: int, message: str, look: Look, depth: int) -> set[int]:
    """Look through one message; return the numbers of the fields that it has."""
    if depth > MOST_DEPTH:
        raise Unclear("has graphs in graphs without end")
    texts: dict[str, str] = {}
    seen: set[int] = set()
    for number, wire, size in fields_in(reader, end, look.desk.budget):
        seen.add(number)
        if wire != BYTES:
            continue
        inside, name = INSIDE[message].get(number), TEXTS.get(message, {}).get(number)
        if inside:
            walk(reader, reader.at + size, inside, look, depth + 1)
        elif name:
            texts[name] = text(reader, size)
    judge(message, texts, look)
    return seen


def text(reader: Reader, size: int) -> str:
    """Return a short text."""
    if size > MOST_TEXT:
        raise Unclear("has a name of enormous length")
    return reader.take(size).decode("utf-8", errors="replace")


def judge(message: str, texts: dict[str, str], look: Look) -> None:
    """Tell what is wrong with an operator, or with where a tensor lies."""
    blob, desk, own = look
    if message == "node":
        domain, op = texts.get("domain", ""), texts.get("op", "")
        if op in CODE:
            desk.error(
                blob.path, "onnx-code", f"has the operator {shown(op)}, which runs Python"
            )
        elif domain not in DOMAINS and (domain, op) not in own:
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
