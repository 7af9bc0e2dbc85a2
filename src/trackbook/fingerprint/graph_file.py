"""An ONNX model in the bytes of its file: its large numbers are pointed at, not copied.

protobuf's own reader copies them, and so does each look at them. Here only the way to them is
read, by protobuf's encoding (protobuf.dev/programming-guides/encoding); all else is left to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE_BYTES = 64 << 10
GRAPH, INITIALIZER, RAW_DATA = 7, 5, 9
"""Numbers of fields: of a model, a graph, a tensor (onnx.proto)."""
VARINT, EIGHT_BYTES, WITH_LENGTH, FOUR_BYTES = 0, 1, 2, 5
MOST_VARINT_BYTES = 10
MOST_KEY = (1 << 32) - 1
"""A longer one is cut off by some readers and refused by others."""


class Span:
    """The numbers of a tensor, where they lie in the file."""

    __slots__ = ("start", "view")

    def __init__(self, whole: memoryview, start: int, end: int) -> None:
        self.start = start
        self.view = whole[start:end]


class GraphFile(NamedTuple):
    """An ONNX model."""

    model: Any
    """The ModelProto, without its large numbers."""
    spans: dict[int, Span]
    """Its large numbers, by the place of their tensor among the graph's initializers."""


class Part(NamedTuple):
    """One field of a message: from where to where it goes, and its content."""

    number: int
    has_length: bool
    begin: int
    start: int
    end: int


class Odd(ValueError):
    """Bytes are no message, or one that no library writes so; never leaves this file."""


def graph_in(whole: memoryview) -> GraphFile | None:
    """Return the ONNX model in a file's bytes; None where it is laid out as none is usually."""
    from onnx import ModelProto

    spans: dict[int, Span] = {}
    try:
        thin = without_numbers(whole, spans)
    except Odd:
        return None
    model = ModelProto()
    model.ParseFromString(thin)
    return GraphFile(model, spans)


def without_numbers(whole: memoryview, spans: dict[int, Span]) -> bytes:
    """Return a model's bytes without its large numbers, which are entered into `spans`."""
    thin = bytearray()
    graphs = 0
    for part in parts_of(whole, 0, len(whole)):
        if part.number != GRAPH:
            thin += whole[part.begin : part.end]
            continue
        graphs += 1
        if graphs > 1 or not part.has_length:
            raise Odd  # several are merged into one
        thin += with_length(GRAPH, thin_graph(whole, part, spans))
    return bytes(thin)


def thin_graph(whole: memoryview, graph: Part, spans: dict[int, Span]) -> bytes:
    """Return a graph's bytes without its large numbers."""
    thin = bytearray()
    count = 0
    for part in parts_of(whole, graph.start, graph.end):
        if part.number != INITIALIZER:
            thin += whole[part.begin : part.end]
            continue
        numbers = numbers_in(whole, part)
        if numbers is None:
            thin += whole[part.begin : part.end]
        else:
            spans[count] = Span(whole, numbers.start, numbers.end)
            rest = (
                bytes(whole[part.start : numbers.begin]),
                bytes(whole[numbers.end : part.end]),
            )
            thin += with_length(INITIALIZER, b"".join(rest))
        count += 1
    return bytes(thin)


def numbers_in(whole: memoryview, tensor: Part) -> Part | None:
    """Return where a tensor's numbers are, if they are many."""
    if not tensor.has_length:
        raise Odd
    found = [
        part
        for part in parts_of(whole, tensor.start, tensor.end)
        if part.number == RAW_DATA
    ]
    if len(found) > 1 or not all(part.has_length for part in found):
        raise Odd  # the last counts
    return found[0] if found and found[0].end - found[0].start >= LARGE_BYTES else None


def parts_of(whole: memoryview, start: int, end: int) -> Iterator[Part]:
    """Yield the fields of a message.

    Raises:
        Odd: it is none
    """
    while start < end:
        begin = start
        key, start = varint(whole, start, end)
        if key > MOST_KEY:
            raise Odd
        kind = key & 7
        if kind == VARINT:
            stop = varint(whole, start, end)[1]
        elif kind == WITH_LENGTH:
            length, start = varint(whole, start, end)
            stop = start + length
        elif kind in {EIGHT_BYTES, FOUR_BYTES}:
            stop = start + (8 if kind == EIGHT_BYTES else 4)
        else:
            raise Odd
        if stop > end:
            raise Odd
        yield Part(key >> 3, kind == WITH_LENGTH, begin, start, stop)
        start = stop


def varint(whole: memoryview, start: int, end: int) -> tuple[int, int]:
    """Return a number and where it ends."""
    value = 0
    for at in range(start, min(end, start + MOST_VARINT_BYTES)):
        value |= (whole[at] & 127) << 7 * (at - start)
        if whole[at] < 128:  # noqa: PLR2004  the bit that says that more follows
            return value, at + 1
    raise Odd


def with_length(number: int, content: bytes) -> bytes:
    """Return a field of a message."""
    found, left = bytearray([number << 3 | WITH_LENGTH]), len(content)
    while left > 127:  # noqa: PLR2004  see above
        found.append(left & 127 | 128)
        left >>= 7
    found.append(left)
    return bytes(found) + content
