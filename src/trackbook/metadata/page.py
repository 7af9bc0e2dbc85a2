"""How a described thing shows itself: as facts in a table, or as a document in JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from trackbook.table import Table, Tabular, in_short, plain, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

APART = {
    "api_schema": "as JSON Schema: --schema",
    "signature": "what goes in and comes out: --schema",
    "versions": "{}: each is in dataset_version_metadata",
    "measures": "{}: each is in model_measures, with its source",
}
"""What is told elsewhere, and where."""


class Page(Tabular):
    """A thing whose fields are facts."""

    __slots__ = ()

    def document(self) -> dict[str, Any]:
        """Return it as plain values that strict JSON can hold: times with Z, NaN as "NaN"."""
        found: dict[str, Any] = plain(unfolded(self))  # type: ignore[assignment]  # of a dict
        return found

    def json(self) -> str:
        """Return its document as JSON."""
        return json.dumps(self.document(), allow_nan=False, ensure_ascii=False, indent=1)

    def table(self) -> Table:
        """Return its facts with a row each, those within others under dotted names."""
        return Table(["fact", "value"], list(facts_of(self.document())))

    def __repr__(self) -> str:
        rows = [
            [visible(str(name)), *map(in_short, rest)] for name, *rest in self.table().rows
        ]
        width = max(len(name) for name, *_ in rows)
        return "\n".join(
            f"{name:<{width}}  {'  '.join(filter(None, rest))}".rstrip()
            for name, *rest in rows
        )

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def facts_of(said: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Yield facts with dotted names; of what is a document of its own, only that it is there."""
    for name, value in said.items():
        if not before and name in APART and value:
            yield name, APART[name].format(len(value))
        elif isinstance(value, dict) and value:
            yield from facts_of(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value if value not in ({}, []) else None


def unfolded(value: object) -> object:
    """Return objects as dicts of their fields, also those within."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: unfolded(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (list, tuple)):
        return [unfolded(one) for one in value]
    return value
