"""Python 3.11 only: a function's code with a call at its start and before each return.

Formats: Objects/locations.md, Objects/exception_handling_notes.txt of CPython 3.11.
"""

from __future__ import annotations

import opcode
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import CodeType

    Position = tuple[int | None, int | None, int | None, int | None]

JUMPS = frozenset(opcode.hasjrel)
CACHES: Sequence[int] = vars(opcode)["_inline_cache_entries"]


def spliced(
    code: CodeType,
    *,
    first: Callable[[], object] | None,
    last: Callable[[object], object],
) -> CodeType:
    """Return `code` that calls `first()` once it begins and `last(result)` as it returns.

    Names, line numbers and columns stay what they were: so do tracebacks and debuggers.
    """
    steps = list(_steps(code.co_code))
    if first is not None:
        resume = next(step for step in steps if opcode.opname[step.op] == "RESUME")
        resume.after = _units(
            ("PUSH_NULL", 0), ("LOAD_CONST", len(code.co_consts)), *_call(0)
        )
    for step in steps:
        if opcode.opname[step.op] == "RETURN_VALUE":
            loads = ("PUSH_NULL", 0), ("LOAD_CONST", len(code.co_consts) + 1), ("COPY", 3)
            step.before = _units(*loads, *_call(1))
    moved = _lay_out(steps, len(code.co_code) // 2)
    places = list(code.co_positions())
    return code.replace(
        co_code=b"".join(step.before + step.core + step.after for step in steps),
        co_consts=(*code.co_consts, first, last),
        co_stacksize=code.co_stacksize + 3,
        co_linetable=_line_table(_runs(steps, places), code.co_firstlineno),
        co_exceptiontable=_exception_table(code.co_exceptiontable, moved),
    )


@dataclass(slots=True)
class Step:
    """One instruction with its prefixes and caches; places are in units of two bytes."""

    start: int
    op: int
    core: bytes
    target: int | None
    """Of a jump."""
    before: bytes = b""
    after: bytes = b""

    @property
    def size(self) -> int:
        return (len(self.before) + len(self.core) + len(self.after)) // 2


def _steps(raw: bytes) -> Iterator[Step]:
    at = 0
    while at < len(raw) // 2:
        start, arg = at, 0
        while raw[2 * at] == opcode.EXTENDED_ARG:
            arg = (arg | raw[2 * at + 1]) << 8
            at += 1
        op = raw[2 * at]
        arg |= raw[2 * at + 1]
        at += 1 + CACHES[op]
        jumps = op in JUMPS
        core = raw[2 * start : 2 * at]
        yield Step(start, op, core, at + _sign(op) * arg if jumps else None)


def _lay_out(steps: Sequence[Step], length: int) -> dict[int, int]:
    """Set every jump's argument; return old places to new ones, the end included."""
    moved: dict[int, int] = {}
    jumps = [(step, step.target) for step in steps if step.target is not None]
    settled = False
    while not settled:  # a longer jump may need a prefix, which lengthens others
        at, settled = 0, True
        for step in steps:
            moved[step.start] = at
            at += step.size
        moved[length] = at
        for step, target in jumps:
            end = moved[step.start] + step.size
            arg = _sign(step.op) * (moved[target] - end)
            core = _units((opcode.opname[step.op], arg))
            settled = settled and core == step.core
            step.core = core
    return moved


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


def _sign(op: int) -> int:
    return -1 if "BACKWARD" in opcode.opname[op] else 1


def _runs(
    steps: Sequence[Step], places: Sequence[Position]
) -> Iterator[tuple[int, Position]]:
    for step in steps:
        yield (len(step.before) + len(step.core)) // 2, places[step.start]
        if step.after:  # without a line, or a debugger would stop at the `def`
            yield len(step.after) // 2, (None, None, None, None)


def _line_table(runs: Iterable[tuple[int, Position]], line_before: int) -> bytes:
    out = bytearray()
    for position, group in groupby(runs, key=lambda run: run[1]):
        left = sum(size for size, _ in group)
        line, end_line, column, end_column = position
        while left:
            units = min(left, 8)
            left -= units
            if line is None:
                out.append(0x80 | 15 << 3 | units - 1)
                continue
            delta, line_before = line - line_before, line
            signed = -delta << 1 | 1 if delta < 0 else delta << 1
            if end_line is None or column is None or end_column is None:
                out.append(0x80 | 13 << 3 | units - 1)
                out += _low_first(signed)
                continue
            out.append(0x80 | 14 << 3 | units - 1)
            for number in (signed, end_line - line, column + 1, end_column + 1):
                out += _low_first(number)
    return bytes(out)


def _low_first(number: int) -> bytes:
    out = bytearray()
    while number >> 6:
        out.append(number & 63 | 64)
        number >>= 6
    out.append(number)
    return bytes(out)


def _exception_table(table: bytes, moved: dict[int, int]) -> bytes:
    numbers = _high_first(table)
    out = bytearray()
    for start, length, target, depth in zip(
        numbers, numbers, numbers, numbers, strict=True
    ):
        begin = moved[start]
        entry = bytearray()
        for number in (begin, moved[start + length] - begin, moved[target], depth):
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
