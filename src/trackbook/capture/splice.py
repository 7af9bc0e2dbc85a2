"""Python 3.11 only: a function's code with a call at its start and before each return.

A library's import makes hundreds of such functions at once, so only what changes is taken apart:
the jumps, and the lines of the tables in which something is put.

Formats: Objects/locations.md, Objects/exception_handling_notes.txt of CPython 3.11.
"""

from __future__ import annotations

import opcode
import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import CodeType

CACHES: Sequence[int] = vars(opcode)["_inline_cache_entries"]
RESUME, RETURN, WIDER, DELETE = (
    opcode.opmap[name] for name in ("RESUME", "RETURN_VALUE", "EXTENDED_ARG", "DELETE_FAST")
)
BACKWARD = frozenset(op for name, op in opcode.opmap.items() if "BACKWARD" in name)


def _one_of(ops: Iterable[int]) -> bytes:
    """Return a pattern of instructions, each with its prefixes and caches."""
    by_caches: dict[int, bytes] = {}
    for op in ops:
        by_caches[CACHES[op]] = by_caches.get(CACHES[op], b"") + b"\\x%02x" % op
    found = [b"[%s].{%d}" % (of, 1 + 2 * count) for count, of in by_caches.items()]
    return b"(?:\\x%02x.)*(?:%s)" % (WIDER, b"|".join(found))


_APART = {RESUME, RETURN, WIDER, *opcode.hasjrel}
_PLAIN = _one_of(op for op in range(256) if op not in _APART)
PLACES = re.compile(
    b"(?:%s)*+(?:(%s)|([\\x%02x\\x%02x].)|\\Z)"
    % (_PLAIN, _one_of(opcode.hasjrel), RESUME, RETURN),
    re.DOTALL,
)
"""Instructions that stay as they are, then a jump (1), a start or a return (2), or the end."""
ENTRIES = re.compile(rb"[\x80-\xff][\x00-\x7f]*")
"""One entry of a line table."""
LONGEST = 8
"""So many units one entry holds."""
FURTHER, FURTHEST, NO_COLUMN, LONG, NOWHERE = 10, 12, 13, 14, 15
"""Codes of entries: 0 to 2 lines further on one line; a line alone; all there is; no line."""


class Jump(NamedTuple):
    """A jump; places are in units of two bytes."""

    start: int
    end: int
    op: int
    target: int


