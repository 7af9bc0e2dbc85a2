"""Marks of live values, to tell whether a cell changed what it was given.

A mark is worth something within one process only. Nothing of the user's runs: exact
built-in types, numpy's and pandas' own containers and plain attributes are gone through,
past any method that a class may have redefined. What cannot be seen into is known by its
identity, and its mark is not exact.
"""

from __future__ import annotations

import random
import struct
import types
from collections import OrderedDict, deque
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from trackbook.fingerprint.gathered import Gathered
from trackbook.fingerprint.marks_of_data import drawn, opener_by_name
from trackbook.fingerprint.marks_of_many import Budget, many

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_OBJECTS = 4_000
MOST_STEPS = 100_000
"""Taken in one by one, texts and numbers too: some 40 ms."""
NO_PARTS: frozenset[int] = frozenset()
MODULE_OF = type.__dict__["__module__"].__get__
NAME_OF = type.__dict__["__name__"].__get__
DICT_OF = type.__dict__["__dict__"].__get__
MRO_OF = type.__dict__["__mro__"].__get__


class Mark(NamedTuple):
    """What a value looked like."""

    digest: bytes
    exact: bool
    """Whether any change would show in the digest."""
    parts: frozenset[int]
    """The ids of the changeable objects in it: two names that share one are tied."""
    opaque: tuple[Any, ...]
    """Weak references to what is known by identity only."""
    lasting: bool = True
    """Whether an equal value made anew would have the same digest."""

    def shows_change(self, later: Mark) -> bool:
        """Say whether a value surely changed until the later mark was made."""
        return self.digest != later.digest or any(gone() is None for gone in self.opaque)


def mark_of(value: object, budget: Budget | None = None) -> Mark:
    """Return a value's mark; of what is large or deep a part, and then not exact."""
    plain = PLAIN.get(id(type(value)))
    if plain is not None:
        return Mark(plain(value), True, NO_PARTS, ())
    walk = Walk(budget or Budget())
    walk.waiting.append(value)
    walk.go()
    return Mark(
        walk.hasher.digest(16),
        walk.exact,
        frozenset(walk.parts),
        tuple(walk.opaque),
        walk.lasting,
    )


class Kind(NamedTuple):
    """How the objects of a class are gone through."""

    kind: type
    """Held, so that its id stays its own."""
    beginning: bytes
    """With which the bytes of each of them begin."""
    is_fixed: bool
    opener: Callable[[Walk, Any], None] | None
    slots: list[tuple[str, Any]]
    dicts: list[Any]
    """Descriptors: what an object keeps in slots, and what gives its dictionaries."""


def kind_of(kind: type) -> Kind:
    """Return how the objects of a class are gone through."""
    found = Kind(
        kind,
        LETTERS.get(id(kind)) or as_bytes(place_of(kind)),
        id(kind) in FIXED,
        OPENERS.get(id(kind)) or opener_by_name(kind),
        [],
        [],
    )
    for base in MRO_OF(kind) if found.opener is None else ():
        inside = DICT_OF(base)
        for name, member in list(inside.items()):
            if type(member) is types.MemberDescriptorType:
                found.slots.append((name, member))
        descriptor = inside.get("__dict__")
        if type(descriptor) is types.GetSetDescriptorType:
            found.dicts.append(descriptor)
    return found


