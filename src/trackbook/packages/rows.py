"""Rows of any usual kind as plain arrays in a file, and back, without pickle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ABOUT = "about"


class Unstorable(TrackbookError):
    """Rows hold something that no plain array can; never leaves this room."""


def picked(rows: Any, most: int) -> Any:
    """Return at most so many rows, evenly from the first to the last."""
    import numpy as np

    if isinstance(rows, dict):
        return {name: picked(item, most) for name, item in rows.items()}
    count = count_of(rows)
    if count <= most:
        return rows
    places = np.linspace(0, count - 1, most).round().astype(int)
    if hasattr(rows, "iloc"):
        return rows.iloc[places]
    if isinstance(rows, list):
        return [rows[int(at)] for at in places]
    return rows[places]


def count_of(rows: Any) -> int:
    """Return how many rows there are."""
    if isinstance(rows, dict):
        return min((count_of(item) for item in rows.values()), default=0)
    if hasattr(rows, "shape"):
        return int(rows.shape[0]) if len(rows.shape) else 1
    return len(rows)


def packed(rows: Any) -> dict[str, NDArray[Any]]:
    """Return rows as named arrays of numbers and texts.

    Raises:
        Unstorable: they hold other objects
    """
    if type(rows).__module__.partition(".")[0] == "polars":
        raise Unstorable("a polars table; a pandas one can be kept")
    arrays: dict[str, NDArray[Any]] = {}
    about = put(arrays, "rows", rows)
    import numpy as np

    arrays[ABOUT] = np.array(json.dumps(about))
    return arrays


def put(arrays: dict[str, NDArray[Any]], key: str, rows: Any) -> dict[str, object]:
    """Add rows to arrays under a key, and return how to make them from these again."""
    import numpy as np

    if hasattr(rows, "columns") and hasattr(rows, "iloc"):
        names = [name_of(name) for name in rows.columns]
        parts = [
            put_column(arrays, f"{key}.{at}", rows.iloc[:, at]) for at in range(len(names))
        ]
        return {"kind": "table", "key": key, "names": names, "parts": parts}
    if hasattr(rows, "iloc"):
        column = put_column(arrays, key, rows)
        return {"kind": "series", "key": key, "name": name_of(rows.name), "part": column}
    if isinstance(rows, dict):
        parts = [put(arrays, f"{key}.{at}", item) for at, item in enumerate(rows.values())]
        return {
            "kind": "arrays",
            "key": key,
            "names": [*map(name_of, rows)],
            "parts": parts,
        }
    if hasattr(rows, "tocsr"):
        whole = rows.tocsr()
        for name in ("data", "indices", "indptr"):
            arrays[f"{key}.{name}"] = getattr(whole, name)
        return {"kind": "sparse", "key": key, "shape": list(rows.shape)}
    if isinstance(rows, list):
        part = put(arrays, key, np.array(rows))
        return {"kind": "list", "key": key, "part": part}
    value = rows.detach().cpu().numpy() if hasattr(rows, "detach") else np.asarray(rows)
    arrays[key], nulls = plain_of(value)
    if nulls is not None:
        raise Unstorable("an array in which texts are missing")
    return {"kind": "array", "key": key, "dtype": str(value.dtype)}


def put_column(arrays: dict[str, NDArray[Any]], key: str, column: Any) -> dict[str, object]:
    """Add a column of a table to arrays, and return how to make it again."""
    kind = str(column.dtype)
    if kind == "category":
        inside = put_column(arrays, f"{key}.categories", column.cat.categories.to_series())
        arrays[key] = column.cat.codes.to_numpy()
        return {
            "key": key,
            "dtype": kind,
            "of": inside,
            "ordered": bool(column.cat.ordered),
        }
    if kind.startswith("datetime64"):
        bare = column.dt.tz_convert("UTC").dt.tz_localize(None) if "," in kind else column
        arrays[key] = bare.to_numpy(dtype="datetime64[ns]").view("int64")
        return {"key": key, "dtype": kind}
    value = column.to_numpy(dtype=object) if is_masked(column) else column.to_numpy()
    plain, nulls = plain_of(value)
    arrays[key] = plain
    if nulls is None:
        return {"key": key, "dtype": kind}
    arrays[f"{key}.null"] = nulls
    is_none = all(item is None for item in value[nulls].tolist())
    return {"key": key, "dtype": kind, "absent": "None" if is_none else "nan"}


def is_masked(column: Any) -> bool:
    """Tell whether a column is of a type that has missing values of its own: Int64, str."""
    return not hasattr(column.dtype, "byteorder") or column.dtype.kind == "O"


def plain_of(value: Any) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return an array without objects, and where something was missing in it."""
    import numpy as np
    import pandas as pd

    if value.dtype.kind in "biufcUM":
        return value, None
    nulls = np.asarray(pd.isna(value))
    kept = value[~nulls].ravel().tolist()
    for kind, absent in ((str, ""), (bool, False), (int, 0), ((int, float), 0.0)):
        if all(isinstance(item, kind) for item in kept):
            filled = np.where(nulls, absent, value)
            dtype = (
                {"": "U", False: "bool"}.get(absent)
                if isinstance(absent, str | bool)
                else None
            )
            found = np.array(filled.tolist(), dtype=dtype)
            return found.reshape(value.shape), nulls if nulls.any() else None
    odd = next(item for item in kept if not isinstance(item, str | bool | int | float))
    raise Unstorable(f"a {type(odd).__name__}")


