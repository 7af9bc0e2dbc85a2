"""Params as a target declares them, and the values it is given: typed and checked."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

YES = {"true": True, "yes": True, "on": True, "1": True}
NO = {"false": False, "no": False, "off": False, "0": False}
WORDS = YES | NO


class Typed(str):
    """A value as somebody typed it: its type is still to be found out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One param of a target."""

    name: str
    type: str = "any"
    """string, int, float, bool, path, uri, list, dict; any where nobody said."""
    default: object = None
    is_required: bool = False
    choices: Sequence[object] = ()


def checked(
    declared: Sequence[Declared],
    given: Mapping[str, object],
    *,
    of: str,
    folder: Path,
    is_open: bool = False,
) -> dict[str, object]:
    """Return the values of a target's params, defaults included, in the declared order.

    Args:
        declared: what the target takes
        given: what somebody chose
        of: what to call the target in an error
        folder: from which relative paths count
        is_open: names that are not declared are handed over as well

    Raises:
        NotFound: a name is not one of the target's
        Misused: a value is of another type, or a required one is missing
    """
    known = {one.name: one for one in declared}
    for name in given:
        if name not in known and not is_open:
            listed = ", ".join(known) or "none"
            raise NotFound.named(
                "param", name, known=known, see=f"{of} takes {listed[:300]}"
            )
    missing = [one.name for one in declared if one.is_required and one.name not in given]
    if missing:
        raise Misused(f"{of} needs {' and '.join(missing)}: give -P {missing[0]}=VALUE")
    values = {
        one.name: valued(one, given[one.name], folder) if one.name in given else one.default
        for one in declared
    }
    rest = (name for name in given if name not in known)
    return values | {n: valued(Declared(name=n), given[n], folder) for n in rest}


def valued(declared: Declared, value: object, folder: Path) -> object:
    """Return a value of the declared type, or say that it cannot be one."""
    if isinstance(value, str) and "\0" in value:
        raise Misused(f"param {declared.name!r} holds a NUL, which no process can be given")
    value = plain(value)
    if value is None and declared.default is None and not declared.is_required:
        return None
    found = MAKERS[declared.type](declared, value, folder)
    if declared.choices and found not in declared.choices:
        can_be = ", ".join(map(str, declared.choices))
        raise Misused(f"param {declared.name!r} is {brief(value)}: it can be {can_be}")
    return found


def plain(value: object) -> object:
    """Return numpy's numbers as Python's: a search may have drawn them."""
    if type(value).__module__ == "numpy" and callable(item := getattr(value, "item", None)):
        return item() if getattr(value, "shape", None) == () else value
    return value


def any_of(_declared: Declared, value: object, _folder: Path) -> object:
    """Return a typed text as what it looks like, as papermill's -p does; else the value."""
    if not isinstance(value, Typed):
        return value
    text = str(value)
    if text in ("True", "False", "true", "false"):
        return text.lower() == "true"
    if text in ("None", "null"):
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return structured(text) if text[:1] in ("[", "{") else text


def structured(text: str) -> object:
    """Return a list or dict in JSON; the text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def string_of(declared: Declared, value: object, _folder: Path) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise wrong(declared, value, "a text")
    return str(value)


def int_of(declared: Declared, value: object, _folder: Path) -> int | float:
    """Return a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Typed):
        try:
            return int(value)
        except ValueError:
            pass
    raise wrong(declared, value, "a whole number")


def float_of(declared: Declared, value: object, _folder: Path) -> float:
    """Return a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, Typed):
        try:
            return float(value)
        except ValueError:
            pass
    raise wrong(declared, value, "a number")


def number_of(declared: Declared, value: object, folder: Path) -> int | float:
    """Return a number, whole where it looks so: the default `lr = 1` does not forbid 0.5."""
    try:
        return int_of(declared, value, folder)
    except Misused:
        return float_of(declared, value, folder)


def bool_of(declared: Declared, value: object, _folder: Path) -> bool:
    """Return yes or no."""
    if isinstance(value, bool):
        return value
    found = WORDS.get(value.strip().lower()) if isinstance(value, Typed) else None
    if found is None:
        raise wrong(declared, value, "true or false")
    return found


def list_of(declared: Declared, value: object, _folder: Path) -> list[object]:
    """Return a list."""
    found = structured(value) if isinstance(value, Typed) else value
    if isinstance(found, tuple):
        found = list(found)
    if not isinstance(found, list):
        raise wrong(declared, value, "a list, in JSON: [1, 2]")
    return found


def dict_of(declared: Declared, value: object, _folder: Path) -> dict[str, object]:
    """Return a dict."""
    found = structured(value) if isinstance(value, Typed) else value
    if not isinstance(found, dict):
        raise wrong(declared, value, 'a dict, in JSON: {"a": 1}')
    return found


def path_of(declared: Declared, value: object, folder: Path) -> str:
    """Return the whole path of a file or folder that is there."""
    text = string_of(
        declared, os.fspath(value) if isinstance(value, Path) else value, folder
    )
    if is_remote(text):
        raise Misused(
            f"param {declared.name!r} is a path, and {text[:120]!r} is not on this machine:"
            " nothing is fetched; download it, or declare the param as a uri"
        )
    text = text.removeprefix("file://")
    path = Path(text).expanduser()
    whole = path if path.is_absolute() else folder / path
    if not text or not whole.exists():
        raise NotFound(f"param {declared.name!r}: no file or folder {text[:200]!r}")
    return str(whole.resolve())


def uri_of(declared: Declared, value: object, folder: Path) -> str:
    """Return an address as it is; nothing is fetched from it."""
    text = string_of(declared, value, folder)
    if not urlsplit(text).scheme:
        raise wrong(declared, value, "an address such as s3://bucket/key")
    return text


def is_remote(text: str) -> bool:
    """Tell whether a text is an address of somewhere else."""
    return "://" in text and urlsplit(text).scheme not in ("", "file")


def wrong(declared: Declared, value: object, must_be: str) -> Misused:
    """Return the error for a value of another type."""
    return Misused(f"param {declared.name!r} is {brief(value)}: it must be {must_be}")


def brief(value: object) -> str:
    """Return a value as an error shows it."""
    shown = repr(str(value) if isinstance(value, Typed) else value)
    return shown if len(shown) <= 100 else f"{shown[:100]}…"  # noqa: PLR2004


Maker = "Callable[[Declared, object, Path], object]"
MAKERS: Mapping[str, Callable[[Declared, object, Path], object]] = {
    "any": any_of,
    "string": string_of,
    "str": string_of,
    "int": int_of,
    "number": number_of,
    "float": float_of,
    "bool": bool_of,
    "list": list_of,
    "dict": dict_of,
    "path": path_of,
    "uri": uri_of,
}
