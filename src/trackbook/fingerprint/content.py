"""A digest of what a fitted model holds: the same in another process, if it learned the same.

Gone through are exact built-in types, numpy's arrays, scipy's matrices, the attributes of
objects by name and the state of compiled types that are known, never a method of the user's.
Left out is what differs from one run to the next though nothing was learned otherwise: how
long something took, where objects lie in memory, the order of sets.
"""

from __future__ import annotations

import sys
import types
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from blake3 import blake3

from trackbook.fingerprint.attributes import (
    attribute_takes_time,
    attributes_of,
    is_lent,
    members_of,
    takes_time,
)
from trackbook.fingerprint.estimates import opener_of
from trackbook.fingerprint.marks import MRO_OF, PLAIN, place_of
from trackbook.fingerprint.marks_of_data import contiguous

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.fingerprint.forests import Grown

    Opener = Callable[["Walk", Any], None]

MOST_OBJECTS = 6_000
"""Some 4 ms."""
MOST_BYTES = 64 << 20
DIGEST_BYTES = 16


class Content(NamedTuple):
    """What a model holds."""

    digest: str
    """`m1:` and 32 hex digits."""
    is_whole: bool
    """Everything in it went into the digest; else only the first of it did, or the names of
    types that cannot be looked into."""


def content_of(model: object) -> Content:
    """Return the digest of a model's content."""
    walk = Walk()
    walk.take(model)
    return Content(f"m1:{walk.hasher.hexdigest(DIGEST_BYTES)}", walk.is_whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How exactly models are gone through; unless said otherwise, in a few milliseconds."""

    plain: Mapping[int, Callable[[Any], bytes]] = field(default_factory=lambda: PLAIN)
    openers: Mapping[int, Opener] = field(default_factory=dict)
    """By a type's id, for types that are gone through in another way than usual."""
    by_name: Mapping[tuple[str, str], Opener] = field(default_factory=dict)
    """By a type's top-level module and name."""
    enter: Opener | None = None
    """How an object is taken in, where not by its number when it is met again."""
    instance: Opener | None = None
    """How an object is gone through whose type is not known."""
    stranger: Opener | None = None
    """What is done with an object that has no attributes to be seen."""
    leaves_out: Callable[[str], bool] = field(default_factory=lambda: attribute_takes_time)
    """Attributes that are no content."""
    trimmed: Callable[[str, object], object] | None = None
    """What of an attribute is content, by its name and value."""
    most_objects: int = MOST_OBJECTS
    most_bytes: int = MOST_BYTES


class Walk:
    """One model while it is gone through, depth first."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or QUICK
        self.hasher = blake3()
        self.why = ""
        """Why not everything went into the digest; nothing where it did."""
        self._seen: dict[int, int] = {}
        self.kept: list[object] = []
        """What a compiled type gave: its address must not be given out again meanwhile."""
        self.digests: dict[int, bytes] = {}
        self.within: dict[int, int] = {}
        self.grown: dict[int, Grown] = {}
        """Forests that were gone through before, by the address of what holds their trees."""
        self._bytes = self.rules.most_bytes
        self._members: dict[int, tuple[type, list[tuple[str, Any]]]] = {}

    @property
    def is_whole(self) -> bool:
        return not self.why

    def miss(self, why: str) -> None:
        """Remember why something is not in the digest; the first reason counts."""
        self.why = self.why or why

    def say(self, *words: object) -> None:
        self.hasher.update(repr(words).encode("utf-8", "backslashreplace"))

    def take(self, value: Any) -> None:
        """Take in one value and all that is in it."""
        plain = self.rules.plain.get(id(type(value)))
        if plain is not None:
            self.hasher.update(plain(value))
        elif self.rules.enter is not None:
            self.rules.enter(self, value)
        else:
            self.number(value)

    def number(self, value: Any) -> None:
        """Take in an object, or its number where it was met before."""
        number = self._seen.get(id(value))
        if number is not None:
            self.say("again", number)
            return
        if len(self._seen) >= self.rules.most_objects:
            self.miss("it holds too many objects")
            return
        self._seen[id(value)] = len(self._seen)
        self.open(value)

    def open(self, value: Any) -> None:
        """Take in what an object is and what it holds."""
        kind = type(value)
        opener = (
            self.rules.openers.get(id(kind)) or OPENERS.get(id(kind)) or self._opener(kind)
        )
        try:
            opener(self, value)
        except RecursionError:
            self.miss("it is nested too deep")

    def _opener(self, kind: type) -> Opener:
        module, name = place_of(kind)
        key = (module.partition(".")[0], name)
        opener = self.rules.by_name.get(key) or BY_NAME.get(key)
        if opener is not None and getattr(sys.modules.get(module), name, None) is kind:
            return opener
        bases = {place_of(base)[1] for base in MRO_OF(kind)}
        if bases & SHOWN.get(module.partition(".")[0], set()):
            return Walk.shown
        if module.partition(".")[0] == "scipy" and name.endswith(("_matrix", "_array")):
            return Walk.sparse
        if module.partition(".")[0] == "statsmodels":
            opener = opener_of(bases, is_quick=self.rules is QUICK)
            if opener is not None:
                return opener
        return self.rules.instance or Walk.instance

    def items(self, value: Any) -> None:
        self.say(len(value))
        for item in value:
            self.take(item)

    def mapping(self, value: Any) -> None:
        self.say("dict", dict.__len__(value))
        for key, item in list(dict.items(value)):
            if type(key) is str and takes_time(key):
                continue
            self.take(key)
            self.take(item)

    def unordered(self, value: Any) -> None:
        inside = []
        for item in value:
            walk = Walk(self.rules)
            walk.take(item)
            if walk.why:
                self.miss(walk.why)
            inside.append(walk.hasher.digest())
        self.say("set", sorted(inside))

    def instance(self, value: Any) -> None:
        """Take in an object's attributes, in the order of their names."""
        kind = type(value)
        if issubclass(kind, type):
            self.say("class", place_of(value))
            return
        self.say("object", place_of(kind))
        if issubclass(kind, dict):
            (self.rules.openers.get(id(dict)) or Walk.mapping)(self, value)
        elif issubclass(kind, (list, tuple)):
            base = list if issubclass(kind, list) else tuple
            self.items(list(base.__iter__(value)))
        known = self._members.get(id(kind))
        if known is None:
            known = self._members[id(kind)] = kind, members_of(kind)
        own = attributes_of(value, known[1])
        if own is None:
            if not issubclass(kind, (dict, list, tuple)):
                (self.rules.stranger or Walk.unseen)(self, value)
            return
        for name in sorted(name for name in own if type(name) is str):
            if not (self.rules.leaves_out(name) or is_lent(kind, name)):
                self.say(name)
                trimmed = self.rules.trimmed
                self.take(trimmed(name, own[name]) if trimmed else own[name])

    def ordered(self, value: OrderedDict[Any, Any]) -> None:
        """Take in what `instance` would, soon where it is empty: a PyTorch module has a dozen."""
        if value or vars(value):
            self.instance(value)
        else:
            self.hasher.update(NOTHING_ORDERED)

    def unseen(self, value: Any) -> None:
        self.miss(f"nothing can be seen of a {'.'.join(place_of(type(value)))}")

    def array(self, value: Any) -> None:
        self.say("array", value.dtype.str, value.shape)
        if value.dtype.names:
            for name in value.dtype.names:  # between the fields may lie anything
                self.array(value[name])
        elif value.dtype.hasobject:
            for item in value.ravel().tolist():
                self.take(item)
        elif value.nbytes > self._bytes:
            self.miss("its arrays are too large")
        else:
            self._bytes -= value.nbytes
            self.hasher.update(contiguous(value))

    def shown(self, value: Any) -> None:
        self.say(place_of(type(value)), repr(value))

    def dated(self, value: Any) -> None:
        """Take in labels that are times, all of them."""
        self.say(place_of(type(value)), str(value.dtype), value.freqstr)
        given = list(value.names), value.asi8
        self.kept.append(given)
        self.take(given)

    def levelled(self, value: Any) -> None:
        """Take in labels of several levels, all of them: a long level shows not all it has."""
        import numpy as np

        self.say(place_of(type(value)), value.shape)
        levels = [np.asarray(level) for level in value.levels]
        given = list(value.names), levels, list(value.codes)
        self.kept.append(given)
        self.take(given)

    def sparse(self, value: Any) -> None:
        self.say("sparse", place_of(type(value)), value.shape)
        for name in ("data", "indices", "indptr", "row", "col", "offsets"):
            part = getattr(value, name, None)
            if part is not None:
                self.take(part)

    def state(self, value: Any) -> None:
        """Take in the state that a known compiled type gives for pickling."""
        self.say("object", place_of(type(value)))
        given = value.__getstate__()
        self.kept.append(given)
        self.take(given)

    def dice(self, value: Any) -> None:
        bits = getattr(value, "bit_generator", value)
        bits = getattr(bits, "_bit_generator", bits)
        given = bits.state
        self.kept.append(given)
        self.take(given)

    def booster(self, value: Any) -> None:
        self.hasher.update(bytes(value.save_raw("ubj")))

    def frame(self, value: Any) -> None:
        from trackbook.fingerprint.data import digest_of_data, look_at

        look = look_at(value)
        digested = digest_of_data(look.columns) if look is not None else None
        self.say("data", digested)
        if digested is None or not digested.digest:
            self.miss("it holds a table that could not be gone through")

    def function(self, value: types.FunctionType) -> None:
        self.say("function", value.__module__, value.__qualname__, value.__code__.co_code)

    def named(self, value: Any) -> None:
        self.say(place_of(type(value)), getattr(value, "__name__", ""))

    def bound(self, value: types.MethodType) -> None:
        self.take(value.__func__)
        self.take(value.__self__)


OPENERS: dict[int, Opener] = {
    id(list): Walk.items,
    id(tuple): Walk.items,
    id(set): Walk.unordered,
    id(frozenset): Walk.unordered,
    id(dict): Walk.mapping,
    id(range): Walk.shown,
    id(slice): Walk.shown,
    id(types.FunctionType): Walk.function,
    id(types.BuiltinFunctionType): Walk.named,
    id(types.MethodType): Walk.bound,
    id(types.ModuleType): Walk.named,
}
SHOWN = {"numpy": {"generic", "dtype"}, "pandas": {"BaseOffset"}}
"""Libraries' own types that show what they hold, by what they descend from; of an offset not a
calendar's holidays, which its dates tell."""
STATES = {
    "sklearn": "Tree KDTree BallTree KDTree64 KDTree32 BallTree64 BallTree32",
}
"""Compiled types whose state for pickling is what they learned."""
BY_NAME: dict[tuple[str, str], Opener] = {
    ("numpy", "ndarray"): Walk.array,
    ("numpy", "Generator"): Walk.dice,
    ("numpy", "RandomState"): Walk.dice,
    ("numpy", "ufunc"): Walk.named,
    ("xgboost", "Booster"): Walk.booster,
    ("pandas", "DataFrame"): Walk.frame,
    ("pandas", "Series"): Walk.frame,
    ("pandas", "Index"): Walk.shown,
    ("pandas", "RangeIndex"): Walk.shown,
    ("pandas", "MultiIndex"): Walk.levelled,
    **{("pandas", f"{of}Index"): Walk.dated for of in ("Datetime", "Period", "Timedelta")},
    **{(of, name): Walk.state for of, names in STATES.items() for name in names.split()},
}
# As `instance` and `mapping` say it.
NOTHING_ORDERED = (
    repr(("object", place_of(OrderedDict))).encode() + repr(("dict", 0)).encode()
)
QUICK = Rules(openers={id(OrderedDict): Walk.ordered})
