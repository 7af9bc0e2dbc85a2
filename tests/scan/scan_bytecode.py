"""Writes pickles by hand, as no pickler would, for the scanner to judge. Nothing here is loaded."""

from __future__ import annotations

import pickle
import struct

MARK, STOP, REDUCE, TUPLE1 = b"(", b".", b"R", b"\x85"


def text(words):
    raw = words.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def short(words):
    raw = words.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def named(module, name):
    return b"c" + f"{module}\n{name}\n".encode()


def stacked(module, name):
    return short(module) + short(name) + b"\x93"


def call(module, name, *args):
    """Return the opcodes of a call with texts, without PROTO and STOP."""
    return named(module, name) + MARK + b"".join(text(a) for a in args) + b"t" + REDUCE


def pickled(*parts, proto=2):
    return b"\x80" + bytes([proto]) + b"".join(parts) + STOP


class Harm:
    """What the picklers of the standard library write of an attack."""

    def __init__(self, does, *args):
        self.does, self.args = does, args

    def __reduce__(self):
        return self.does, self.args


def dumped(does, *args, proto=4):
    return pickle.dumps({"weights": [1.0, 2.0], "model": Harm(does, *args)}, proto)


def varint(number):
    found = b""
    while number > 0x7F:
        found, number = found + bytes([number & 0x7F | 0x80]), number >> 7
    return found + bytes([number])


def field(number, value):
    """Return one field of protobuf: bytes or texts behind their length, or a whole number."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def onnx(*nodes, tensors=(), functions=b""):
    graph = b"".join(field(1, n) for n in nodes) + b"".join(field(5, t) for t in tensors)
    return (
        field(1, 8)
        + field(2, "pytorch")
        + field(7, graph)
        + functions
        + field(8, field(2, 17))
    )


def node(op, domain="", attribute=b""):
    found = field(1, "x") + field(2, "y") + field(4, op) + field(7, domain)
    return found + (field(5, attribute) if attribute else b"")


def gguf(*pairs, tensors=0):
    values = b"".join(
        struct.pack("<Q", len(k)) + k.encode() + struct.pack("<IQ", 8, len(v)) + v.encode()
        for k, v in pairs
    )
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, len(pairs)) + values


def safetensors(header, data=b""):
    raw = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(raw)) + raw + data
