"""Which globals the notebook's own functions would read if they were called now.

Nothing of the user's runs: only exact built-in types are opened, and only through the
interpreter's own descriptors, never through attributes that a class may have redefined.
"""

from __future__ import annotations

import functools
import types
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_OBJECTS = 2_000
"""Opened for one name."""
MAX_FOREIGN = 400
"""Attributes of libraries' objects opened for all names of a cell: a millisecond."""
MAX_ITEMS = 50
MAX_ATTRIBUTES = 200
DICT_OF_TYPE = type.__dict__["__dict__"]
MRO_OF_TYPE = type.__dict__["__mro__"]
MODULE_OF_TYPE = type.__dict__["__module__"].__get__
NAME_OF_TYPE = type.__dict__["__name__"].__get__
NOTHING = object()
NO_ITEMS: tuple[object, ...] = ()


def closure_of(names: Iterable[str], namespace: Mapping[str, object]) -> set[str]:
    """Return the names, and every global that what they stand for would read when called.

    Functions, methods, lambdas, partials, classes, instances of the notebook's classes and
    small containers of them are followed, as far as their globals are `namespace`.
    """
    return Closures(namespace).of(names)


class Closures:
    """What names would read, as long as the namespace stays as it is: during one hook.

    A network of a thousand layers is opened once, and not to its end, however many
    statements of the cell name it.
    """

    __slots__ = ("foreign", "kinds", "known", "namespace")

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self.namespace = namespace
        self.known: dict[str, set[str]] = {}
        self.kinds: dict[int, Kind] = {}
        """What was found out of classes, by their id."""
        self.foreign = MAX_FOREIGN

    def of(self, names: Iterable[str]) -> set[str]:
        """Return the names, and what they would read: see `closure_of`."""
        found: set[str] = set()
        for name in names:
            reached = self.known.get(name)
            if reached is None and id(type(self.namespace.get(name))) in LEAVES:
                reached = self.known[name] = {name}
            if reached is None:
                closure = Closure(name, self.namespace, self.foreign, self.kinds)
                reached = self.known[name] = closure.grown()
                self.foreign = closure.foreign
            found |= reached
        return found


class Kind(NamedTuple):
    """What is known of a class, which is held, so that its id stays its own."""

    cls: type
    ours: bool
    """It or one of its bases was made in the notebook."""
    is_table: bool
    """Of pandas: but for `df.attrs` there is nothing in it but data."""
    attributes: Callable[[object], object] | None
    """Gets the dictionary of one of its objects; None where there is none to be had."""