def name_of(name: object) -> str | int:
    """Return a column's name, if a text file can hold it."""
    if isinstance(name, str | int):
        return name
    if name is None:
        return ""
    raise Unstorable(f"a column named {name!r}")


def unpacked(arrays: Mapping[str, Any]) -> Any:
    """Return the rows that were packed."""
    return made(arrays, json.loads(str(arrays[ABOUT])))


def made(arrays: Mapping[str, Any], about: Any) -> Any:
    """Return what was put under a key."""
    import pandas as pd

    kind, key = about["kind"], about["key"]
    if kind == "table":
        columns = [made_column(arrays, part) for part in about["parts"]]
        table = pd.concat(columns, axis=1) if columns else pd.DataFrame()
        table.columns = about["names"]
        return table
    if kind == "series":
        return made_column(arrays, about["part"]).rename(about["name"] or None)
    if kind == "arrays":
        pairs = zip(about["names"], about["parts"], strict=True)
        return {name: made(arrays, part) for name, part in pairs}
    if kind == "sparse":
        from scipy.sparse import csr_matrix

        parts = tuple(arrays[f"{key}.{name}"] for name in ("data", "indices", "indptr"))
        return csr_matrix(parts, shape=tuple(about["shape"]))
    if kind == "list":
        return made(arrays, about["part"]).tolist()
    return arrays[key].astype(about["dtype"])


def made_column(arrays: Mapping[str, Any], about: Any) -> Any:
    """Return a column of a table."""
    import numpy as np
    import pandas as pd

    key, kind = about["key"], about["dtype"]
    value = arrays[key]
    if kind == "category":
        inside = made_column(arrays, about["of"])
        found = pd.Categorical.from_codes(value, inside.array, ordered=about["ordered"])
        return pd.Series(found)
    if kind.startswith("datetime64") and "," in kind:
        return pd.Series(pd.to_datetime(value.view("datetime64[ns]"), utc=True)).astype(
            kind
        )
    if kind.startswith("datetime64"):
        return pd.Series(value.view("datetime64[ns]")).astype(kind)
    nulls = arrays.get(f"{key}.null")
    if nulls is None:
        return pd.Series(value).astype(kind)
    whole = value.astype(object)
    whole[nulls] = None if about["absent"] == "None" else np.nan
    return pd.Series(whole, dtype=object).astype(kind)
