"""An ONNX model in the bytes of its file: its large numbers are pointed at, not copied.

protobuf's own reader copies them, and so does each look at them. Here only the way to them is
read, by protobuf's encoding (protobuf.dev/programming-guides/encoding); all else is left to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Piece = bytes | memoryview
    Change = Callable[[int, "Part"], list[Piece]]
    """What comes in place of a tensor's numbers, by its place in the graph."""

LARGE_BYTES = 64 << 10
GRAPH, INITIALIZER, RAW_DATA = 7, 5, 9
"""Numbers of fields: of a model, a graph, a tensor (onnx.proto)."""
VARINT, EIGHT_BYTES, WITH_LENGTH, FOUR_BYTES = 0, 1, 2, 5
MOST_VARINT_BYTES = 10
MOST_KEY = (1 << 32) - 1
"""A longer one is cut off by some readers and refused by others."""


class Span:
    """The numbers of a tensor, where they lie in the file or in memory."""

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

    def thinned(at: int, numbers: Part) -> list[Piece]:
        if numbers.end - numbers.start < LARGE_BYTES:
            return [whole[numbers.begin : numbers.end]]
        spans[at] = Span(whole, numbers.start, numbers.end)
        return []

    try:
        thin = b"".join(rewritten(whole, thinned))
    except Odd:
        return None
    model = ModelProto()
    model.ParseFromString(thin)
    return GraphFile(model, spans)


def graph_pieces(model: Any) -> tuple[GraphFile, list[Piece]]:
    """Return an ONNX model in memory, and the bytes of its file in pieces.

    They are the bytes that it serialises to, by itself, with one copy more of its numbers. Its
    large numbers are some of the pieces, to which the model returned points.
    """
    numbers: dict[int, bytes] = {}
    thin = without_numbers(model, numbers)
    if thin is None or not numbers:
        return GraphFile(model, {}), [model.SerializeToString(deterministic=True)]

    def filled(at: int, mark: Part) -> list[Piece]:
        kept = memoryview(whole)[mark.begin : mark.end]
        return field_of(RAW_DATA, [numbers[at]]) if at in numbers else [kept]

    whole = thin.SerializeToString(deterministic=True)
    for at in numbers:
        thin.graph.initializer[at].ClearField("raw_data")
    spans = {at: Span(memoryview(one), 0, len(one)) for at, one in numbers.items()}
    return GraphFile(thin, spans), rewritten(memoryview(whole), filled)


def without_numbers(model: Any, numbers: dict[int, bytes]) -> Any:
    """Return a model like another, with a mark for each of its large numbers.

    These are entered by the place of their tensor. None where the model has parts that this
    release of onnx has no names for: they would be lost.
    """
    thin = type(model)()
    known = added(thin, model, but="graph") and added(
        thin.graph, model.graph, "initializer"
    )
    for at, tensor in enumerate(model.graph.initializer if known else ()):
        given = tensor.raw_data
        if len(given) < LARGE_BYTES:
            thin.graph.initializer.add().CopyFrom(tensor)
            continue
        numbers[at] = given
        like = thin.graph.initializer.add(raw_data=b"mark")
        known = known and added(like, tensor, but="raw_data")
    return thin if known else None


def added(target: Any, source: Any, but: str) -> bool:
    """Add all but one field of a message to another; tell whether there is nothing else."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    for field in source.DESCRIPTOR.fields:
        if field.name == but:  # not even looked at: that would be a copy of it
            continue
        value = getattr(source, field.name)
        is_list = hasattr(value, "MergeFrom") and not hasattr(value, "SetInParent")
        if is_list:
            getattr(target, field.name).MergeFrom(value)
        elif source.HasField(field.name) and hasattr(value, "SetInParent"):
            getattr(target, field.name).CopyFrom(value)
            getattr(target, field.name).SetInParent()  # though it may be empty
        elif source.HasField(field.name):
            setattr(target, field.name, value)
    return len(UnknownFieldSet(source)) == 0


def rewritten(whole: memoryview, change: Change) -> list[Piece]:
    """Return a model's bytes in pieces, other ones in place of the numbers of its tensors.

    Raises:
        Odd: it is no model, or one that no library writes so
    """
    pieces: list[Piece] = []
    graphs = 0
    for part in parts_of(whole, 0, len(whole)):
        if part.number != GRAPH:
            pieces.append(whole[part.begin : part.end])
            continue
        graphs += 1
        if graphs > 1 or not part.has_length:
            raise Odd  # several are merged into one
        pieces += field_of(GRAPH, rewritten_graph(whole, part, change))
    return pieces


def rewritten_graph(whole: memoryview, graph: Part, change: Change) -> list[Piece]:
    """Return a graph's bytes in pieces."""
    pieces: list[Piece] = []
    count = 0
    for part in parts_of(whole, graph.start, graph.end):
        if part.number != INITIALIZER:
            pieces.append(whole[part.begin : part.end])
            continue
        if not part.has_length:
            raise Odd
        pieces += field_of(INITIALIZER, rewritten_tensor(whole, part, count, change))
        count += 1
    return pieces


def rewritten_tensor(
    whole: memoryview, tensor: Part, at: int, change: Change
) -> list[Piece]:
    """Return a tensor's bytes in pieces."""
    pieces: list[Piece] = []
    seen = 0
    for part in parts_of(whole, tensor.start, tensor.end):
        if part.number != RAW_DATA:
            pieces.append(whole[part.begin : part.end])
            continue
        seen += 1
        if seen > 1 or not part.has_length:
            raise Odd  # the last counts
        pieces += change(at, part)
    return pieces


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


def field_of(number: int, content: list[Piece]) -> list[Piece]:
    """Return a field of a message in pieces."""
    head, left = bytearray([number << 3 | WITH_LENGTH]), sum(map(len, content))
    while left > 127:  # noqa: PLR2004  see above
        head.append(left & 127 | 128)
        left >>= 7
    head.append(left)
    return [bytes(head), *content]
