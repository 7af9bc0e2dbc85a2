"""Datasets: which there are, what a run used, and what is in the columns of one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from trackbook.store import queries_of
from trackbook.table import Table, Tabular, escaped, in_short, visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.lineage")
MOST = 200
BARS = " ▁▂▃▄▅▆▇█"
BAR_COUNT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRow:
    """One dataset as a list shows it."""

    name: str
    run_count: int
    row_count: int | None
    column_count: int
    size_bytes: int
    made_by: str
    location: str | None
    fingerprint: str
    dataset_id: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One dataset that a run used."""

    role: str
    name: str
    row_count: int | None
    column_count: int
    size_bytes: int
    made_by: str
    location: str | None
    fingerprint: str
    dataset_id: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DatasetPage(Tabular):
    """One dataset with what its columns hold."""

    dataset_id: str
    name: str
    made_by: str
    location: str | None
    row_count: int | None
    size_bytes: int
    column_names: Sequence[str]
    column_types: Sequence[str]
    quick: str
    digest: str | None
    """None until all values have been gone through, and where that cannot be."""
    column_digests: Sequence[str] | None
    sketches: Sequence[str] | None
    seen_at: datetime

    @property
    def headline(self) -> str:
        """Return what it is in a sentence."""
        rows = "" if self.row_count is None else f"{self.row_count:,} rows, "
        size = f"{rows}{len(self.column_names)} columns, {in_short(self.size_bytes)} bytes"
        whence = f" from {self.location}" if self.location else ""
        exact = self.digest or f"{self.quick} (a sample; not all values)"
        return f"{self.name}: {size}, {self.made_by}{whence}; {exact}"

    def table(self) -> Table:
        """Return one row for each column."""
        sketches = [json.loads(one) for one in self.sketches or ()]
        rows = []
        for at, (name, of) in enumerate(
            zip(self.column_names, self.column_types, strict=True)
        ):
            said = sketches[at] if at < len(sketches) else {}
            rows.append(
                (name, of, said.get("missing"), said.get("distinct"), said.get("least"),
                 said.get("mean"), said.get("greatest"), said.get("deviation"), shape_of(said))
            )  # fmt: skip
        columns = [
            "column", "type", "missing", "distinct", "least", "mean", "greatest", "deviation",
            "values",
        ]  # fmt: skip
        return Table(columns, rows)

    def __repr__(self) -> str:
        return f"{visible(self.headline)}\n{self.table()!r}"

    def _repr_html_(self) -> str:
        return f"<div><p>{escaped(self.headline)}</p>{self.table()._repr_html_()}</div>"


def datasets(store: Store, *, most: int = MOST) -> Table:
    """Return the datasets of a project, the last seen first; equal ones of a name are one."""
    rows = store.ask(SQL["datasets_listed"], DatasetRow, most=most)
    note = "" if rows else "no data seen yet: load some, or train on some, in a notebook"
    return table_of(DatasetRow, rows, note=note)


def inputs_of(store: Store, run: Run) -> Table:
    """Return the data that a run used: trained on, judged on, or loaded in its slice."""
    rows = store.ask(SQL["inputs_of"], InputRow, run=run.run_id)
    note = "" if rows else f"no data seen that {run.name} used"
    return table_of(InputRow, rows, title=f"Data of {run.name}", note=note)


def dataset(store: Store, of: str) -> DatasetPage | None:
    """Return the dataset of a name or an id, the last one seen; None where there is none."""
    found = store.ask(SQL["dataset_called"], DatasetPage, of=of)
    return found[0] if found else None


def table_of(of: type, rows: Sequence[object], *, title: str = "", note: str = "") -> Table:
    """Return rows of one class as a table."""
    columns = list(of.__annotations__)
    cells = [[getattr(row, name) for name in columns] for row in rows]
    return Table(columns, cells, title=title, note=note)


def shape_of(sketch: dict[str, Any]) -> str:
    """Return how a column's values lie: bars of a histogram, or the values most seen."""
    top = sketch.get("top")
    if sketch.get("kind") == "text":
        parts = [f"{in_short(value)} {count}" for value, count in (top or [])[:5]]
        return ", ".join(parts)
    edges = sketch.get("edges")
    if not edges or edges[0] == edges[-1]:
        return ""
    heights = histogram(edges)
    tallest = max(heights)
    return "".join(BARS[round(height / tallest * (len(BARS) - 1))] for height in heights)


def histogram(edges: Sequence[float], count: int = BAR_COUNT) -> list[float]:
    """Return the shares of values in equally wide bars, from edges of equally filled bins."""
    low, high = edges[0], edges[-1]
    wide = (high - low) / count
    heights = [0.0] * count
    for left, right in pairwise(edges):
        first = min(count - 1, int((left - low) / wide))
        last = min(count - 1, int((right - low) / wide))
        for bar in range(first, last + 1):
            begin, end = max(left, low + bar * wide), min(right, low + (bar + 1) * wide)
            share = (end - begin) / (right - left) if right > left else 1.0
            heights[bar] += max(0.0, share)
    return heights