class Closure:
    """A set of names while it grows."""

    __slots__ = (
        "foreign", "kinds", "later", "module", "names", "namespace", "seen", "waiting",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        namespace: Mapping[str, object],
        foreign: int,
        kinds: dict[int, Kind],
    ) -> None:
        self.namespace = namespace
        self.kinds = kinds
        self.foreign = foreign
        """How many attributes of libraries' objects may still be opened."""
        self.module = namespace.get("__name__")
        self.names: set[str] = set()
        self.seen: dict[int, object] = {}
        """By id, and held, so that an id is not given away while it counts."""
        self.waiting: deque[object] = deque()
        self.later: deque[object] = deque()
        """Attributes of libraries' objects: a function may hide there, but seldom does."""
        self.add((name,))

    def add(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.names:
                self.names.add(name)
                if name in self.namespace:
                    self.waiting.append(self.namespace[name])

    def grown(self) -> set[str]:
        """Return all names found."""
        while (found := self.next()) is not NOTHING and len(self.seen) < MAX_OBJECTS:
            if id(type(found)) in LEAVES or id(found) in self.seen:
                continue
            self.seen[id(found)] = found
            self.open(found)
        return self.names

    def next(self) -> object:
        """Return what to look at next, or NOTHING."""
        if self.waiting:
            return self.waiting.popleft()
        if self.later and self.foreign > 0:
            self.foreign -= 1
            return self.later.popleft()
        return NOTHING

    def open(self, found: object) -> None:
        kind = type(found)
        opener = OPENERS.get(id(kind))
        if opener is not None:
            opener(self, found)
        elif issubclass(kind, type):
            self.open_class(found)
        elif issubclass(kind, (dict, list, tuple, set, frozenset, deque)):
            self.waiting.extend(items_of(found))
        else:
            self.open_instance(found)

    def is_ours(self, cls: object) -> bool:
        """Tell whether a class was made in the notebook."""
        module = DICT_OF_TYPE.__get__(cls).get("__module__")
        return type(module) is str and module == self.module

    def open_class(self, cls: object) -> None:
        for base in MRO_OF_TYPE.__get__(cls):
            if self.is_ours(base):
                self.waiting.extend(list(DICT_OF_TYPE.__get__(base).values()))
                self.waiting.append(type(base))

    def open_instance(self, found: object) -> None:
        cls = type(found)
        kind = self.kinds.get(id(cls))
        if kind is None:
            mro = MRO_OF_TYPE.__get__(cls)
            ours = any(self.is_ours(base) for base in mro)
            table = not ours and is_table(cls)
            kind = self.kinds[id(cls)] = Kind(cls, ours, table, attributes_of(mro))
        if kind.ours:
            self.waiting.append(cls)
        if kind.attributes is None:
            return
        attributes = kind.attributes(found)
        if type(attributes) is not dict:
            return
        if kind.is_table:
            self.waiting.append(attributes.get("_attrs"))
        elif len(attributes) <= MAX_ATTRIBUTES:
            (self.waiting if kind.ours else self.later).extend(dict.values(attributes))

    def open_function(self, function: types.FunctionType) -> None:
        if function.__globals__ is self.namespace:
            self.add(
                name for name in names_in_code(function.__code__) if name in self.namespace
            )
        for cell in function.__closure__ or ():
            try:
                self.waiting.append(cell.cell_contents)
            except ValueError:
                continue  # not bound yet
        self.waiting.extend(function.__defaults__ or ())
        self.waiting.extend((function.__kwdefaults__ or {}).values())
        self.waiting.extend(list(function.__dict__.values()))

    def open_generator(self, generator: Any) -> None:
        for code, frame in FRAMES:
            if (held := getattr(generator, frame, None)) is not None:
                if held.f_globals is self.namespace:
                    names = names_in_code(getattr(generator, code))
                    self.add(name for name in names if name in self.namespace)
                return

    def open_method(self, method: types.MethodType) -> None:
        self.waiting.extend((method.__func__, method.__self__))

    def open_partial(self, partial: functools.partial[object]) -> None:
        self.waiting.extend((partial.func, *partial.args, *partial.keywords.values()))

    def open_wrapper(self, wrapper: Any) -> None:
        self.waiting.append(wrapper.__wrapped__)

    def open_property(self, found: property) -> None:
        self.waiting.extend((found.fget, found.fset, found.fdel))

    def open_static(self, found: staticmethod[..., object]) -> None:
        self.waiting.append(found.__func__)


def names_in_code(code: types.CodeType) -> set[str]:
    """Return the globals and attributes that a code object names, nested code included."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        names.update(one.co_names)
        waiting.extend(const for const in one.co_consts if type(const) is types.CodeType)
    return names


def items_of(found: Any) -> Iterable[object]:
    """Return the items of a small container, past any method its class has redefined."""
    for base in CONTAINERS:
        if issubclass(type(found), base):
            if base.__len__(found) > MAX_ITEMS:
                return NO_ITEMS
            return list(dict.values(found) if base is dict else base.__iter__(found))
    return NO_ITEMS


def is_table(cls: type) -> bool:
    """Tell whether a class is pandas' DataFrame or Series, by what it says of itself."""
    module, name = MODULE_OF_TYPE(cls), NAME_OF_TYPE(cls)
    return (
        type(module) is str
        and module.partition(".")[0] == "pandas"
        and name in {"DataFrame", "Series"}
    )


def attributes_of(mro: Iterable[type]) -> Callable[[object], object] | None:
    """Return what gets the own dictionary of a class's objects, past a redefined `__dict__`."""
    for base in mro:
        descriptor = DICT_OF_TYPE.__get__(base).get("__dict__")
        if descriptor is not None:
            genuine = type(descriptor) is types.GetSetDescriptorType
            return descriptor.__get__ if genuine else None
    return None


CONTAINERS: tuple[Any, ...] = (dict, list, tuple, set, frozenset, deque)
FRAMES = (("gi_code", "gi_frame"), ("cr_code", "cr_frame"), ("ag_code", "ag_frame"))
# By id, for a metaclass may redefine how its classes are hashed and compared.
LEAVES = frozenset(
    id(leaf)
    for leaf in (
        int, float, complex, bool, str, bytes, bytearray, type(None), range, slice,
        memoryview, types.ModuleType, types.BuiltinFunctionType, types.CodeType,
        types.GetSetDescriptorType,
    )
)  # fmt: skip
OPENERS: dict[int, Callable[[Closure, Any], None]] = {
    id(types.FunctionType): Closure.open_function,
    id(types.MethodType): Closure.open_method,
    id(types.GeneratorType): Closure.open_generator,
    id(types.CoroutineType): Closure.open_generator,
    id(types.AsyncGeneratorType): Closure.open_generator,
    id(functools.partial): Closure.open_partial,
    id(functools._lru_cache_wrapper): Closure.open_wrapper,  # noqa: SLF001
    id(property): Closure.open_property,
    id(staticmethod): Closure.open_static,
    id(classmethod): Closure.open_static,
}
