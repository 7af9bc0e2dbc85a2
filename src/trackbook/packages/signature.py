"""What a model takes and gives, told by an example: names, types, shapes, what may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from trackbook.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Iterable

Form = Literal["table", "array", "series", "texts", "sparse", "arrays"]
MOST_LABELS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a table, or one array."""

    name: str
    """Empty for what has no name."""
    dtype: str
    """numpy's name, little-endian; `string` for texts, `object` for anything else."""
    shape: tuple[int, ...] = ()
    """Of an array, rows first; -1 for any number. Empty for a column."""
    nullable: bool = False
    """Whether the example had a missing value in it, or its type declares that it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a model takes and gives."""

    form: Form
    """In what the inputs come."""
    inputs: tuple[Field, ...]
    outputs: tuple[Field, ...]
    labels: tuple[str, ...] | None = None
    """Of a classifier, in its order; None where there are none or too many."""

    def text(self) -> str:
        """Return it as JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def of_text(cls, text: str) -> Signature:
        """Return a signature from its JSON.

        Raises:
            Damaged: the text is no signature
        """
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
            raise Damaged(f"no signature can be read from {text[:60]!r}: {error}") from None


def signature_of(rows: object, output: object, *, model: object = None) -> Signature:
    """Return a signature from an input example and what the model gave for it.

    Args:
        rows: a table, an array, a series, a list of texts, a sparse matrix, a dict of arrays
        output: the predictions for them
        model: whose `classes_`, if it has some, are the labels
    """
    form, inputs = fields_of(rows)
    _, outputs = fields_of(output)
    return Signature(
        form=form, inputs=tuple(inputs), outputs=tuple(outputs), labels=labels_of(model)
    )


def fields_of(value: Any) -> tuple[Form, list[Field]]:
    """Return in what form data come, and their columns or arrays."""
    if hasattr(value, "columns") and hasattr(value, "dtypes"):
        columns = list(value.columns)
        parts = (
            value.iloc[:, at] if hasattr(value, "iloc") else value[name]
            for at, name in enumerate(columns)
        )
        return "table", [
            column_of(name_of(name), part)
            for name, part in zip(columns, parts, strict=True)
        ]
    if isinstance(value, dict):
        return "arrays", [array_of(name_of(name), item) for name, item in value.items()]
    if hasattr(value, "tocsr"):
        shape = (-1, *value.shape[1:])
        return "sparse", [Field(name="", dtype=dtype_of(value.dtype), shape=shape)]
    if hasattr(value, "to_numpy") and hasattr(value, "name"):
        return "series", [column_of(name_of(value.name), value)]
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "texts", [Field(name="", dtype="string")]
    return "array", [array_of("", value)]


def name_of(name: object) -> str:
    """Return a column's name as a text that can be written anywhere."""
    return "" if name is None else str(name).encode("utf-8", "backslashreplace").decode()


def array_of(name: str, value: Any) -> Field:
    """Return an array as a field: any number of rows."""
    import numpy as np

    found = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    dtype = "string" if is_texts(found) else dtype_of(found.dtype)
    absent = found.dtype.kind == "f" and bool(np.isnan(found).any())
    return Field(name=name, dtype=dtype, shape=(-1, *found.shape[1:]), nullable=absent)


def column_of(name: str, column: Any) -> Field:
    """Return a column of a table as a field."""
    import pandas as pd

    series = column if isinstance(column, pd.Series) else pd.Series(column.to_numpy())
    kind = str(series.dtype)
    if kind == "category":
        inside = column_of(name, pd.Series(series.cat.categories))
        dtype = "string" if inside.dtype in {"string", "object"} else inside.dtype
    elif kind in {"str", "string", "object"} or kind.startswith("string"):
        dtype = "string" if is_texts(series.dropna().to_numpy()) else "object"
    elif kind.startswith("datetime64"):
        dtype = "datetime64[ns]"
    else:
        dtype = kind.lower()
    return Field(name=name, dtype=dtype, nullable=bool(series.isna().any()))


def is_texts(values: Any) -> bool:
    """Tell whether an array holds texts and nothing else."""
    if values.dtype.kind in "UT":
        return True
    return values.dtype.kind == "O" and all(isinstance(item, str) for item in values.flat)


def dtype_of(dtype: Any) -> str:
    """Return numpy's name of a type, whatever its byte order."""
    return str(dtype.newbyteorder("=")) if dtype.kind not in "UOT" else "object"


def labels_of(model: Any) -> tuple[str, ...] | None:
    """Return the labels that a classifier knows, as texts."""
    found = getattr(model, "classes_", None)
    if found is None or not hasattr(found, "tolist") or found.ndim != 1:
        return None
    return texts_of(found.tolist()) if len(found) <= MOST_LABELS else None


def texts_of(values: Iterable[object]) -> tuple[str, ...]:
    """Return labels as texts; a number stays told from a text of its digits."""
    return tuple(v if isinstance(v, str) else f"{type(v).__name__}:{v!r}" for v in values)