def spliced(
    code: CodeType,
    *,
    first: Callable[[], object] | None,
    last: Callable[..., object],
    hearer: object,
    argument: int | None = None,
) -> CodeType:
    """Return `code` that calls `first()` once it begins and `last(result)` as it returns.

    Names, line numbers and columns stay what they were: so do tracebacks and debuggers.

    Args:
        code: a function's
        first: if given; named functions, for a pickle of the code
        last: of the result; or where an argument is given of the hearer, of it and of the result
        hearer: `last` is called while this is true; it has a hash, as code has one
        argument: its place among the variables
    """
    raw, constants = code.co_code, len(code.co_consts)
    begin = _units(("PUSH_NULL", 0), ("LOAD_CONST", constants), *_call(0))
    end, depth = _ending(constants + 1, constants + 2, argument)
    jumps: list[Jump] = []
    put: dict[int, bytes] = {}
    """What is inserted, by the place of the return before which, or of the start after which."""
    started = None
    for match in PLACES.finditer(raw):
        if match.lastindex == 1:
            jumps.append(_jump(match.start(1) // 2, match[1]))
        elif match.lastindex and match[2][0] == RETURN:
            put[match.start(2) // 2] = end
        elif match.lastindex and first is not None and started is None:
            started = match.start(2) // 2
            put[started] = begin
    moved, new = _lay_out(jumps, {place: len(what) // 2 for place, what in put.items()})
    for place, what in put.items():
        own = raw[2 * place : 2 * place + 2]
        new[place] = own + what if place == started else what + own
    return code.replace(
        co_code=_assembled(raw, new, {jump.start: jump.end for jump in jumps}),
        co_consts=(*code.co_consts, first, last, hearer),
        co_stacksize=code.co_stacksize + depth,
        co_linetable=_line_table(code.co_linetable, moved, started, len(begin) // 2),
        co_exceptiontable=_exception_table(code.co_exceptiontable, moved),
    )


def _ending(last: int, hearer: int, argument: int | None) -> tuple[bytes, int]:
    """Return a call of the constant `last` before a return, and how many places it needs."""
    loads = [("PUSH_NULL", 0), ("LOAD_CONST", last)]
    if argument is not None:
        loads += [("LOAD_CONST", hearer), ("LOAD_FAST", argument)]
    given = 1 if argument is None else 3
    call = _units(*loads, ("COPY", len(loads) + 1), *_call(given))
    asks = _units(("LOAD_CONST", hearer), ("POP_JUMP_FORWARD_IF_FALSE", len(call) // 2))
    return asks + call, len(loads) + 1


def argument_at(code: CodeType, name: str) -> int | None:
    """Return an argument's place among the variables; None where it may not be there at the end."""
    count = code.co_argcount + code.co_kwonlyargcount
    if name not in code.co_varnames[:count] or name in code.co_cellvars:
        return None
    return None if DELETE in code.co_code[::2] else code.co_varnames.index(name)


def _jump(start: int, raw: bytes) -> Jump:
    op, arg, end = raw[-2], 0, start + len(raw) // 2
    for byte in raw[1::2]:
        arg = arg << 8 | byte
    return Jump(start, end, op, end + (-arg if op in BACKWARD else arg))


class Moved:
    """Where an old place is now, in units of two bytes."""

    def __init__(self, grown: Mapping[int, int]) -> None:
        """Say by how much the code grows at which places."""
        self.places = sorted(grown)
        self._by = [0, *accumulate(grown[place] for place in self.places)]

    def __call__(self, place: int) -> int:
        """Return where what began at an old place now begins."""
        return place + self._by[bisect_left(self.places, place)]

    def size(self, start: int, end: int) -> int:
        """Return how long the code between two old places is now."""
        return self(end) - self(start)


def _lay_out(
    jumps: Iterable[Jump], grown: dict[int, int]
) -> tuple[Moved, dict[int, bytes]]:
    """Return where everything comes to stand, and every jump's new instruction by its place."""
    while True:  # a longer jump may need a prefix, which lengthens others
        moved, new, settled = Moved(grown), {}, True
        for jump in jumps:
            size = jump.end - jump.start + grown.get(jump.start, 0)
            away = moved(jump.target) - moved(jump.start) - size
            arg = -away if jump.op in BACKWARD else away
            new[jump.start] = _units((opcode.opname[jump.op], arg))
            if len(new[jump.start]) // 2 != size:
                grown[jump.start] = len(new[jump.start]) // 2 - (jump.end - jump.start)
                settled = False
        if settled:
            return moved, new


def _assembled(raw: bytes, new: Mapping[int, bytes], ends: Mapping[int, int]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for place in sorted(new):
        parts += raw[2 * at : 2 * place], new[place]
        at = ends.get(place, place + 1)
    return b"".join((*parts, raw[2 * at :]))


def _call(count: int) -> tuple[tuple[str, int], ...]:
    return ("PRECALL", count), ("CALL", count), ("POP_TOP", 0)


def _units(*parts: tuple[str, int]) -> bytes:
    out = bytearray()
    for name, arg in parts:
        for shift in (24, 16, 8):
            if arg >> shift:
                out += bytes((opcode.EXTENDED_ARG, arg >> shift & 255))
        op = opcode.opmap[name]
        out += bytes((op, arg & 255)) + bytes(2 * CACHES[op])
    return bytes(out)


def _line_table(table: bytes, moved: Moved, started: int | None, begun: int) -> bytes:
    """Return a line table in which each entry is as long as its code is now.

    Args:
        table: the old one
        moved: where its places are now
        started: place of the instruction after which the call at the start stands
        begun: length of that call, which has no line, or a debugger would stop at the `def`
    """
    places = iter((*moved.places, len(table) * LONGEST))  # no code is longer
    out, at, grown = [], 0, next(places)
    for entry in ENTRIES.findall(table):
        start, at = at, at + (entry[0] & 7) + 1
        if at <= grown:
            out.append(entry)
        elif grown == started:
            out.append(_entry(entry, started + 1 - start))
            out.append(_entry(bytes((128 | NOWHERE << 3,)), begun))
            if at > started + 1:
                out.append(_entry(_same_line(entry), moved.size(started + 1, at)))
        else:
            out.append(_entry(entry, moved.size(start, at)))
        while grown < at:
            grown = next(places)
    return b"".join(out)


def _entry(entry: bytes, units: int) -> bytes:
    """Return a line table's entry for another number of units, of which one holds so many."""
    head, rest = entry[0] & 0xF8, _same_line(entry) if units > LONGEST else b""
    out = bytes((head | min(units, LONGEST) - 1,)) + entry[1:]
    for left in range(units - LONGEST, 0, -LONGEST):
        out += bytes((head & 0x80 | rest[0] & 0x78 | min(left, LONGEST) - 1,)) + rest[1:]
    return out


def _same_line(entry: bytes) -> bytes:
    """Return the entry that says the same place once more, right after it."""
    kind = entry[0] >> 3 & 15
    if FURTHER <= kind <= FURTHEST:  # so many lines further, on one line
        return bytes((entry[0] & 0x87 | FURTHER << 3,)) + entry[1:]
    if kind in (NO_COLUMN, LONG):  # lines further as the first number
        number = next(at for at in range(1, len(entry)) if not entry[at] & 64)
        return entry[:1] + b"\0" + entry[number + 1 :]
    return entry


def _exception_table(table: bytes, moved: Moved) -> bytes:
    numbers = _high_first(table)
    out = bytearray()
    for start, length, target, depth in zip(
        numbers, numbers, numbers, numbers, strict=True
    ):
        entry = bytearray()
        for number in (
            moved(start),
            moved.size(start, start + length),
            moved(target),
            depth,
        ):
            shifts = [shift for shift in (24, 18, 12, 6) if number >> shift]
            entry += bytes(number >> shift & 63 | 64 for shift in shifts)
            entry.append(number & 63)
        entry[0] |= 128
        out += entry
    return bytes(out)


def _high_first(table: bytes) -> Iterator[int]:
    number = 0
    for byte in table:
        number = number << 6 | byte & 63
        if not byte & 64:
            yield number
            number = 0
