"""What changed in the data from one run to another, column by column."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.store import queries_of
from trackbook.table import in_short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.compare")
SAID = (
    "mean",
    "missing",
    "deviation",
    "least",
    "greatest",
    "distinct",
    "zeros",
    "infinite",
)
"""Of a sketch, in the order in which differences are told."""
MOST_SAID = 3
MOST_COLUMNS = 30
"""Columns of one dataset that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One dataset that a run used."""

    role: str
    name: str
    location: str | None
    row_count: int | None
    column_names: Sequence[str]
    column_types: Sequence[str]
    quick: str
    digest: str | None
    column_digests: Sequence[str] | None
    sketches: Sequence[str] | None


class Changed(NamedTuple):
    """One thing about the data that is not the same."""

    name: str
    """The dataset's, and after a dot the column's."""
    before: str | None
    after: str | None


def data_changes(store: Store, a: Run, b: Run) -> list[Changed]:
    """Return what changed in the data that two runs used; datasets are matched by what they are.

    First by role and name, then by role and place, for `X_train` may be called `X` next time.
    """
    return [
        change
        for before, after in matched(of_run(store, a), of_run(store, b))
        for change in changes(before, after)
    ]


def of_run(store: Store, run: Run) -> list[Dataset]:
    """Return the datasets that a run used; equal ones of one role once."""
    found: dict[tuple[str, str, str], Dataset] = {}
    for one in store.ask(SQL["data_of"], Dataset, run=run.run_id):
        found.setdefault((one.role, one.name, one.digest or one.quick), one)
    return list(found.values())


def matched(
    before: list[Dataset], after: list[Dataset]
) -> Iterator[tuple[Dataset | None, Dataset | None]]:
    """Yield each dataset of one run with its like in the other, or None."""
    rest = list(after)
    alone = []
    for one in before:
        like = next((o for o in rest if (o.role, o.name) == (one.role, one.name)), None)
        if like is None:
            alone.append(one)
        else:
            rest.remove(like)
            yield one, like
    for role in dict.fromkeys(one.role for one in (*alone, *rest)):
        yield from zip_longest(
            [one for one in alone if one.role == role],
            [one for one in rest if one.role == role],
        )


def changes(before: Dataset | None, after: Dataset | None) -> Iterator[Changed]:
    """Yield what is not the same in two datasets."""
    if before is None or after is None:
        if before is not None:
            yield Changed(before.name, size_of(before), None)
        if after is not None:
            yield Changed(after.name, None, size_of(after))
        return
    if is_same(before, after):
        return
    name = after.name if after.name == before.name else f"{before.name} → {after.name}"
    if size_of(before) != size_of(after):
        yield Changed(name, size_of(before), size_of(after))
    columns = list(column_changes(name, before, after))
    yield from columns[:MOST_COLUMNS]
    if len(columns) > MOST_COLUMNS:
        yield Changed(name, None, f"and {len(columns) - MOST_COLUMNS} more columns differ")
    if not columns and size_of(before) == size_of(after):
        yield Changed(name, None, "other values")


def is_same(before: Dataset, after: Dataset) -> bool:
    """Tell whether two datasets hold the same, as far as both were looked at."""
    if before.digest and after.digest:
        return before.digest == after.digest
    return before.quick == after.quick


def size_of(one: Dataset) -> str:
    """Return how large a dataset is."""
    rows = "?" if one.row_count is None else f"{one.row_count:,}"
    return f"{rows} rows, {len(one.column_names)} columns"


def column_changes(name: str, before: Dataset, after: Dataset) -> Iterator[Changed]:
    """Yield what is not the same in the columns of two datasets."""
    old, new = columns_of(before), columns_of(after)
    for column in dict.fromkeys((*old, *new)):
        x, y = old.get(column), new.get(column)
        called = f"{name}.{column}"
        if x is None or y is None:
            yield Changed(called, x and x.type, y and y.type)
        elif x.type != y.type:
            yield Changed(called, x.type, y.type)
        elif x.digest and y.digest and x.digest != y.digest:
            yield Changed(called, *told(x.sketch, y.sketch))


class Column(NamedTuple):
    """What is known of one column."""

    type: str
    digest: str | None
    sketch: dict[str, Any]


def columns_of(one: Dataset) -> dict[str, Column]:
    """Return a dataset's columns by name."""
    digests, sketches = one.column_digests or (), one.sketches or ()
    rows = zip_longest(one.column_names, one.column_types, digests, sketches)
    return {
        str(name): Column(str(of), digest, json.loads(sketch) if sketch else {})
        for name, of, digest, sketch in rows
        if name is not None
    }


def told(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str]:
    """Return how two columns differ: what shows it first, on both sides."""
    names = [name for name in SAID if before.get(name) != after.get(name)][:MOST_SAID]
    if not names and before.get("top") != after.get("top"):
        return most_seen(before), most_seen(after)
    if not names:
        return "", "other values, or in another order"
    return in_words(before, names), in_words(after, names)


def in_words(sketch: dict[str, Any], names: Sequence[str]) -> str:
    """Return some of a sketch's numbers by name."""
    return ", ".join(f"{name} {in_short(sketch.get(name))}" for name in names)


def most_seen(sketch: dict[str, Any]) -> str:
    """Return the values most seen and how often."""
    return ", ".join(
        f"{in_short(value)} {count}" for value, count in sketch["top"][:MOST_SAID]
    )
