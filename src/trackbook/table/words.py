"""One value as a person wants to read it: short, on one line, and harmless."""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import singledispatch

NEVER_RAW = {"Cc", "Cf", "Cs", "Zl", "Zp"}
LONG_INT, WHOLE_FLOAT, BYTES_SHOWN, MOST_MARKS = 10**15, 10**6, 16, 3
LARGE, HUGE, BLANK, DELETE = 10**5, 10**9, 0x20, 0x7F
SIGNS = {"identical": "✓", "within tolerance": "≈", "different": "✗", "failed": "✗"}
"""What stands before the verdict on a run that was executed again, wherever it is shown."""
NO_CHARACTER = 0xFFFE  # with U+FFFF; XML may hold neither
JOINERS = "\u200c\u200d"  # Persian and emoji need them, and they move nothing


@singledispatch
def in_short(value: object) -> str:
    """Return a value in few characters: five digits, local time, `lr=0.1 depth=3`."""
    return "" if value is None else visible(str(value))


@in_short.register
def _(value: Enum) -> str:
    return in_short(value.value)


@in_short.register
def _(value: int) -> str:
    return str(value) if abs(value) < LONG_INT else f"{value:.5g}"


@in_short.register(float)
@in_short.register(Decimal)
def _(value: float) -> str:
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) < WHOLE_FLOAT:
        return f"{number:.1f}"
    if LARGE <= abs(number) < HUGE:
        return f"{number:.0f}"
    return f"{number:.5g}"


@in_short.register
def _(value: date) -> str:
    return value.isoformat()


@in_short.register
def _(value: datetime) -> str:
    local = value.astimezone() if value.tzinfo else value
    return local.strftime("%Y-%m-%d %H:%M")


@in_short.register(bytes)
@in_short.register(bytearray)
def _(value: bytes) -> str:
    return value[:BYTES_SHOWN].hex() + ("…" if len(value) > BYTES_SHOWN else "")


@in_short.register(Mapping)
def _(value: Mapping[object, object]) -> str:
    return " ".join(f"{visible(str(k))}={in_short(v)}" for k, v in value.items())


@in_short.register(list)
@in_short.register(tuple)
def _(value: list[object]) -> str:
    return "[" + ", ".join(in_short(item) for item in value) + "]"


def is_number(value: object) -> bool:
    """Return whether a value is a number that can be larger than another."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def visible(text: str) -> str:
    """Return text in which nothing can move a cursor, ring, hide or turn around.

    Control characters become their pictures (␛), those without one their code.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_picture, text))


def escaped(text: str) -> str:
    """Return text as HTML that shows just this text, also inside an attribute."""
    return html.escape(visible(text), quote=True)


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Return the text if it fits into so many columns, or its beginning and …."""
    if len(text) <= width and width_of(text) <= width:
        return text
    kept: list[str] = []
    used = marks = 0
    for char in text:
        step = _columns(char)
        # a pile of combining marks is narrow, and tall enough to cover other lines
        marks = 0 if step else marks + 1
        if marks > MOST_MARKS:
            continue
        if used + step > width - 1:
            return "".join(kept) + "…"
        kept.append(char)
        used += step
    return "".join(kept)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return the text filled with blanks to so many columns of a terminal."""
    blanks = " " * max(0, width - width_of(text))
    return blanks + text if right else text + blanks


def _picture(char: str) -> str:
    code = ord(char)
    hidden = unicodedata.category(char) in NEVER_RAW and char not in JOINERS
    if not hidden and code & 0xFFFE != NO_CHARACTER:
        return char
    if code < BLANK:
        return chr(0x2400 + code)
    return "␡" if code == DELETE else f"\\u{code:04x}"


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