class Walk:
    """One value while it is gone through."""

    __slots__ = (
        "budget", "exact", "hasher", "lasting", "opaque", "parts", "seen", "waiting",
    )  # fmt: skip

    def __init__(self, budget: Budget) -> None:
        self.hasher = Gathered()
        self.exact = self.lasting = True
        self.budget = budget
        self.seen: dict[int, int] = {}
        """Number of each object by id: that a list holds itself is part of its mark."""
        self.parts: set[int] = set()
        self.opaque: list[ref[Any]] = []
        self.waiting: deque[Any] = deque()

    def tell(self, *words: object) -> None:
        self.hasher.update(as_bytes(words))

    def go(self) -> None:
        """Take in what waits, until all is taken in or it is too much."""
        waiting, seen, kinds = self.waiting, self.seen, self.budget.kinds
        update, plain = self.hasher.update, PLAIN.get
        left = MOST_STEPS
        while waiting:
            left -= 1
            if not left:
                self.exact = False
                break
            value = waiting.popleft()
            kind = type(value)
            to_bytes = plain(id(kind))
            if to_bytes is not None:
                update(to_bytes(value))
                continue
            number = seen.get(id(value))
            if number is not None:
                update(b"(%d,)" % number)
                continue
            if len(seen) > MOST_OBJECTS:
                self.exact = False
                break
            seen[id(value)] = len(seen)
            known = kinds.get(id(kind))
            if known is None:
                known = kinds[id(kind)] = kind_of(kind)
            self.take(value, known)

    def take(self, value: Any, kind: Kind) -> None:
        self.hasher.update(kind.beginning)
        if not kind.is_fixed:
            self.parts.add(id(value))
        if kind.opener is not None:
            kind.opener(self, value)
        else:
            self.instance(value, kind)

    def items(self, value: Any) -> None:
        if many(self, value):
            return
        for base in (list, tuple, set, frozenset, deque):
            if issubclass(type(value), base):
                self.hasher.update(b"%d;" % base.__len__(value))
                self.waiting.extend(base.__iter__(value))
                break

    def mapping(self, value: Any) -> None:
        if many(self, value):
            return
        self.hasher.update(b"%d;" % dict.__len__(value))
        if issubclass(type(value), OrderedDict):
            self.waiting.extend(OrderedDict.__iter__(value))
        for key, item in list(dict.items(value)):
            self.waiting.append(key)
            self.waiting.append(item)

    def instance(self, value: Any, kind: Kind) -> None:
        if issubclass(kind.kind, type):
            self.cls(value)
            return
        holds = True
        if issubclass(kind.kind, dict):
            self.mapping(value)
        elif issubclass(kind.kind, (list, tuple, set, frozenset, deque)):
            self.items(value)
        else:
            holds = False
        if not self.attributes(value, kind) and not holds:
            self.identity(value)

    def cls(self, value: type) -> None:
        """Take in a class: one of the notebook's own with all that is in it."""
        self.lasting = False
        self.tell(id(value))
        module = MODULE_OF(value)
        if type(module) is not str or module != "__main__":
            return
        self.parts.add(id(value))
        for name, item in list(DICT_OF(value).items()):
            if type(name) is str and name not in UNCHANGING:
                self.waiting.extend((name, item))

    def attributes(self, value: Any, kind: Kind) -> bool:
        """Go through an object's own dictionary and slots; say whether it has any."""
        found = bool(kind.slots)
        for name, member in kind.slots:
            self.slot(value, name, member)
        for descriptor in kind.dicts:
            own = descriptor.__get__(value)
            if type(own) is dict:
                found = True
                self.named(own)
        return found

    def named(self, own: dict[Any, Any]) -> None:
        """Go through what an object or a class calls its own, the names at once."""
        try:
            names = "\0".join(own)
        except TypeError:  # somebody put a name in that is no text
            self.waiting.extend(list(own))
        else:
            self.hasher.update(b"a" + names.encode("utf-8", "surrogatepass"))
        self.waiting.extend(list(own.values()))

    def slot(self, value: Any, name: str, member: Any) -> None:
        """Go through one slot, set or not; native classes call some of their insides so."""
        try:
            item = member.__get__(value)
        except AttributeError:
            item = None
        self.tell(name)
        self.waiting.append(item)

    def identity(self, value: Any) -> None:
        """Know an object by its identity, as nothing can be seen of what is in it."""
        self.exact = self.lasting = False
        self.tell(id(value))
        try:
            self.opaque.append(ref(value))
        except TypeError:
            return

    def function(self, value: types.FunctionType) -> None:
        self.lasting = False  # code inside code is told by where it lies
        code = value.__code__
        self.tell(code.co_code, code.co_names, repr(code.co_consts))
        for cell in value.__closure__ or ():
            try:
                self.waiting.append(cell.cell_contents)
            except ValueError:
                continue
        self.waiting.extend((value.__defaults__, value.__kwdefaults__))
        self.waiting.extend(list(value.__dict__.values()))

    def method(self, value: types.MethodType) -> None:
        self.waiting.extend((value.__func__, value.__self__))

    def partial(self, value: partial[object]) -> None:
        self.waiting.extend((value.func, value.args, value.keywords))

    def dice(self, value: random.Random) -> None:
        self.tell(random.Random.getstate(value))


def place_of(kind: type) -> tuple[str, str]:
    """Return a type's module and name; empty where they are no plain texts."""
    module, name = MODULE_OF(kind), NAME_OF(kind)
    return module if type(module) is str else "", name if type(name) is str else ""


UNCHANGING = frozenset({"__dict__", "__weakref__", "__module__", "__doc__", "__qualname__"})


def as_bytes(words: tuple[object, ...]) -> bytes:
    """Return plain words as bytes."""
    return repr(words).encode("utf-8", "backslashreplace")


def text(value: str) -> bytes:
    """Return a text as bytes that no other text has."""
    return b"s" + value.encode("utf-8", "surrogatepass")


PLAIN: dict[int, Callable[[Any], bytes]] = {
    id(int): lambda v: b"i%x" % v if abs(v) < 1 << 4096 else b"I",
    id(float): lambda v: b"f" + struct.pack("<d", v),
    id(complex): lambda v: b"c" + repr(v).encode(),
    id(bool): lambda v: b"b1" if v else b"b0",
    id(str): text,
    id(bytes): lambda v: b"y" + v,
    id(bytearray): lambda v: b"Y" + bytes(v),
    id(type(None)): lambda _v: b"n",
    id(types.EllipsisType): lambda _v: b"e",
}
"""By id, for a metaclass may redefine how its classes are hashed and compared."""
FIXED = frozenset(
    id(kind)
    for kind in (
        tuple, frozenset, range, slice, types.ModuleType, types.BuiltinFunctionType,
        types.CodeType, type,
    )
)  # fmt: skip
"""Types whose objects never change themselves, so that sharing one ties nothing."""
LETTERS = {
    id(list): b"L", id(tuple): b"T", id(dict): b"D", id(set): b"S", id(frozenset): b"Z",
    id(types.FunctionType): b"F",
}  # fmt: skip
"""What begins the most usual types, in place of their names."""
OPENERS: dict[int, Callable[[Walk, Any], None]] = {
    id(list): Walk.items,
    id(tuple): Walk.items,
    id(set): Walk.items,
    id(frozenset): Walk.items,
    id(deque): Walk.items,
    id(dict): Walk.mapping,
    id(range): lambda walk, value: walk.tell(value),
    id(slice): lambda walk, value: walk.tell(value),
    id(types.ModuleType): drawn,
    id(types.BuiltinFunctionType): drawn,
    id(types.CodeType): drawn,
    id(types.FunctionType): Walk.function,
    id(types.MethodType): Walk.method,
    id(partial): Walk.partial,
    id(random.Random): Walk.dice,
    # Of these something shows, but not where they stand.
    id(types.GeneratorType): Walk.identity,
    id(types.CoroutineType): Walk.identity,
    id(types.AsyncGeneratorType): Walk.identity,
}
