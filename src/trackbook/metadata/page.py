"""How a described thing shows itself: as facts in a table, or as a document in JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from trackbook.table import Table, Tabular, plain


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
        """Return its document with a row for each fact."""
        return Table(["fact", "value"], list(self.document().items()))

    def __repr__(self) -> str:
        return self.table().text(limit=None)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def unfolded(value: object) -> object:
    """Return objects as dicts of their fields, also those within."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: unfolded(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, (list, tuple)):
        return [unfolded(one) for one in value]
    return value
