"""Plain values as YAML, for the few files that other tools want in it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

INDENT = "  "


def yaml_of(value: Mapping[str, object]) -> str:
    """Return a mapping of plain values as YAML; texts are always quoted, so none is misread."""
    return "\n".join(lines_of(value)) + "\n"


def lines_of(value: object) -> list[str]:
    """Return the lines of a mapping or a list, without indentation."""
    found: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            head = str(key) if str(key).isidentifier() else quoted(str(key))
            found += under(f"{head}:", item)
    elif isinstance(value, Sequence):
        for item in value:
            inner = lines_of(item) if is_nested(item) else [scalar(item)]
            found += [f"- {inner[0]}", *(f"{INDENT}{line}" for line in inner[1:])]
    return found


def under(head: str, item: object) -> list[str]:
    """Return a key with its value, on its line or below it."""
    if is_nested(item):
        return [head, *(f"{INDENT}{line}" for line in lines_of(item))]
    return [f"{head} {scalar(item)}"]


def is_nested(value: object) -> bool:
    """Tell whether a value has lines of its own."""
    return isinstance(value, Mapping | list | tuple) and bool(value)


def scalar(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return "[]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return json.dumps(value)


def quoted(text: str) -> str:
    """Return a text in quotes; whatever could break a line or is not shown is escaped."""
    inner = "".join(c if c.isprintable() and c not in '"\\' else escaped(c) for c in text)
    return f'"{inner}"'


def escaped(letter: str) -> str:
    """Return a character as YAML writes one that cannot stand by itself."""
    if letter in '"\\':
        return "\\" + letter
    code = ord(letter)
    if code > 0xFFFF:  # noqa: PLR2004  what four hex digits hold
        return f"\\U{code:08X}"
    return f"\\u{code:04X}"
