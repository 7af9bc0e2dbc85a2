"""Reading the user's values without running the user's code.

Only exact, known types are looked into, and types are told apart by identity: a
metaclass may redefine how its classes compare, hash and name themselves. Methods
of anything else are never called. Sizes are limited before anything is copied.
"""

from __future__ import annotations

import json
import sys
from types import (
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
)
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_TEXT = 500
MOST_ITEMS = 50
MOST_POINTS = 100_000
MOST_PARTS = 1_000
"""Parts of one configuration that are looked at; lists in lists in lists have no end."""
DEEPEST = 4
MOST_BITS = 4096

# Python's own descriptors, past any of the same name that a metaclass may have.
MODULE_OF: Callable[[type], object] = type.__dict__["__module__"].__get__
NAME_OF: Callable[[type], object] = type.__dict__["__qualname__"].__get__
MRO_OF: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
INSIDE_OF: Callable[[type], Any] = type.__dict__["__dict__"].__get__


def place_of(kind: type) -> tuple[str, str]:
    """Return a type's module and name as they stand in it; empty if no texts."""
    module, name = MODULE_OF(kind), NAME_OF(kind)
    return module if type(module) is str else "", name if type(name) is str else ""


def whereabouts(value: object) -> str:
    """Return the module and name of a value's type, asking the type and not the value."""
    return ".".join(place_of(type(value)))


def is_genuine(kind: type, package: str) -> bool:
    """Say whether a type is what stands under its name in a package that is loaded."""
    place, name = place_of(kind)
    if place.partition(".")[0] != package:
        return False
    module = sys.modules.get(place)
    return type(module) is ModuleType and vars(module).get(name) is kind


def is_plain(value: object) -> bool:
    """Say whether a value is a short text, a number, yes or no, or None."""
    kind = type(value)
    if kind is str:
        return len(value) <= LONGEST_TEXT  # type: ignore[arg-type]
    if kind is int:
        return value.bit_length() <= MOST_BITS  # type: ignore[attr-defined,no-any-return]
    return kind is float or kind is bool or value is None


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
    module, name = place_of(kind)
    package = module.partition(".")[0]
    if package == "numpy" and is_genuine(kind, "numpy"):
        return numpy_number(value)
    if package == "torch" and f"{module}.{name}" in TENSORS:
        return tensor_number(value)
    return None


TENSORS = ("torch.Tensor", "torch.nn.parameter.Parameter")


def numpy_number(value: Any) -> float | None:
    """Return a numpy scalar or 0-d array as a float when it is a real number."""
    generic = vars(sys.modules["numpy"])["generic"]
    is_scalar = any(base is generic for base in MRO_OF(type(value)))
    is_point = place_of(type(value))[1] == "ndarray" and value.ndim == 0
    if not is_scalar and not is_point:
        return None
    return float(value) if value.dtype.kind in "fiu" else None


def tensor_number(value: Any) -> float | None:
    """Return a 0-d tensor as a float; on a GPU it is left alone: reading would wait."""
    dim, item = compiled(value, "dim"), compiled(value, "item")
    if dim is None or item is None or compiled(value, "is_cpu") is not True or dim() != 0:
        return None
    try:
        number = item()
    except RuntimeError:
        return None  # a tensor that stands for others, as inside torch.func
    return float(number) if type(number) is float or type(number) is int else None


def compiled(value: object, name: str) -> Any:
    """Return an attribute of a value if compiled code gives it, else None."""
    for base in MRO_OF(type(value)):
        found = INSIDE_OF(base).get(name)
        if found is not None:
            kind = type(found)
            native = kind is MethodDescriptorType or kind is GetSetDescriptorType
            return found.__get__(value) if native else None
    return None


def series_of(value: object) -> list[float] | None:
    """Return a list, 1-D array or Series of numbers, or None for everything else."""
    kind = type(value)
    if kind is list or kind is tuple:
        if not 0 < len(value) <= MOST_POINTS:  # type: ignore[arg-type]
            return None
        return numbers_in(value[:MOST_POINTS])  # type: ignore[index]
    if is_genuine(kind, "numpy"):
        return array_series(value) if place_of(kind)[1] == "ndarray" else None
    if is_genuine(kind, "pandas") and place_of(kind)[1] == "Series":
        return column_series(value.array)  # type: ignore[attr-defined]
    return None


def numbers_in(items: list[object]) -> list[float] | None:
    """Return numbers of any kind (numpy's, tensors) as floats, when all are numbers."""
    found: list[float] = []
    for item in items:
        number = item if type(item) is float else number_of(item)
        if number is None:
            return None
        found.append(number)
    return found


def column_series(array: Any) -> list[float] | None:
    """Return the values of a pandas Series as floats, of pandas' own arrays only."""
    if not is_genuine(type(array), "pandas") or not 0 < len(array) <= MOST_POINTS:
        return None
    if array.dtype.kind not in "fiu":
        return None
    return array_series(array.to_numpy(dtype="float64", na_value=float("nan")))


def array_series(value: Any) -> list[float] | None:
    """Return a 1-D array of real numbers as floats."""
    if (
        value.ndim != 1
        or value.dtype.kind not in "fiu"
        or not 0 < value.size <= MOST_POINTS
    ):
        return None
    return [float(number) for number in value.tolist()]


