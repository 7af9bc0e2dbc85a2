"""Rows that a model was made for, changed into what callers send by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.gates.signature import Broken, sides_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal[
    "as_is", "one_row", "extreme", "unseen_category", "nulls", "infinite", "empty",
    "column_order", "extra_column", "missing_column", "wrong_type",
]  # fmt: skip
MOST_ROWS, MOST_COLUMNS = 32, 20
UNSEEN = "value that was never seen \N{SNOWMAN}"
EXTRA = "column_of_nobody"
TABLE_AXES = 2


class Case(NamedTuple):
    """Rows that a model is asked, and what has to hold of its answer."""

    kind: Kind
    name: str
    """For people: the kind, and the column that was changed."""
    rows: Any
    size: int
    """How many outputs there have to be."""
    is_same: bool = False
    """Whether the outputs have to be those of the rows as they were."""
    is_declared: bool = False
    """Whether the signature says that such rows are taken: then they cannot be refused."""


def cases_of(rows: Any, signature: str | None) -> list[Case]:
    """Return every case that can be made of rows; the first has them as they are."""
    few = first_of(rows, MOST_ROWS)
    count = count_of(few)
    return [
        Case("as_is", "as they are", few, count),
        Case("one_row", "one row", first_of(few, 1), 1, is_same=True),
        Case("empty", "no row", first_of(few, 0), 0),
        *makers(few, optional_in(signature)),
    ]


def makers(few: Any, optional: set[str]) -> Iterator[Case]:
    """Yield what can be changed in rows, by the form in which they come."""
    if hasattr(few, "columns") and hasattr(few, "iloc"):
        yield from of_table(few, optional)
    elif isinstance(few, list):
        yield from of_texts(few)
    elif type(few).__module__ == "numpy" and few.ndim >= TABLE_AXES:
        yield from of_array(few)


def of_table(table: Any, optional: set[str]) -> Iterator[Case]:
    """Yield a table's cases: each column in turn, then the table's columns themselves."""
    count = len(table)
    columns = list(table.columns)
    for at, name in list(enumerate(columns))[:MOST_COLUMNS]:
        column = table.iloc[:, at]
        for kind, label, changed in changes_of(column):
            whole = replaced(table, at, changed)
            declared = kind == "nulls" and str(name) in optional
            yield Case(kind, f"{label} in {str(name)!r}", whole, count,
                       is_declared=declared)  # fmt: skip
    if len(columns) > 1:
        turned = table.iloc[:, ::-1]
        yield Case("column_order", "columns in another order", turned, count, is_same=True)
        yield Case("missing_column", f"without {str(columns[-1])!r}",
                   table.iloc[:, :-1], count)  # fmt: skip
    more = table.copy()
    more[EXTRA if any(isinstance(name, str) for name in columns) else len(columns)] = 1.0
    yield Case("extra_column", "a column too many", more, count, is_same=True)


def replaced(table: Any, at: int, column: Any) -> Any:
    """Return a table with one column changed, whatever its name is."""
    import pandas as pd

    parts = [column if n == at else table.iloc[:, n] for n in range(table.shape[1])]
    whole = pd.concat(parts, axis=1)
    whole.columns = table.columns
    return whole


def changes_of(column: Any) -> Iterator[tuple[Kind, str, Any]]:
    """Yield what may stand in a column instead, with its kind and in words."""
    import numpy as np
    import pandas as pd

    def filled(values: Any, dtype: Any = None) -> Any:
        return pd.Series(values, index=column.index, dtype=dtype, name=column.name)

    count, kind = len(column), kind_of(column)
    if kind == "number":
        for word, value in extremes_of(column):
            yield "extreme", word, filled([value] * count, column.dtype)
        yield "infinite", "inf", filled([np.inf] * count, "float64")
        yield "infinite", "-inf", filled([-np.inf] * count, "float64")
        yield "nulls", "nothing", filled([np.nan] * count, "float64")
        yield "wrong_type", "texts", filled(["no number"] * count, "object")
    elif kind == "text":
        yield "unseen_category", "an unseen value", unseen(column)
        yield "nulls", "nothing", filled([None] * count, "object")
        yield "wrong_type", "numbers", filled([1.5] * count, "float64")
    elif kind == "time":
        yield "nulls", "nothing", filled([pd.NaT] * count, column.dtype)
        yield "wrong_type", "texts", filled(["no time"] * count, "object")
    else:
        yield "nulls", "nothing", filled([None] * count, "object")
        yield "wrong_type", "texts", filled(["no such value"] * count, "object")


def unseen(column: Any) -> Any:
    """Return a column in which every value is one that no training had; of its own type."""
    import pandas as pd

    values = [UNSEEN] * len(column)
    kind = "category" if str(column.dtype) == "category" else column.dtype
    return pd.Series(values, index=column.index, dtype=kind, name=column.name)


def kind_of(column: Any) -> Literal["number", "text", "time", "other"]:
    """Return what stands in a column."""
    import pandas as pd

    types = pd.api.types
    if types.is_bool_dtype(column) or str(column.dtype) == "category":
        return "text" if str(column.dtype) == "category" and has_texts(column) else "other"
    if types.is_numeric_dtype(column):
        return "number"
    if types.is_datetime64_any_dtype(column):
        return "time"
    return "text" if has_texts(column) else "other"


def has_texts(column: Any) -> bool:
    """Tell whether a column holds texts, and nothing else but gaps."""
    known = column.dropna()
    return bool(len(known)) and all(isinstance(value, str) for value in known.tolist())


def extremes_of(column: Any) -> list[tuple[str, Any]]:
    """Return numbers that are far beyond those of a column, and still numbers of its type."""
    import numpy as np

    plain = np.dtype(getattr(column.dtype, "numpy_dtype", column.dtype))
    if plain.kind in "iu":
        least, most = np.iinfo(plain).min, np.iinfo(plain).max
        return [("the largest number", int(most)), ("the smallest number", int(least))]
    known = np.asarray(column.dropna(), dtype=float)
    largest = float(np.max(np.abs(known[np.isfinite(known)]), initial=1.0))
    far = min(1e9 * max(1.0, largest), 1e30, float(np.finfo(plain).max) / 4)
    return [(f"{far:.3g}", far), (f"{-far:.3g}", -far)]


def of_array(array: Any) -> Iterator[Case]:
    """Yield an array's cases; along the last axis stand what a table has as columns."""
    import numpy as np

    rows = np.asarray(array)
    count = len(rows)
    changes: list[tuple[Kind, str, Any]] = []
    if rows.dtype.kind in "fiu":
        changes += [("extreme", word, value) for word, value in extremes_of_array(rows)]
    if rows.dtype.kind == "f":
        changes.append(("nulls", "nothing", np.nan))
        changes += [("infinite", "inf", np.inf), ("infinite", "-inf", -np.inf)]
    for kind, word, value in changes:
        changed = rows.copy()
        changed[..., 0] = value
        yield Case(kind, f"{word} in the first column", changed, count)
    wider = np.concatenate([rows, rows[..., :1]], axis=-1)
    yield Case("extra_column", "a column too many", wider, count, is_same=True)
    yield Case("missing_column", "a column too few", rows[..., :-1], count)
    yield Case("wrong_type", "texts", np.full(rows.shape, "no number"), count)


