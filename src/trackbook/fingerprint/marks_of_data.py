"""How libraries' own types are gone through for a mark: arrays, tables, tensors, generators."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.fingerprint.marks import Walk

    Opener = Callable[[Walk, Any], None]

MOST_POINTERS = 4_000
MOST_PLACES = 64
SAMPLES = 9
FEW_LABELS, MOST_LABELS = 500, 20_000
"""Labels of a table that are gone through: texts, and numbers."""
MODULE_OF = type.__dict__["__module__"].__get__
NAME_OF = type.__dict__["__name__"].__get__
MRO_OF = type.__dict__["__mro__"].__get__


def fixed(walk: Walk, value: Any) -> None:
    """Take in a value of a small type that never changes, by what it shows."""
    walk.parts.discard(id(value))
    walk.tell(repr(value))


def hidden(walk: Walk, value: Any) -> None:
    """Know a file or a connection by its identity: where it stands cannot be seen."""
    walk.identity(value)


def drawn(walk: Walk, value: Any) -> None:
    """Know a figure, a widget or a module by identity: what is in it is for the eye."""
    walk.lasting = False
    walk.tell(id(value))


def array(walk: Walk, value: Any) -> None:
    """Take in a numpy array: all of it, or where it is large, a sample."""
    base = value
    while type(getattr(base, "base", None)) is type(value):
        base = base.base
    walk.parts.add(id(base))
    walk.tell(value.dtype.str, value.shape)
    if value.dtype.hasobject:
        if value.size > MOST_POINTERS:
            pointers(walk, value)
        else:
            walk.waiting.extend(value.ravel().tolist())
        return
    if value.flags.f_contiguous:
        value = value.T
    copied = not value.flags.c_contiguous
    if walk.budget.allows(value.nbytes * (4 if copied else 1)):
        walk.hasher.take(contiguous(value))
        return
    walk.exact = False
    # Never `ravel`: of a slice of a gigabyte it makes another.
    each = max(1, int(SAMPLES ** (1 / max(1, value.ndim))))
    sample = value[tuple(slice(None, None, max(1, n // each)) for n in value.shape)]
    walk.hasher.take(contiguous(sample))


def pointers(walk: Walk, value: Any) -> None:
    """Take in which objects an array holds: texts and numbers never change in place."""
    walk.lasting = False
    import ctypes

    flat = value if value.flags.c_contiguous else value.copy()
    walk.hasher.take(ctypes.string_at(flat.ctypes.data, flat.nbytes))


def scalar(walk: Walk, value: Any) -> None:
    """Take in one of numpy's numbers."""
    walk.tell(value.dtype.str, value.tobytes())


def table(walk: Walk, value: Any) -> None:
    """Take in a DataFrame or a Series: its blocks, its axes and its attrs."""
    own = dict_of(value)
    manager = own.get("_mgr")
    walk.waiting.extend((own.get("_attrs"), own.get("_name")))
    for axis in getattr(manager, "axes", ()):
        walk.waiting.append(axis)
    for block in getattr(manager, "blocks", ()):
        walk.tell(places(block.mgr_locs))
        walk.waiting.append(block.values)


def places(located: Any) -> tuple[int, ...]:
    """Return which columns a block holds, the first few; of a series it names every row."""
    if located.is_slice_like:
        span = located.as_slice
        return tuple(range(span.start, span.stop, span.step or 1)[:MOST_PLACES])
    return tuple(located.as_array[:MOST_PLACES].tolist())


def index(walk: Walk, value: Any) -> None:
    """Take in the labels of a table's rows or columns: only their names ever change."""
    own = dict_of(value)
    walk.waiting.extend((own.get("_name"), own.get("_names")))
    span = own.get("_range")
    labels: Any = own.get("_data")
    if type(span) is range:
        walk.tell(span.start, span.stop, span.step)
        return
    inside = getattr(labels, "__dict__", None)
    if type(inside) is dict and opener_by_name(type(inside.get("_pa_array"))) is arrow:
        walk.waiting.append(inside["_pa_array"])
    elif opener_by_name(type(labels)) is array and is_short(labels):
        # Not as a part: tables share their labels, and do not change through them.
        if labels.dtype.hasobject:
            walk.tell(labels.shape)
            walk.waiting.extend(labels.tolist())
        else:
            walk.tell(labels.dtype.str, labels.shape)
            walk.hasher.take(contiguous(labels))
    else:
        by_identity(walk, value)


