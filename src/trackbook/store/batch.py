"""From journal frames to columns that DuckDB takes in at once."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import msgspec

from trackbook.journal import BATCH, FLOAT64, INT64, SCALAR, SEVERAL, TAIL, tail_of
from trackbook.records import KINDS, Record, Retraction
from trackbook.store.ddl import STAMP, columns_of
from trackbook.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from trackbook.store.ddl import Column

    Columns = dict[str, NDArray[Any]]
    Part = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]

Integer = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
Micros = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
decode_front = msgspec.msgpack.Decoder(tuple[Literal[0], str, str | None, str, str]).decode
decode_several = msgspec.msgpack.Decoder(
    tuple[Literal[1], str, str | None, Micros, Integer, str, dict[str, float]]
).decode
decode_array = msgspec.msgpack.Decoder(
    tuple[Literal[2], str, str | None, str, str, Micros, Integer | bytes, bytes]
).decode
decode_fact = msgspec.msgpack.Decoder(
    tuple[str, str, Micros, str | None, str | None, msgspec.Raw]
).decode
FLAT = {"BIGINT": "i8", "DOUBLE": "f8", "BOOLEAN": "?"}
"""Column types that travel as plain numbers, and numpy's names for them."""
encode_json = msgspec.json.Encoder().encode