def extremes_of_array(rows: Any) -> list[tuple[str, Any]]:
    """Return numbers that are far beyond those of an array."""
    import pandas as pd

    return extremes_of(pd.Series(rows.ravel()))


def of_texts(rows: list[Any]) -> Iterator[Case]:
    """Yield the cases of a list of texts."""
    count = len(rows)
    if not all(isinstance(row, str) for row in rows):
        return
    for name, text in (
        ("an empty text", ""),
        ("a text of unseen words", UNSEEN),
        ("a text of 100,000 letters", "a" * 100_000),
        ("a text with a zero byte", "a\0b"),
    ):
        yield Case("unseen_category", name, [text, *rows[1:]], count)
    yield Case("nulls", "nothing", [None, *rows[1:]], count)
    yield Case("wrong_type", "a number", [1.5, *rows[1:]], count)


def first_of(rows: Any, count: int) -> Any:
    """Return the first rows, in the form in which they came."""
    if isinstance(rows, dict):
        return {name: first_of(item, count) for name, item in rows.items()}
    return rows.iloc[:count] if hasattr(rows, "iloc") else rows[:count]


def count_of(rows: Any) -> int:
    """Return how many rows there are."""
    if isinstance(rows, dict):
        return min((count_of(item) for item in rows.values()), default=0)
    return int(rows.shape[0]) if getattr(rows, "shape", ()) else len(rows)


def optional_in(signature: str | None) -> set[str]:
    """Return the inputs of which a signature says that they may be missing."""
    sides = sides_of(signature)
    if isinstance(sides, Broken):
        return set()
    return {port.name for port in sides["inputs"] if port.name and not port.required}
