"""Rows that show themselves: a table in a notebook, text in a shell, JSON for a program."""

from __future__ import annotations

import csv
import importlib
import io
import json
from typing import TYPE_CHECKING

from trackbook.errors import Misused, NotFound
from trackbook.table.flat import columns_of, flat, plain, sound, uniform
from trackbook.table.markup import html_of
from trackbook.table.text import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType
    from typing import overload

    import pandas as pd
    import pyarrow as pa
    from polars import DataFrame as PolarsFrame


class Table:
    """Rows under named columns, never changed after they are made."""

    __slots__ = ("_columns", "_rows", "best", "face", "note", "title", "total")

    def __init__(  # what a table shows besides its rows, each by name
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        title: str = "",
        note: str = "",
        total: int | None = None,
        best: Mapping[str, int | Collection[int]] | None = None,
        face: Table | None = None,
    ) -> None:
        """Keep rows for showing.

        Args:
            columns: Their names; a name that comes again gets a number, as in DuckDB.
            rows: One value per column; a mapping is shown as `lr=0.1 depth=3`.
            title: Stands above the table.
            note: Stands below it.
            total: How many rows there are where these came from; None: just these.
            best: The row, or rows, to mark in a column; `metrics.loss` marks one value
                inside the mappings of column `metrics`.
            face: A shorter table to show in place of this one, which keeps everything.
        """
        self._columns = _unlike(columns)
        self._rows = [tuple(row) for row in rows]
        for number, row in enumerate(self._rows):
            if len(row) != len(self._columns):
                raise Misused(
                    f"row {number} has {len(row)} values for {len(self._columns)} columns:"
                    f" give one for each of {', '.join(self._columns)}"
                )
        self.title, self.note, self.total = title, note, total
        self.face = face
        self.best: Mapping[str, frozenset[int]] = {
            name: frozenset([at] if isinstance(at, int) else at)
            for name, at in (best or {}).items()
        }

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._columns

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The rows, in a list that may be changed."""
        return list(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, object]]:
        return (self._dict(row) for row in self._rows)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, key: int) -> dict[str, object]: ...
        @overload
        def __getitem__(self, key: str) -> list[object]: ...

    def __getitem__(self, key: int | str) -> dict[str, object] | list[object]:
        if isinstance(key, int):
            return self._dict(self._rows[key])
        if key in self._columns:
            at = self._columns.index(key)
            return [row[at] for row in self._rows]
        flats = columns_of(self._columns, list(self))
        if key not in flats:
            raise NotFound.named("column", key, known=[*self._columns, *flats])
        return flats[key]

    def dicts(self) -> list[dict[str, object]]:
        """Return the rows flat and ready for JSON: `params.lr`, times with Z, "NaN"."""
        return [
            {sound(name): plain(value) for name, value in flat(row).items()} for row in self
        ]

    def json(self) -> str:
        """Return the rows as strict JSON: always an array of flat objects."""
        return json.dumps(self.dicts(), allow_nan=False)

    def csv(self) -> str:
        """Return the rows as CSV with a line of names, flat as for JSON."""
        out = io.StringIO()
        flats = columns_of(self._columns, list(self))
        written = csv.writer(out, lineterminator="\n")
        written.writerow([sound(name) for name in flats])
        for row in zip(*flats.values(), strict=True):
            written.writerow(["" if value is None else plain(value) for value in row])
        return out.getvalue()

    def df(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame, mappings spread over dotted columns."""
        frame: pd.DataFrame = _library("pandas").DataFrame(
            columns_of(self._columns, list(self))
        )
        return frame

    def arrow(self) -> pa.Table:
        """Return the rows as a pyarrow Table, mappings spread over dotted columns."""
        return _library("pyarrow").table(self._uniform())

    def pl(self) -> PolarsFrame:
        """Return the rows as a polars DataFrame, mappings spread over dotted columns."""
        frame: PolarsFrame = _library("polars").DataFrame(self._uniform())
        return frame

    def text(self, *, width: int | None = None, limit: int | None = 60) -> str:
        """Return an aligned text table; as wide as the terminal and 60 rows by default."""
        return text_of(self._shown(), width=width, limit=limit)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return html_of(self._shown())

    def _shown(self) -> Table:
        return self if self.face is None else self.face

    def _dict(self, row: tuple[object, ...]) -> dict[str, object]:
        return dict(zip(self._columns, row, strict=True))

    def _uniform(self) -> dict[str, list[object]]:
        flats = columns_of(self._columns, list(self))
        return {sound(name): uniform(values) for name, values in flats.items()}


def _unlike(columns: Sequence[str]) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for column in columns:
        name, number = column, 1
        while name in out:
            name, number = f"{column}_{number}", number + 1
        out[name] = None
    return tuple(out)


def _library(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Misused(f"{name} is not installed: %pip install {name}") from None