class Points:
    """The points of one series that arrived together."""

    __slots__ = ("execution_id", "origin", "parts", "session_id", "tails")

    def __init__(self, session_id: str, execution_id: str | None, origin: str) -> None:
        self.session_id = session_id
        self.execution_id = execution_id
        self.origin = origin
        self.tails: list[bytes | memoryview] = []
        """Single points in the bytes that they have in the journal, decoded all at once."""
        self.parts: list[Part] = []

    def add_array(
        self, steps: NDArray[np.int64], values: NDArray[np.float64], us: int
    ) -> None:
        """Take in many points of one moment, behind those that came before."""
        import numpy as np

        self._settle()
        self.parts.append((steps, values, np.full(len(values), us // 1000, "i8")))

    def columns(self) -> Part:
        """Return steps, values and times (ms since 1970), in order of arrival."""
        import numpy as np

        self._settle()
        steps, values, ms = (np.concatenate(c) for c in zip(*self.parts, strict=True))
        return steps, values, ms

    def _settle(self) -> None:
        """Decode the single points that have gathered."""
        import numpy as np

        if not self.tails:
            return
        layout = [("_1", "u1"), ("us", ">i8"), ("_2", "u1"), ("step", ">i8")]
        layout += [("_3", "u1"), ("value", ">f8")]
        points = np.frombuffer(b"".join(self.tails), dtype=layout)
        steps, values = points["step"].astype("i8"), points["value"].astype("f8")
        self.parts.append((steps, values, points["us"].astype("i8") // 1000))
        self.tails = []


class Batch:
    """Facts of one or several journals, grouped by kind and by series.

    A retraction takes back what came before it, so it ends a batch: what follows
    belongs into the next one.
    """

    def __init__(self) -> None:
        self.facts: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        self.points: dict[tuple[str, str], Points] = {}
        self.retractions: list[tuple[str, int, Retraction]] = []
        self._fronts: dict[tuple[str, bytes], Points] = {}

    def add(self, session_id: str, payload: memoryview) -> None:
        """Take in one frame's payload.

        Raises:
            ValueError: it makes no sense here: damage, or a newer trackbook's
        """
        shape = bytes(payload[:2])
        if shape == bytes((0x98, SCALAR)):
            self._add_scalar(session_id, payload)
        elif shape == bytes((0x97, SEVERAL)):
            self._add_several(session_id, payload)
        elif shape == bytes((0x98, BATCH)):
            self._add_array(session_id, payload)
        else:
            self._add_fact(session_id, payload)

    def _add_scalar(self, session_id: str, payload: memoryview) -> None:
        front, tail = bytes(payload[: -TAIL.size]), payload[-TAIL.size :]
        found = self._fronts.get((session_id, front))
        if found is None:
            body = decode_front(bytes([0x95]) + front[1:])
            _, run_id, execution_id, name, origin = body
            found = self._series(run_id, name, session_id, execution_id, origin)
            self._fronts[session_id, front] = found
        if tail[0] != INT64 or tail[9] != INT64 or tail[18] != FLOAT64:
            raise ValueError("a point does not end in time, step and value")
        found.tails.append(tail)

    def _add_several(self, session_id: str, payload: memoryview) -> None:
        _, run_id, execution_id, us, step, origin, values = decode_several(payload)
        for name, value in values.items():
            found = self._series(run_id, name, session_id, execution_id, origin)
            found.tails.append(tail_of(us, step, value))

    def _add_array(self, session_id: str, payload: memoryview) -> None:
        import numpy as np

        body = decode_array(payload)
        _, run_id, execution_id, name, origin, us, steps, values = body
        numbers = np.frombuffer(values, "<f8")
        if isinstance(steps, int):
            at = np.arange(len(numbers), dtype="i8") + steps
        else:
            at = np.frombuffer(steps, "<i8")
        if len(at) != len(numbers):
            raise ValueError(f"{len(at)} steps and {len(numbers)} values")
        found = self._series(run_id, name, session_id, execution_id, origin)
        found.add_array(at, numbers, us)

    def _add_fact(self, session_id: str, payload: memoryview) -> None:
        kind, fact_id, us, run_id, execution_id, fields = decode_fact(payload)
        record = KINDS.get(kind)
        if record is None or kind == "metric":
            raise ValueError(f"no kind named {kind!r} is known here")
        whole = decoder_of(record).decode(fields)
        values = [getattr(whole, column.name) for column in columns_of_kind(record)]
        if any(isinstance(v, int) and not -(1 << 63) <= v < 1 << 63 for v in values):
            raise ValueError(f"a number in a {kind} has more than 64 bits")
        if isinstance(whole, Retraction):
            self.retractions.append((cast("str", run_id), us, whole))
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


@cache
def decoder_of(record: type[Record]) -> msgspec.msgpack.Decoder[Record]:
    """Return the decoder of one kind's fields."""
    return msgspec.msgpack.Decoder(record)


@cache
def columns_of_kind(record: type[Record]) -> list[Column]:
    """Return a kind's columns, worked out once."""
    return columns_of(record)


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
        if is_flagged(column):
            made[f"{column.name}?"] = np.array([v is None for v in values], "?")
    return made


def is_flagged(column: Column) -> bool:
    """Say whether a column of its own tells what is NULL: DuckDB 1.5 ignores masks."""
    return column.nullable and column.sql in FLAT


def typed(column: Column, values: tuple[object, ...]) -> NDArray[Any]:
    """Return one column's values as an array whose type leaves DuckDB nothing to guess."""
    import numpy as np

    if column.is_list:
        return objects(as_json(column, v) for v in values)
    if column.sql == "VARCHAR":
        return objects(values)
    return np.array([0 if v is None else v for v in values], FLAT[column.sql])


def as_json(column: Column, value: object) -> str | None:
    """Return a list as JSON; numbers that JSON has no word for as DuckDB spells them."""
    if value is None:
        return None
    if column.sql == "DOUBLE[]" and isinstance(value, list):
        value = [one if math.isfinite(one) else str(one) for one in value]
    return encode_json(value).decode()


def objects(values: Iterable[object]) -> NDArray[Any]:
    """Return values as an array of Python objects, however long the texts are."""
    import numpy as np

    listed = list(values)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def selected(kind: str) -> str:
    """Return the SELECT list that makes a kind's table columns of `columns_from`."""
    layout = columns_of_kind(KINDS[kind])
    return ", ".join([*(quoted(name) for name in STAMP), *map(taken_as, layout)])


def taken_as(column: Column) -> str:
    """Return the expression that makes a column's value of what numpy carried."""
    name = quoted(column.name)
    if column.is_list:
        return f"CAST(CAST({name} AS JSON) AS {column.sql}) AS {name}"
    # DuckDB takes a NaN in an array for NULL.
    value = f"coalesce({name}, 'NaN')" if column.sql == "DOUBLE" else name
    if is_flagged(column):
        value = f"CASE WHEN NOT {quoted(column.name + '?')} THEN {value} END"
    return f"{value} AS {name}"
