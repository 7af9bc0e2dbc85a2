"""Reading the user's values without running the user's code.

Only exact, known types are looked into; `__len__`, `__eq__`, `__repr__`,
`__array__` and `__float__` of anything else are never called. Sizes are limited
before anything is copied.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 500
MOST_ITEMS = 50
MOST_POINTS = 100_000
DEEPEST = 4

PLAIN = (int, float, str, bool, type(None))


def whereabouts(value: object) -> str:
    """Return the module and name of a value's type, asking the type and not the value."""
    made = type(value)
    module = type.__getattribute__(made, "__module__")
    name = type.__getattribute__(made, "__qualname__")
    return f"{module}.{name}"


def number_of(value: object) -> float | None:
    """Return a real scalar as a float, or None for everything that is none.

    Python's int and float, numpy's real scalars and 0-d arrays, 0-d tensors that
    are computed and lie on the CPU. Bools are answers, not measurements.
    """
    kind = type(value)
    if kind is float or kind is int:
        try:
            return float(value)  # type: ignore[arg-type]
        except OverflowError:
            return None
    place = whereabouts(value)
    if place.startswith("numpy."):
        return numpy_number(value)
    if place in ("torch.Tensor", "torch.nn.parameter.Parameter"):
        return tensor_number(value)
    return None


def numpy_number(value: Any) -> float | None:
    """Return a numpy scalar or 0-d array as a float when it is a real number."""
    import numpy as np

    is_scalar = isinstance(value, np.generic)
    if not is_scalar and not (type(value) is np.ndarray and value.ndim == 0):
        return None
    return float(value) if value.dtype.kind in "fiu" else None


def tensor_number(value: Any) -> float | None:
    """Return a 0-d tensor as a float; one on a GPU is left alone: reading would wait for it."""
    if value.dim() != 0 or value.device.type != "cpu" or value.is_complex():
        return None
    if str(value.dtype) == "torch.bool":
        return None
    return float(value.detach().item())


def series_of(value: object) -> list[float] | None:
    """Return a list, 1-D array or Series of numbers, or None for everything else."""
    kind = type(value)
    if kind is list or kind is tuple:
        items: Any = value
        if not 0 < len(items) <= MOST_POINTS:
            return None
        if all(type(item) in (float, int) for item in items):
            return [float(item) for item in items]
        return numbers_in(items)
    place = whereabouts(value)
    if place in ("pandas.core.series.Series", "pandas.Series"):
        return array_series(value.array.to_numpy())  # type: ignore[attr-defined]
    if place == "numpy.ndarray":
        return array_series(value)
    return None


def numbers_in(items: list[object]) -> list[float] | None:
    """Return mixed numbers (numpy scalars, tensors) as floats, when all are numbers."""
    found = []
    for item in items[:MOST_POINTS]:
        number = number_of(item)
        if number is None:
            return None
        found.append(number)
    return found


def array_series(value: Any) -> list[float] | None:
    """Return a 1-D array of real numbers as floats."""
    if value.ndim != 1 or value.dtype.kind not in "fiu" or not 0 < value.size <= MOST_POINTS:
        return None
    return [float(number) for number in value.tolist()]


def params_in(name: str, value: object, depth: int = 0) -> Iterator[tuple[str, object]]:
    """Yield (dotted name, plain value) for what a chosen value holds.

    Mappings and configuration objects are taken apart; short lists of plain
    values stay whole; what is long, deep or foreign is left out.
    """
    if type(value) in PLAIN:
        if type(value) is not str or len(value) <= LONGEST_TEXT:
            yield name, value
        return
    if depth > DEEPEST:
        return
    if type(value) in (list, tuple, set, frozenset):
        items = list(value)  # type: ignore[call-overload]
        if len(items) <= MOST_ITEMS and all(type(item) in PLAIN for item in items):
            yield name, items
        elif type(value) in (list, tuple) and len(items) <= MOST_ITEMS:
            for place, item in enumerate(items):
                yield from params_in(f"{name}.{place}", item, depth + 1)
        return
    parts = mapping_of(value)
    if parts is not None and len(parts) <= MOST_ITEMS * 4:
        for key, item in parts.items():
            if type(key) in (str, int):
                yield from params_in(f"{name}.{key}", item, depth + 1)
        return
    number = number_of(value)
    if number is not None:
        yield name, number


def mapping_of(value: object) -> dict[Any, object] | None:
    """Return the fields of a dict or a configuration object, or None."""
    if type(value) is dict:
        return value
    if not is_configuration(value):
        return None
    try:
        inside = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return slots_of(value)
    if whereabouts(value).startswith("omegaconf."):
        content = inside.get("_content")
        return omega(content) if type(content) is dict else None
    return {key: item for key, item in inside.items() if not str(key).startswith("_")}


def omega(content: dict[Any, object]) -> dict[Any, object]:
    """Return OmegaConf's nodes as plain values, interpolations as they are written."""
    found: dict[Any, object] = {}
    for key, node in content.items():
        inside = object.__getattribute__(node, "__dict__")
        found[key] = inside.get("_val", node) if "_val" in inside else node
    return found


def slots_of(value: object) -> dict[Any, object] | None:
    """Return the fields of a dataclass with slots, read without its properties."""
    fields = type.__getattribute__(type(value), "__dict__").get("__dataclass_fields__")
    if type(fields) is not dict:
        return None
    found: dict[Any, object] = {}
    for name in fields:
        member = type.__getattribute__(type(value), "__dict__").get(name)
        if whereabouts(member) == "builtins.member_descriptor":
            try:
                found[name] = member.__get__(value, type(value))  # type: ignore[union-attr]
            except AttributeError:
                continue
    return found


def is_configuration(value: object) -> bool:
    """Say whether a value is of a kind that people keep settings in."""
    if whereabouts(value) in (
        "argparse.Namespace",
        "types.SimpleNamespace",
        "omegaconf.dictconfig.DictConfig",
    ):
        return True
    for base in type.__getattribute__(type(value), "__mro__"):
        inside = type.__getattribute__(base, "__dict__")
        if "__dataclass_fields__" in inside or "__pydantic_core_schema__" in inside:
            return base is type(value)
    return False


def text_of(value: object) -> tuple[str, str]:
    """Return a plain value as (text, name of its type)."""
    kind = type(value)
    if kind is str:
        return str(value), "str"
    if kind in (list, tuple, set, frozenset, dict):
        return json.dumps(value, default=str, ensure_ascii=False)[: 4 * LONGEST_TEXT], kind.__name__
    return str(value), kind.__name__
