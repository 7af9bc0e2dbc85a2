"""Data of any library as rows and columns that can be gone through part by part.

Only libraries' own types, told by identity: a subclass may have redefined how it is read.
Nothing is copied before a part is asked for.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.fingerprint.column import FAST, SLOW, Column, Columns, Part
from trackbook.fingerprint.columns_of_arrow import (
    arrow_column,
    of_arrow,
    of_arrow_array,
    of_polars,
    of_polars_series,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ARRAY_COLUMNS = 300
"""Of an array with more, all values are one column: pictures, words by document."""
MOST_LISTED = 100_000
"""Items of a Python list that is taken for data."""
NAME_OF: Callable[[type], object] = type.__dict__["__name__"].__get__
MODULE_OF: Callable[[type], object] = type.__dict__["__module__"].__get__


def columns_of(value: object) -> Columns | None:
    """Return data as rows and columns; None for what is no data, or of no known type."""
    kind = type(value)
    module, name = MODULE_OF(kind), NAME_OF(kind)
    if type(module) is not str or type(name) is not str:
        return None
    if kind is list or kind is tuple:
        return of_list(value)
    reader = READERS.get((module.partition(".")[0], name))
    if reader is None or getattr(sys.modules.get(module), name, None) is not kind:
        return None
    return reader(value)


def of_frame(value: Any) -> Columns:
    """Read a pandas DataFrame; labels of rows that were chosen are columns as well."""
    types = list(value.dtypes)
    columns = [
        Column(str(name)[:200], str(dtype), partial(pandas_rows, value, at))
        for at, (name, dtype) in enumerate(zip(value.columns, types, strict=True))
    ]
    return pandas_columns(value, types, [*columns, *index_columns(value.index)])


def pandas_rows(frame: Any, at: int, first: int, past: int) -> Part:
    """Return rows of a frame's column, which is looked for only then: that takes 17 µs."""
    return pandas_column(frame.iloc[:, at], "").rows(first, past)


def of_series(value: Any) -> Columns:
    """Read a pandas Series."""
    name = "values" if value.name is None else str(value.name)[:200]
    columns = [pandas_column(value, name), *index_columns(value.index)]
    return pandas_columns(value, [value.dtype], columns)


def pandas_columns(value: Any, types: list[Any], columns: list[Column]) -> Columns:
    """Return a frame or series, of given types, with its columns."""
    rows = len(value)
    return Columns(
        shape=tuple(value.shape),
        row_count=rows,
        size_bytes=int(pandas_size(value, types)),
        columns=columns,
        at=lambda numbers: value.iloc[numbers],
        copy=value.copy,
        share=partial(value.copy, deep=False) if copies_on_write() else None,
        text_count=rows * sum(c.type in SLOW or c.type not in FAST for c in columns),
    )


def copies_on_write() -> bool:
    """Tell whether pandas never changes what two of its objects share: from version 3 on."""
    return not str(sys.modules["pandas"].__version__).startswith(("1.", "2."))


def pandas_size(value: Any, types: list[Any]) -> int:
    """Return the bytes of a frame's own arrays; texts count as their pointers."""
    if all(str(MODULE_OF(type(one))).startswith("numpy") for one in types):
        sizes: list[int] = [one.itemsize for one in types]
        return len(value) * sum(sizes)  # pandas takes longer to ask
    used = value.memory_usage(index=False, deep=False)
    return used if isinstance(used, int) else used.sum()


def index_columns(index: Any) -> list[Column]:
    """Return the labels of rows, unless they only count them."""
    if NAME_OF(type(index)) == "RangeIndex":
        return []
    names = list(index.names)
    types = getattr(index, "dtypes", None)
    said = [str(index.dtype)] if types is None else [str(one) for one in types]
    return [
        Column(f"index {name or ''}".rstrip()[:200], of, partial(index_rows, index, at))
        for at, (name, of) in enumerate(zip(names, said, strict=True))
    ]


def index_rows(index: Any, level: int, first: int, past: int) -> Part:
    """Return some labels of rows."""
    some = index[first:past].get_level_values(level).to_series()
    return pandas_column(some, "").rows(0, len(some))


def pandas_column(series: Any, name: str) -> Column:
    """Return one column of a frame."""
    dtype = series.dtype
    said = str(dtype)
    if type(dtype).__module__.startswith("numpy") or said in PLAIN_NUMPY:
        whole = series.to_numpy()
        if dtype.kind != "O":
            return Column(name, said, lambda a, b: Part(whole[a:b]))
        return Column(name, said, lambda a, b: Part(whole[a:b].tolist()))
    if NAME_OF(type(dtype)) == "DatetimeTZDtype":
        return Column(
            name, said, lambda a, b: Part(series.iloc[a:b].dt.tz_convert(None).to_numpy())
        )
    if NAME_OF(type(dtype)) == "ArrowDtype":
        return arrow_column(series.array.__arrow_array__(), name)._replace(type=said)
    plain = getattr(dtype, "numpy_dtype", None)
    if plain is not None and getattr(plain, "kind", "O") in "fiub":
        return Column(name, said, lambda a, b: masked(series.iloc[a:b], plain))
    return Column(name, said, lambda a, b: Part(series.iloc[a:b].tolist()))


