"""From journal frames to columns that DuckDB takes in at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import msgspec

from trackbook.journal import BATCH, SCALAR
from trackbook.records import KINDS, Retraction
from trackbook.store.ddl import STAMP, columns_of
from trackbook.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.records import Record
    from trackbook.store.ddl import Column

    Columns = dict[str, NDArray[Any]]

decode = msgspec.msgpack.Decoder().decode
encode_json = msgspec.json.Encoder().encode


class Points:
    """The points of one series that arrived together."""

    __slots__ = ("arrays", "execution_id", "ms", "origin", "session_id", "steps", "values")

    def __init__(self, session_id: str, execution_id: str | None, origin: str) -> None:
        self.session_id = session_id
        self.execution_id = execution_id
        self.origin = origin
        self.steps: list[int] = []
        self.values: list[float] = []
        self.ms: list[int] = []
        self.arrays: list[tuple[NDArray[np.int64], NDArray[np.float64], int]] = []

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Return steps, values and times (ms since 1970), in order of arrival."""
        import numpy as np

        parts = [
            (
                np.array(self.steps, "i8"),
                np.array(self.values, "f8"),
                np.array(self.ms, "i8"),
            )
        ]
        parts += [(s, v, np.full(len(v), ms, "i8")) for s, v, ms in self.arrays]
        steps, values, ms = (np.concatenate(column) for column in zip(*parts, strict=True))
        return steps, values, ms


class Batch:
    """Facts of one or several journals, grouped by kind and by series.

    A retraction takes back what came before it, so it ends a batch: what follows
    belongs into the next one.
    """

    def __init__(self) -> None:
        self.facts: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        self.points: dict[tuple[str, str], Points] = {}
        self.retractions: list[tuple[str, int, Retraction]] = []
        self.unknown_count = 0
        """Facts of kinds that a newer trackbook writes."""

    def add(self, session_id: str, payload: memoryview) -> None:
        """Take in one frame's payload."""
        body = decode(payload)
        head = body[0]
        if head == SCALAR:
            _, run_id, execution_id, name, origin, us, step, value = body
            found = self._series(run_id, name, session_id, execution_id, origin)
            found.steps.append(step)
            found.values.append(value)
            found.ms.append(us // 1000)
        elif head == BATCH:
            self._add_array(session_id, body)
        elif isinstance(head, str):
            self._add_fact(session_id, body)
        else:
            _, run_id, execution_id, us, step, origin, values = body
            for name, value in values.items():
                found = self._series(run_id, name, session_id, execution_id, origin)
                found.steps.append(step)
                found.values.append(value)
                found.ms.append(us // 1000)

    def _add_array(self, session_id: str, body: list[Any]) -> None:
        import numpy as np

        _, run_id, execution_id, name, origin, us, steps, values = body
        numbers = np.frombuffer(values, "<f8")
        if isinstance(steps, int):
            at = np.arange(steps, steps + len(numbers), dtype="i8")
        else:
            at = np.frombuffer(steps, "<i8")
        found = self._series(run_id, name, session_id, execution_id, origin)
        found.arrays.append((at, numbers, us // 1000))

    def _add_fact(self, session_id: str, body: list[Any]) -> None:
        kind, fact_id, us, run_id, execution_id, fields = body
        record = KINDS.get(kind)
        if record is None:
            self.unknown_count += 1
            return
        whole = msgspec.convert(fields, record)
        if isinstance(whole, Retraction):
            self.retractions.append((cast("str", run_id), us, whole))
        values = [getattr(whole, column.name) for column in columns_of_kind(record)]
        self.facts[kind].append((fact_id, us, session_id, run_id, execution_id, *values))

    def _series(
        self,
        run_id: str,
        name: str,
        session_id: str,
        execution_id: str | None,
        origin: str,
    ) -> Points:
        found = self.points.get((run_id, name))
        if found is None:
            found = self.points[run_id, name] = Points(session_id, execution_id, origin)
        return found


LAYOUT: dict[str, list[Column]] = {}


def columns_of_kind(record: type[Record]) -> list[Column]:
    """Return a kind's columns, worked out once."""
    if record.kind not in LAYOUT:
        LAYOUT[record.kind] = columns_of(record)
    return LAYOUT[record.kind]


def columns_from(kind: str, rows: list[tuple[object, ...]]) -> Columns:
    """Return rows of one kind as typed numpy columns; lists travel as JSON text."""
    import numpy as np

    columns = list(zip(*rows, strict=True))
    made: Columns = {}
    for name, values in zip(STAMP, columns, strict=False):
        if name == "written_at":
            made[name] = np.array(values, "i8").astype("M8[us]")
        else:
            made[name] = objects(values)
    layout = columns_of_kind(KINDS[kind])
    for column, values in zip(layout, columns[len(STAMP) :], strict=True):
        made[column.name] = typed(column, values)
    return made


def typed(column: Column, values: tuple[object, ...]) -> NDArray[Any]:
    """Return one column's values as an array whose type leaves DuckDB nothing to guess."""
    import numpy as np

    if column.is_list:
        return objects(None if v is None else encode_json(v).decode() for v in values)
    if column.sql == "VARCHAR":
        return objects(values)
    dtype, blank = {"BIGINT": ("i8", 0), "DOUBLE": ("f8", 0.0), "BOOLEAN": ("?", False)}[
        column.sql
    ]
    filled = np.array([blank if v is None else v for v in values], dtype)
    if not column.nullable:
        return filled
    return np.ma.array(filled, mask=[v is None for v in values])


def objects(values: Iterable[object]) -> NDArray[Any]:
    """Return values as an array of Python objects, however long the texts are."""
    import numpy as np

    listed = list(values)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def selected(kind: str) -> str:
    """Return the SELECT list that turns `columns_from` of a kind into its table's columns."""
    layout = columns_of_kind(KINDS[kind])
    return ", ".join([*(quoted(name) for name in STAMP), *map(taken_as, layout)])


def taken_as(column: Column) -> str:
    """Return the expression that makes a column's value of what numpy carried."""
    name = quoted(column.name)
    if column.is_list:
        return f"CAST(CAST({name} AS JSON) AS {column.sql})"
    if column.sql == "DOUBLE" and not column.nullable:
        return f"coalesce({name}, 'NaN')"  # DuckDB takes a NaN in an array for NULL
    return name
