"""Reads the argument of each opcode of a pickle, as far as a name could be made from it.

The opcodes are those of `pickletools`; unlike `genops` no large value is held in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.reader import Reader


class Opaque:
    """A value that no name can be made from: numbers with a point, bytes, long texts."""

    __slots__ = ()


OPAQUE = Opaque()
MOST_TEXT = 4096
MOST_INT_BYTES = 16


def text(count: int) -> Callable[[Reader], object]:
    """Return what reads a text behind a length of so many bytes."""

    def read(reader: Reader) -> object:
        size = reader.number(count)
        if size > MOST_TEXT:
            reader.skip(size)
            return OPAQUE
        return decoded(reader.take(size), "utf-8")

    return read


def decoded(raw: bytes, how: str) -> object:
    """Return bytes as text, or an opaque value where they are none."""
    try:
        # Unpickled texts may hold lone surrogates; names with them exist nowhere.
        return raw.decode(how)
    except UnicodeDecodeError:
        return OPAQUE


def blob(count: int, *, signed: bool = False) -> Callable[[Reader], object]:
    """Return what passes over bytes behind a length of so many bytes."""

    def read(reader: Reader) -> object:
        reader.skip(reader.number(count, signed=signed))
        return OPAQUE

    return read


def old_text(count: int, *, signed: bool = False) -> Callable[[Reader], object]:
    """Return what reads a text of Python 2, which is bytes unless it is plain ASCII."""

    def read(reader: Reader) -> object:
        size = reader.number(count, signed=signed)
        if not 0 <= size <= MOST_TEXT:
            reader.skip(size)
            return OPAQUE
        return decoded(reader.take(size), "ascii")

    return read


def fixed(count: int, *, signed: bool = False) -> Callable[[Reader], object]:
    """Return what reads a whole number of so many bytes."""
    return lambda reader: reader.number(count, signed=signed)


def long_number(count: int) -> Callable[[Reader], object]:
    """Return what reads a whole number behind its length."""

    def read(reader: Reader) -> object:
        size = reader.number(count, signed=count > 1)
        if size > MOST_INT_BYTES:
            reader.skip(size)
            return OPAQUE
        if size < 0:
            raise Unclear("has a number of negative length")
        return reader.number(size, signed=True)

    return read


def float8(reader: Reader) -> object:
    """Pass over a float."""
    reader.skip(8)
    return OPAQUE


def number_line(reader: Reader) -> object:
    """Return a whole number that is written out, or a truth value."""
    raw = reader.line().rstrip(b"L")
    if raw in {b"00", b"01"}:
        return raw == b"01"
    try:
        return int(raw) if len(raw) <= MOST_INT_BYTES else OPAQUE
    except ValueError:
        raise Unclear("has a number that is none") from None


def text_line(reader: Reader) -> object:
    """Return a text that is written out with escapes."""
    raw = reader.line()
    return decoded(raw, "raw-unicode-escape") if len(raw) <= MOST_TEXT else OPAQUE


def quoted_line(reader: Reader) -> object:
    """Return a text of Python 2 in quotes; one with escapes is opaque."""
    raw = reader.line().strip()
    if len(raw) < 2 or raw[:1] != raw[-1:] or raw[:1] not in b"'\"":  # noqa: PLR2004  quotes
        raise Unclear("has a text without its quotes")
    return OPAQUE if b"\\" in raw else decoded(raw[1:-1], "ascii")


def plain_line(reader: Reader) -> object:
    """Pass over a line."""
    reader.line()
    return OPAQUE


def name_lines(reader: Reader) -> object:
    """Return a module and a name, each on its line."""
    try:
        return reader.line().decode("utf-8"), reader.line().decode("utf-8")
    except UnicodeDecodeError:
        raise Unclear("names something that is no text") from None


ARGUMENTS: dict[int, Callable[[Reader], object]] = {
    ord("I"): number_line, ord("J"): fixed(4, signed=True), ord("K"): fixed(1),
    ord("M"): fixed(2), ord("L"): number_line, 0x8A: long_number(1), 0x8B: long_number(4),
    ord("S"): quoted_line, ord("T"): old_text(4, signed=True), ord("U"): old_text(1),
    ord("B"): blob(4), ord("C"): blob(1), 0x8E: blob(8), 0x96: blob(8),
    ord("V"): text_line, ord("X"): text(4), 0x8C: text(1), 0x8D: text(8),
    ord("F"): plain_line, ord("G"): float8,
    ord("g"): number_line, ord("h"): fixed(1), ord("j"): fixed(4),
    ord("p"): number_line, ord("q"): fixed(1), ord("r"): fixed(4),
    ord("c"): name_lines, ord("i"): name_lines,
    0x82: fixed(1), 0x83: fixed(2), 0x84: fixed(4, signed=True),
    0x80: fixed(1), 0x95: fixed(8), ord("P"): plain_line,
}  # fmt: skip
"""What reads the argument of an opcode; the others have none."""