def params_in(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Yield (dotted name, plain value) for what a chosen value holds.

    Mappings and configuration objects are taken apart; short lists of plain
    values stay whole; what is long, deep or foreign is left out.
    """
    waiting = [(name, value, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        path, part, depth = waiting.pop()
        if is_plain(part):
            yield path, part
            continue
        items = items_of(part)
        if items is not None and all(map(is_plain, items)):
            yield path, items
            continue
        inner = parts_of(part)
        if inner and depth < DEEPEST:
            more = [(f"{path}.{key}", each, depth + 1) for key, each in inner]
            waiting.extend(reversed(more))
        elif (number := number_of(part)) is not None:
            yield path, number


def parts_of(value: object) -> list[tuple[str | int, object]]:
    """Return the parts of a short list, mapping or configuration, by place or name."""
    kind = type(value)
    if kind is list or kind is tuple:
        return list(enumerate(items_of(value) or ()))
    return fields_of(value) or []


def items_of(value: object) -> list[object] | None:
    """Return the items of a short list, tuple or set."""
    kind = type(value)
    if kind is list or kind is tuple or kind is set or kind is frozenset:
        return list(value) if len(value) <= MOST_ITEMS else None  # type: ignore[call-overload,arg-type]
    return None


def fields_of(value: object) -> list[tuple[str | int, object]] | None:
    """Return the named parts of a mapping or configuration object that is not too large."""
    parts = mapping_of(value)
    if parts is None or len(parts) > MOST_ITEMS * 4:
        return None
    return [
        (key, part)
        for key, part in parts.items()
        if is_plain(key) and (type(key) is int or (type(key) is str and key.isprintable()))
    ]


def mapping_of(value: object) -> dict[Any, object] | None:
    """Return a copy of the fields of a short dict or a configuration object, or None."""
    if type(value) is dict:
        # Copied at once: another thread may be adding to it.
        return value.copy() if len(value) <= MOST_ITEMS * 4 else None
    if not is_configuration(value):
        return None
    inside = attributes_of(value)
    if inside is None:
        return slots_of(value)
    if is_genuine(type(value), "omegaconf"):
        content = inside.get("_content")
        return omega(content) if type(content) is dict else None
    return {
        key: item
        for key, item in inside.copy().items()
        if type(key) is str and not key.startswith("_")
    }


def omega(content: dict[Any, object]) -> dict[Any, object]:
    """Return OmegaConf's nodes as plain values, interpolations as they are written."""
    found: dict[Any, object] = {}
    for key, node in content.copy().items():
        inside = attributes_of(node) or {}
        found[key] = inside.get("_val", node)
    return found


def attributes_of(value: object) -> dict[Any, object] | None:
    """Return an object's own dictionary, past a redefined `__dict__`; None without one."""
    for base in MRO_OF(type(value)):
        descriptor = INSIDE_OF(base).get("__dict__")
        if descriptor is not None:
            if type(descriptor) is not GetSetDescriptorType:
                return None
            found = descriptor.__get__(value)
            return found if type(found) is dict else None
    return None


def slots_of(value: object) -> dict[Any, object] | None:
    """Return the fields of a dataclass with slots, read without its properties."""
    inside = INSIDE_OF(type(value))
    fields = inside.get("__dataclass_fields__")
    if type(fields) is not dict:
        return None
    found: dict[Any, object] = {}
    for name in fields:
        member = inside.get(name)
        if type(member) is MemberDescriptorType:
            try:
                found[name] = member.__get__(value, type(value))
            except AttributeError:
                continue
    return found


def is_configuration(value: object) -> bool:
    """Say whether a value is of a kind that people keep settings in."""
    kind = type(value)
    if id(kind) in PLAIN_KINDS:
        return False
    module, name = place_of(kind)
    if f"{module}.{name}" in CONFIGURATIONS:
        return is_genuine(kind, module.partition(".")[0])
    # A subclass that declares nothing of its own is code that carries settings along.
    inside = INSIDE_OF(kind)
    return "__dataclass_fields__" in inside or "__pydantic_core_schema__" in inside


PLAIN_KINDS = frozenset(
    map(id, (int, float, str, bool, type(None), list, tuple, dict, set, FunctionType))
)
"""By id, for a metaclass may redefine how its classes are hashed and compared."""
CONFIGURATIONS = (
    "argparse.Namespace",
    "types.SimpleNamespace",
    "omegaconf.dictconfig.DictConfig",
)


def text_of(value: object) -> tuple[str, str]:
    """Return a plain value as (text that can be written down, name of its type)."""
    kind = type(value)
    name = place_of(kind)[1]
    if kind is str:
        # A lone half of a surrogate pair cannot be written: it is shown escaped.
        return value.encode("utf-8", "backslashreplace").decode(), name  # type: ignore[attr-defined]
    if is_plain(value):
        return str(value), name
    text = json.dumps(writable(value), ensure_ascii=False)[: 4 * LONGEST_TEXT]
    return text.encode("utf-8", "backslashreplace").decode(), name


def writable(value: object, depth: int = 0) -> Any:
    """Return a value as JSON can hold it; what is long, deep or foreign by its type."""
    if is_plain(value):
        return value
    fields, items = fields_of(value), items_of(value)
    if depth < DEEPEST and fields is not None:
        return {str(key): writable(each, depth + 1) for key, each in fields}
    if depth < DEEPEST and items is not None:
        return [writable(each, depth + 1) for each in items]
    return f"<{whereabouts(value)}>"
