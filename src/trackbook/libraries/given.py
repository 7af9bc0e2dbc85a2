"""Hyper-parameters as somebody gave them, read off an object without asking it."""

from __future__ import annotations

from abc import ABCMeta
from inspect import CO_VARKEYWORDS, unwrap
from types import BuiltinFunctionType, FunctionType, GetSetDescriptorType, MethodType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    Container = (
        list[object]
        | tuple[object, ...]
        | dict[object, object]
        | set[object]
        | frozenset[object]
        | range
    )

PLAIN = (int, float, str, bool, type(None), complex)
CONTAINERS = (list, tuple, dict, set, frozenset, range)
CALLABLE = (type, ABCMeta, FunctionType, BuiltinFunctionType, MethodType)
# Python's own descriptors: a metaclass may have others of the same name.
MODULE_OF: Callable[[type], object] = type.__dict__["__module__"].__get__
NAME_OF: Callable[[type], object] = type.__dict__["__name__"].__get__
MRO_OF: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
INSIDE_OF: Callable[[type], Any] = type.__dict__["__dict__"].__get__
LONGEST = 200
"""Characters of a text, beyond which it is cut."""
MOST = 30
"""Items of a list or dict, beyond which only its size is told."""
DEEPEST = 5


def given_params(thing: object, *, prefix: str = "", depth: int = 0) -> dict[str, object]:
    """Return what differs from the defaults of the object's constructor, nested with dots.

    The names are scikit-learn's: `clf.C` for the step `clf` of a pipeline. Values are read
    from the object's attributes; `get_params` may be the user's own code.
    """
    found: dict[str, object] = {}
    values = values_of(thing)
    for name, default in defaults_of(type(thing)).items():
        value = values.get(name, default)
        if value is default:
            continue
        parts = parts_of(value)
        if parts and depth < DEEPEST:
            for part, each in parts.items():
                found |= _named(f"{prefix}{part}", each, depth)
        elif is_nested(value) and depth < DEEPEST:
            found |= _named(f"{prefix}{name}", value, depth)
        elif not _same(plain(value), plain(default)):
            found[prefix + name] = plain(value)
    return found


def kept_params(thing: object, *, prefix: str = "", depth: int = 0) -> dict[str, object]:
    """Return what is as the constructor's defaults have it, named as in `given_params`."""
    found: dict[str, object] = {}
    values = values_of(thing)
    for name, default in defaults_of(type(thing)).items():
        value = values.get(name, default)
        if value is MISSING:
            continue
        parts = parts_of(value) if depth < DEEPEST else {}
        for part, each in parts.items():
            found |= kept_params(each, prefix=f"{prefix}{part}.", depth=depth + 1)
        if not parts and is_nested(value) and depth < DEEPEST:
            found |= kept_params(value, prefix=f"{prefix}{name}.", depth=depth + 1)
        elif not parts and (value is default or _same(plain(value), plain(default))):
            found[prefix + name] = plain(value)
    return found


def plain(value: object, depth: int = 0) -> object:
    """Return the value where it can be written down, else a short name for it."""
    kind = type(value)
    if module_of(kind) == "numpy":
        return _numpy(value)
    if is_one_of(kind, CONTAINERS):
        return _container(cast("Container", value), depth)
    if kind is str and len(cast("str", value)) > LONGEST:
        return cast("str", value)[: LONGEST - 1] + "…"
    if is_one_of(kind, PLAIN):
        return value
    name = getattr(value, "__qualname__", None) if is_one_of(kind, CALLABLE) else None
    return name.rpartition("<locals>.")[2] if type(name) is str else name_of(kind)


def is_one_of(kind: type, kinds: tuple[type, ...]) -> bool:
    """Tell whether a class is one of some, without asking its metaclass what is equal."""
    return any(kind is each for each in kinds)


def is_subclass_of(kind: type, module: str, name: str) -> bool:
    """Tell whether a class is another or made from it, which need not be imported for that."""
    return any(module_of(b) == module and name_of(b) == name for b in MRO_OF(kind))


def module_of(kind: type) -> str:
    """Return a class's module, past its metaclass; empty if it is no text."""
    module = MODULE_OF(kind)
    return module if type(module) is str else ""


def name_of(kind: type) -> str:
    """Return a class's name, past a `__name__` of its metaclass."""
    return str(NAME_OF(kind))


def values_of(thing: object) -> dict[str, object]:
    """Return the object's attributes, to be read only."""
    for base in MRO_OF(type(thing)):
        descriptor = INSIDE_OF(base).get("__dict__")
        if descriptor is not None:  # the user's own `__dict__` is a property, not this
            found = (
                descriptor.__get__(thing)
                if type(descriptor) is GetSetDescriptorType
                else {}
            )
            return found if type(found) is dict else {}
    return {}


def defaults_of(cls: type) -> dict[str, object]:
    """Return the constructor's parameters and their defaults, those passed on included."""
    found: dict[str, object] = {}
    for base in MRO_OF(cls):
        inside = INSIDE_OF(base)
        start = unwrap(inside["__init__"]) if "__init__" in inside else None
        if not isinstance(start, FunctionType):
            continue
        code, given = start.__code__, start.__defaults__ or ()
        positional = code.co_varnames[1 : code.co_argcount]
        keyword = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        defaults = dict(zip(reversed(positional), reversed(given), strict=False))
        defaults |= start.__kwdefaults__ or {}
        for name in (*positional, *keyword):
            found.setdefault(name, defaults.get(name, MISSING))
        if not code.co_flags & CO_VARKEYWORDS:
            break
    return found


MISSING = object()


def is_nested(value: object) -> bool:
    """Tell whether the value is an estimator or a splitter, with params of its own."""
    cls = type(value)
    if issubclass(cls, (str, bytes, bytearray)):  # they split too, but themselves
        return False
    return any("get_params" in INSIDE_OF(b) or "split" in INSIDE_OF(b) for b in MRO_OF(cls))


def parts_of(value: object) -> dict[str, object]:
    """Return a composite's named parts: its steps, transformers or estimators."""
    if type(value) is not list or not 0 < len(value) <= MOST:
        return {}
    pairs = [each for each in value if type(each) is tuple and len(each) in (2, 3)]
    named = {pair[0]: pair[1] for pair in pairs if type(pair[0]) is str}
    whole = len(named) == len(value) and any(is_nested(part) for part in named.values())
    return named if whole else {}


def _named(name: str, thing: object, depth: int) -> dict[str, object]:
    found = {name: plain(thing)}
    if is_nested(thing):
        found |= given_params(thing, prefix=f"{name}.", depth=depth + 1)
    return found


def _container(value: Container, depth: int) -> object:
    if isinstance(value, range):
        return repr(value)
    if len(value) > MOST or depth >= DEEPEST:
        return f"{type(value).__name__}({len(value)})"
    if isinstance(value, dict):
        return {str(plain(key)): plain(each, depth + 1) for key, each in value.items()}
    items = [plain(each, depth + 1) for each in value]
    return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items


def _numpy(value: object) -> object:
    shape, item = getattr(value, "shape", None), getattr(value, "item", None)
    if shape == () and item is not None:
        single = item()
        return plain(single) if type(single) in PLAIN else type(value).__name__
    if isinstance(shape, tuple):
        return type(value).__name__ + str(shape)
    name = getattr(value, "__name__", None)  # of np.mean and the like
    return name if isinstance(name, str) else type(value).__name__


def _same(one: object, other: object) -> bool:
    if one is other or (one == other):
        return isinstance(one, bool) == isinstance(other, bool)
    return one != one and other != other  # noqa: PLR0124 - two NaNs are the same choice
