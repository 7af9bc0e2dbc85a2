"""An object's own attributes, read without asking its class."""

from __future__ import annotations

import types
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from trackbook.fingerprint.marks import DICT_OF, MRO_OF, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPILED = ("builtins",)


def attributes_of(
    value: Any, members: Sequence[tuple[str, Any]] | None = None
) -> dict[str, object] | None:
    """Return an object's own attributes, slots included; None for one that has none.

    A method of its class that was set as an attribute, as some libraries leave behind, is none.

    Args:
        value: the object
        members: those of its class, where they are known
    """
    found: dict[str, object] = {}
    if members is None:
        members = members_of(type(value))
    for name, member in members:
        if not name:
            own = member.__get__(value)
            found |= own if type(own) is dict else {}
            continue
        try:
            found[name] = member.__get__(value)
        except AttributeError:
            continue
    for name in [name for name, one in found.items() if type(one) is types.MethodType]:
        if is_own_method(value, name, found[name]):
            del found[name]
    return found if members else None


def is_own_method(value: Any, name: str, method: Any) -> bool:
    """Tell whether a method is an object's own, kept by its own name: that says nothing."""
    return method.__self__ is value and method.__func__ is next(
        (DICT_OF(base)[name] for base in MRO_OF(type(value)) if name in DICT_OF(base)), None
    )


def takes_time(name: str) -> bool:
    """Tell whether an attribute says how long something took."""
    words = name.lower().strip("_").split("_")
    return "time" in words or "times" in words or words[-1] in ("duration", "elapsed")


attribute_takes_time = lru_cache(maxsize=4_096)(takes_time)
"""For names of attributes, which are few: keys of mappings may be a vocabulary, and long."""


def is_lent(kind: type, name: str) -> bool:
    """Tell whether an attribute is an object's only for a time: what trains a Lightning model.

    Lightning leaves it out of what it pickles; it knows a training's folders, loaders and times.
    """
    return name == "_trainer" and any(
        base_name == "LightningModule" and "lightning" in module.partition(".")[0]
        for module, base_name in map(place_of, MRO_OF(kind))
    )


def members_of(kind: type) -> list[tuple[str, Any]]:
    """Return by what an object of a class gives its slots, and without a name its dict."""
    found: list[tuple[str, Any]] = []
    for base in MRO_OF(kind):
        inside = DICT_OF(base)
        descriptor = inside.get("__dict__")
        if type(descriptor) is types.GetSetDescriptorType:
            found.append(("", descriptor))
        if place_of(base)[0].partition(".")[0] not in COMPILED:
            found += [
                (name, member)
                for name, member in list(inside.items())
                if type(member) is types.MemberDescriptorType
            ]
    return found
