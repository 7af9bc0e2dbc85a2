"""An object's own attributes, read without asking its class."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from trackbook.fingerprint.marks import DICT_OF, MRO_OF, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPILED = ("builtins",)


def attributes_of(
    value: Any, members: Sequence[tuple[str, Any]] | None = None
) -> dict[str, object] | None:
    """Return an object's own attributes, slots included; None for one that has none.

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
    return found if members else None


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
