"""Rows of two tables, told by what stands in them, whatever types it is kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Sort = Literal["number", "time", "text"]
GAP = "\0(nothing)"


class Digests(NamedTuple):
    """A number of 64 bits for each row: equal rows have equal ones, others by chance only."""

    first: Any
    second: Any


def digests_of(pairs: Sequence[tuple[Any, Any]]) -> Digests:
    """Return the digests of two tables' rows, over columns of the one and of the other.

    1 is 1.0 and True, a moment is itself in every zone and unit, a category is its text; where
    one table has texts and the other numbers or moments, the texts are read if all can be.
    """
    import pandas as pd

    left, right = {}, {}
    for at, pair in enumerate(pairs):
        left[at], right[at] = alike(*(one.reset_index(drop=True) for one in pair))
    digest = pd.util.hash_pandas_object
    return Digests(
        digest(pd.DataFrame(left), index=False).to_numpy(),
        digest(pd.DataFrame(right), index=False).to_numpy(),
    )


def alike(first: Any, second: Any) -> tuple[Any, Any]:
    """Return two columns in one form, so that equal values have equal bytes."""
    sorts = {sort_of(first), sort_of(second)}
    for sort in ("number", "time"):
        if sorts <= {sort, "text"} and sorts != {"text"}:
            read = [as_sort(one, sort) for one in (first, second)]
            if read[0] is not None and read[1] is not None:
                return whole_if_both(*read) if sort == "number" else (read[0], read[1])
    return as_text(first), as_text(second)


def sort_of(column: Any) -> Sort:
    """Return what stands in a column."""
    import pandas as pd

    types = pd.api.types
    inside = column.cat.categories if str(column.dtype) == "category" else column
    if types.is_numeric_dtype(inside) or types.is_bool_dtype(inside):
        return "number"
    return "time" if types.is_datetime64_any_dtype(inside) else "text"


def as_sort(column: Any, sort: Literal["number", "time"]) -> Any:
    """Return a column as numbers or moments; None where not every value is one."""
    import pandas as pd

    plain = (
        column.astype(column.cat.categories.dtype)
        if str(column.dtype) == "category"
        else column
    )
    if sort == "time":
        read = moments_of(plain)
    elif sort_of(column) == "number":
        read = plain
    else:
        read = pd.to_numeric(plain, errors="coerce")
    if int(read.isna().sum()) > int(plain.isna().sum()):
        return None
    return read.astype("int64") if sort == "time" else read


def moments_of(column: Any) -> Any:
    """Return moments in UTC; nothing for what cannot be read as one."""
    import pandas as pd

    if sort_of(column) == "time":
        read = pd.to_datetime(column, utc=True)
    else:
        read = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
        if int(read.isna().sum()) > int(column.isna().sum()):
            read = pd.to_datetime(column, utc=True, errors="coerce", format="mixed")
    return read.astype("datetime64[ns, UTC]")


def whole_if_both(first: Any, second: Any) -> tuple[Any, Any]:
    """Return two columns of numbers as integers where both are, or else as floats."""
    if is_whole(first) and is_whole(second):
        return first.astype("int64"), second.astype("int64")
    return as_float(first), as_float(second)


def is_whole(column: Any) -> bool:
    """Tell whether a column holds nothing but integers of 64 bits."""
    import pandas as pd

    types = pd.api.types
    if not (types.is_integer_dtype(column) or types.is_bool_dtype(column)):
        return False
    return not column.isna().any() and (column.empty or int(column.max()) < 2**63)


def as_float(column: Any) -> Any:
    """Return numbers as floats, with one zero and one kind of nothing."""
    import numpy as np
    import pandas as pd

    found = column.to_numpy(dtype="float64", na_value=np.nan) + 0.0
    return pd.Series(np.where(np.isnan(found), np.nan, found), index=column.index)


def as_text(column: Any) -> Any:
    """Return values as texts, and gaps as a text that none of them is."""
    known = column.astype(object)
    return known.where(known.notna(), GAP).astype(str)