def masked(part: Any, plain: Any) -> Part:
    """Return rows of a pandas column that knows missing integers."""
    gone = part.isna().to_numpy()
    zero = plain.type(0)
    return Part(
        part.to_numpy(dtype=plain, na_value=zero), gone if bool(gone.any()) else None
    )


def of_array(value: Any) -> Columns | None:
    """Read a numpy array; one of two dimensions by its columns."""
    if value.dtype.kind not in "fiubcMmOSU" or value.ndim == 0:
        return None
    rows = len(value)
    width = value.shape[1] if value.ndim == 2 else 0  # noqa: PLR2004
    said = str(value.dtype)
    if 0 < width <= MOST_ARRAY_COLUMNS:
        columns = [array_column(value[:, at], str(at), said) for at in range(width)]
    else:
        columns = [array_column(value, "values", said)]
    slow = value.dtype.kind in "OSU"
    return Columns(
        shape=tuple(value.shape),
        row_count=rows,
        size_bytes=value.nbytes,
        columns=columns,
        at=lambda numbers: value[numbers],
        copy=value.copy,
        share=None,
        text_count=value.size if slow else 0,
        array=None if slow else value,
    )


def array_column(values: Any, name: str, said: str) -> Column:
    """Return an array, or a part of one, as a column."""
    if values.dtype.kind in "OSU":
        return Column(name, said, lambda a, b: Part(values[a:b].ravel().tolist()))
    return Column(name, said, lambda a, b: Part(values[a:b].reshape(-1)))


def of_tensor(value: Any) -> Columns | None:
    """Read a torch tensor that lies in the machine's own memory."""
    if not value.is_cpu or value.layout is not sys.modules["torch"].strided:
        return None
    try:
        whole = value.detach().numpy()
    except (TypeError, RuntimeError):
        return None  # numpy has no such type: bfloat16
    found = of_array(whole)
    return found and found._replace(copy=value.detach().clone)


def of_sparse(value: Any) -> Columns | None:
    """Read a compressed sparse matrix of scipy by the three arrays that it is made of."""
    parts = {name: getattr(value, name) for name in ("data", "indices", "indptr")}
    columns = [
        array_column(part, name, str(part.dtype))._replace(length=len(part))
        for name, part in parts.items()
    ]
    return Columns(
        shape=tuple(value.shape),
        row_count=value.shape[0],
        size_bytes=sum(part.nbytes for part in parts.values()),
        columns=columns,
        at=lambda numbers: value[numbers],
        copy=value.copy,
        share=None,
        text_count=0,
    )


def of_list(value: Any) -> Columns | None:
    """Read a list of numbers, or of equally long lists of numbers."""
    import numpy as np

    if not 0 < len(value) <= MOST_LISTED or not is_plain_table(value):
        return None
    return of_array(np.array(value))


def is_plain_table(value: Any) -> bool:
    """Tell whether a list holds numbers only, or equally long lists of them."""
    kinds = set(map(id, map(type, value)))
    if kinds <= NUMBERS:
        return True
    if not kinds <= LISTS or len({len(row) for row in value}) != 1:
        return False
    return len(value) * len(value[0]) <= MOST_LISTED and all(
        id(type(item)) in NUMBERS for row in value for item in row
    )


NUMBERS = frozenset(map(id, (int, float, bool)))
LISTS = frozenset(map(id, (list, tuple)))
PLAIN_NUMPY = ("int64", "float64", "object", "bool")
READERS: dict[tuple[str, str], Callable[[Any], Columns | None]] = {
    ("pandas", "DataFrame"): of_frame,
    ("pandas", "Series"): of_series,
    ("numpy", "ndarray"): of_array,
    ("polars", "DataFrame"): of_polars,
    ("polars", "Series"): of_polars_series,
    ("pyarrow", "Table"): of_arrow,
    ("pyarrow", "RecordBatch"): of_arrow,
    ("pyarrow", "ChunkedArray"): of_arrow_array,
    ("torch", "Tensor"): of_tensor,
    **{
        ("scipy", f"{kind}_{what}"): of_sparse
        for kind in ("csr", "csc")
        for what in ("matrix", "array")
    },
}