def is_short(labels: Any) -> bool:
    """Say whether labels are so few that going through them costs next to nothing."""
    return bool(labels.size <= (FEW_LABELS if labels.dtype.hasobject else MOST_LABELS))


def by_identity(walk: Walk, value: Any) -> None:
    """Know what never changes in place by its identity."""
    walk.lasting = False
    walk.tell(id(value))
    walk.opaque.append(ref(value))


def arrow(walk: Walk, value: Any) -> None:
    """Take in a column or a table that never changes in place: a short column by its values."""
    walk.tell(len(value))
    if len(value) <= FEW_LABELS and NAME_OF(type(value)) == "ChunkedArray":
        walk.tell(str(value.type), value.to_pylist())
    else:
        by_identity(walk, value)


def generator(walk: Walk, value: Any) -> None:
    """Take in the state of one of numpy's generators of random numbers."""
    state = getattr(value, "bit_generator", value)
    state = getattr(state, "_bit_generator", state)
    walk.waiting.append(state.state)


def tensor(walk: Walk, value: Any) -> None:
    """Take in a tensor by its place, its shape and torch's own count of its changes."""
    if not hasattr(type(value), "data_ptr"):
        walk.identity(value)
        return
    walk.lasting = False
    version = None if value.is_inference() else value._version  # noqa: SLF001
    walk.tell(value.data_ptr(), tuple(value.shape), version)
    walk.waiting.append(value.grad if value.is_leaf else None)


def length_of(value: Any) -> int | None:
    """Return how many items or rows a value of a known type has."""
    for kind in (list, tuple, dict, set, frozenset):
        if type(value) is kind:
            return len(value)
    opener = opener_by_name(type(value))
    if opener is array:
        return int(value.shape[0]) if value.ndim else None
    if opener is table:
        axes = getattr(dict_of(value).get("_mgr"), "axes", None)
        return len(axes[-1]) if type(axes) is list and axes else None
    return None


def dict_of(value: Any) -> dict[str, Any]:
    """Return an object's own dictionary."""
    own = object.__getattribute__(value, "__dict__")
    return own if type(own) is dict else {}


def contiguous(value: Any) -> Any:
    """Return an array's bytes."""
    import numpy as np

    flat: Any = np.ascontiguousarray(value).reshape(-1).view("u1")
    return memoryview(flat)


def opener_by_name(kind: type) -> Opener | None:
    """Return how a library's own type is gone through, if that is known."""
    module, name = MODULE_OF(kind), NAME_OF(kind)
    if type(module) is not str:
        return None
    package = module.partition(".")[0]
    if package in BY_PACKAGE:
        return BY_PACKAGE[package]
    if package == "numpy" and any(NAME_OF(base) == "dtype" for base in MRO_OF(kind)):
        return fixed
    opener = BY_NAME.get((package, name))
    if opener is None or getattr(sys.modules.get(module), name, None) is not kind:
        if package == "numpy" and any(NAME_OF(base) == "generic" for base in MRO_OF(kind)):
            return scalar
        return None
    return opener


HIDING = {"_io", "io", "_csv", "sqlite3", "duckdb", "_duckdb", "socket", "ssl", "h5py"}
"""Packages whose objects stand for something outside: a place in a file, a connection."""
DRAWN = {"matplotlib", "plotly", "ipywidgets", "IPython", "seaborn", "altair", "bokeh"}
IMMUTABLE = {
    "datetime": "datetime date time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "uuid": "UUID",
    "pathlib": "PosixPath WindowsPath Path PurePath",
    "re": "Pattern",
    "pandas": "Timestamp Timedelta Period Interval NaTType NAType StringDtype CategoricalDtype",
    "torch": "dtype device Size",
}
BY_PACKAGE: dict[str, Opener] = dict.fromkeys(DRAWN, drawn) | dict.fromkeys(HIDING, hidden)
INDEXES = (
    "Index", "RangeIndex", "MultiIndex", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex",
    "CategoricalIndex", "IntervalIndex",
)  # fmt: skip
BY_NAME: dict[tuple[str, str], Opener] = {
    **{(of, name): fixed for of, names in IMMUTABLE.items() for name in names.split()},
    ("numpy", "ndarray"): array,
    ("numpy", "Generator"): generator,
    ("numpy", "RandomState"): generator,
    ("pandas", "DataFrame"): table,
    ("pandas", "Series"): table,
    **{("pandas", name): index for name in INDEXES},
    ("pyarrow", "ChunkedArray"): arrow,
    ("pyarrow", "Table"): arrow,
    ("torch", "Tensor"): tensor,
    ("torch", "Parameter"): tensor,
}
