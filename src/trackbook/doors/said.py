"""An answer that begins with a sentence and goes on with rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Said(Tabular):
    """A sentence on what was done or found, and the rows that belong to it."""

    def __init__(
        self, headline: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        self.headline = headline
        self._table = Table(list(columns), [tuple(row) for row in rows])

    def table(self) -> Table:
        """Return the rows."""
        return self._table

    def __repr__(self) -> str:
        return f"{visible(self.headline)}\n{self._table!r}"

    def _repr_html_(self) -> str:
        return f"<div><p>{escaped(self.headline)}</p>{self._table._repr_html_()}</div>"
