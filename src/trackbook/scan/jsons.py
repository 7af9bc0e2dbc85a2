"""Reads JSON within limits, with names that stand twice told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.scan.limits import Budget


NODES_A_LOOK = 1024


def json_of(raw: bytes | str, *, strict: bool = False) -> object:
    """Return what a JSON text holds; strict refuses a name that stands twice in one object."""
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        return json.loads(text, object_pairs_hook=once if strict else None)
    except (ValueError, RecursionError):
        raise Unclear("is no JSON that can be read") from None


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of which every name stands once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unclear(
            "has a name twice in one JSON object: readers differ in which they take"
        )
    return found


def objects_in(value: object, budget: Budget) -> Iterator[dict[str, object]]:
    """Yield every JSON object, at any depth."""
    stack = [value]
    count = 0
    while stack:
        count += 1
        if not count % NODES_A_LOOK:
            budget.spend(NODES_A_LOOK)
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
