"""Tables of polars and pyarrow as columns."""

from __future__ import annotations

from functools import partial
from typing import Any

from trackbook.fingerprint.column import FAST, SLOW, Column, Columns, Part


def of_polars(value: Any) -> Columns:
    """Read a polars DataFrame."""
    return polars_columns(value, value.get_columns())


def of_polars_series(value: Any) -> Columns:
    """Read a polars Series."""
    return polars_columns(value, [value])


def polars_columns(value: Any, series: list[Any]) -> Columns:
    """Return a frame or series of polars with its columns."""
    columns = [polars_column(one) for one in series]
    rows = len(value)
    return Columns(
        shape=tuple(value.shape),
        row_count=rows,
        size_bytes=int(value.estimated_size()),
        columns=columns,
        at=lambda numbers: value[numbers],
        copy=value.clone,
        share=value.clone,
        text_count=rows * sum(c.type in SLOW for c in columns),
    )


def polars_column(series: Any) -> Column:
    """Return one column of polars."""
    said = str(series.dtype)
    name = str(series.name)[:200] or "values"
    if series.dtype.is_temporal() and said.startswith("Datetime"):
        unit = series.dtype.time_unit
        plain = series.to_physical()
        return Column(name, said, lambda a, b: since(polars_part(plain[a:b]), unit))
    if series.dtype.is_numeric() and not series.dtype.is_decimal():
        return Column(name, said, lambda a, b: polars_part(series[a:b]))
    if said == "Boolean":
        return Column(name, said, lambda a, b: polars_part(series[a:b]))
    return Column(name, "object", lambda a, b: Part(series[a:b].to_list()))._replace(
        type=said if said in SLOW else f"{said} object"
    )


def polars_part(part: Any) -> Part:
    """Return rows of a column of numbers, with those that are missing beside them."""
    if not part.null_count():
        return Part(part.to_numpy())
    gone = part.is_null().to_numpy()
    zero = False if str(part.dtype) == "Boolean" else 0
    return Part(part.fill_null(zero).to_numpy(), gone)


def since(part: Part, unit: str) -> Part:
    """Return whole numbers as moments."""
    import numpy as np

    moments = part.values.astype("i8").view(f"M8[{unit}]").copy()
    if part.missing is not None:
        moments[part.missing] = np.datetime64("NaT")
    return Part(moments)


def of_arrow(value: Any) -> Columns:
    """Read a table of pyarrow."""
    columns = [
        arrow_column(value.column(at), str(field.name)[:200])
        for at, field in enumerate(value.schema)
    ]
    return Columns(
        shape=(value.num_rows, value.num_columns),
        row_count=value.num_rows,
        size_bytes=int(value.nbytes),
        columns=columns,
        at=value.take,
        copy=partial(value.slice, 0),
        share=partial(value.slice, 0),
        text_count=value.num_rows * sum(c.type not in FAST for c in columns),
    )


def of_arrow_array(value: Any) -> Columns:
    """Read a column of pyarrow."""
    rows = len(value)
    column = arrow_column(value, "values")
    return Columns(
        shape=(rows,),
        row_count=rows,
        size_bytes=int(value.nbytes),
        columns=[column],
        at=value.take,
        copy=partial(value.slice, 0),
        share=partial(value.slice, 0),
        text_count=0 if column.type in FAST else rows,
    )


def arrow_column(column: Any, name: str) -> Column:
    """Return one column of pyarrow."""
    kind = ARROW_NAMES.get(str(column.type), str(column.type))
    if kind in FAST:
        return Column(name, kind, lambda a, b: arrow_part(column.slice(a, b - a), kind))
    if kind.startswith("timestamp["):
        unit = kind[len("timestamp[") :].partition("]")[0].partition(",")[0]
        return Column(
            name, kind, lambda a, b: since(arrow_whole(column.slice(a, b - a)), unit)
        )
    return Column(name, kind, lambda a, b: Part(column.slice(a, b - a).to_pylist()))


def arrow_whole(part: Any) -> Part:
    """Return moments as the whole numbers that they are kept as."""
    return arrow_part(part.cast("int64"), "int64")


def arrow_part(part: Any, kind: str) -> Part:
    """Return rows of a column of numbers, with those that are missing beside them."""
    if not part.null_count:
        return Part(part.to_numpy(zero_copy_only=False).astype(kind, copy=False))
    gone = part.is_null().to_numpy(zero_copy_only=False)
    filled = part.fill_null(False if kind == "bool" else 0)
    return Part(filled.to_numpy(zero_copy_only=False).astype(kind, copy=False), gone)


ARROW_NAMES = {"double": "float64", "float": "float32", "halffloat": "float16"}
