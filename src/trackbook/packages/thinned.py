"""A model with marks in place of its large arrays, to write these without a copy of them.

A library that dumps a model copies each array several times before its bytes are in a file.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

from trackbook.fingerprint import attributes_of
from trackbook.packages.trees import alike

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trackbook.packages.trees import Trees, Way

LARGE_BYTES = 1 << 20
MARK_BYTES = 40


class Thinned:
    """A model without its large arrays."""

    def __init__(self, model: object) -> None:
        self.arrays: dict[bytes, NDArray[Any]] = {}
        """The large arrays, by the bytes of their marks."""
        self._secret = secrets.token_bytes(MARK_BYTES - 8)
        """No array of the model's own holds this."""
        self._known: dict[int, object] = {}
        self._trees: dict[int, Trees] = {}
        try:
            self.model = self._of(model, ())
            is_told = all(None not in trees.ways for trees in self.trees)
        except RecursionError:
            is_told = False
        if not is_told:
            self.arrays, self._trees, self.model = {}, {}, model

    @property
    def trees(self) -> list[Trees]:
        """Trees that are alike, in place of which a list of their pattern stands."""
        return list(self._trees.values())

    def _of(self, value: Any, way: Way | None) -> Any:
        """Return a value itself, or like it with marks where it holds large arrays."""
        kind = type(value)
        if kind not in {list, tuple, dict, array_type()} and not is_plain(kind):
            return value
        if id(value) not in self._known:
            self._known[id(value)] = value  # what holds itself stays as it is
            self._known[id(value)] = self._made(kind, value, way)
        if id(value) in self._trees:
            self._trees[id(value)].ways.append(way)
        return self._known[id(value)]

    def _made(self, kind: type, value: Any, way: Way | None) -> Any:
        if kind is list or (kind is array_type() and value.dtype.hasobject):
            trees = alike(value) if way else None
            if trees and trees.size_bytes >= LARGE_BYTES:
                self._trees[id(value)] = trees
                return [trees.forest.pattern]
        if kind is array_type():
            return self._mark(value)
        if kind in {list, tuple}:
            parts = [
                self._of(part, further(way, at, value)) for at, part in enumerate(value)
            ]
            is_same = all(one is other for one, other in zip(parts, value, strict=True))
            return value if is_same else kind(parts)
        own = value if kind is dict else attributes_of(value) or {}
        items = {
            name: self._of(part, further(way, name, own)) for name, part in own.items()
        }
        if kind is dict:
            return value if same(items, value) else items
        return value if same(items, value.__dict__) else made_of(kind, items, value)

    def _mark(self, value: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        if value.nbytes < LARGE_BYTES or value.dtype.hasobject:
            return value
        content = self._secret + len(self.arrays).to_bytes(8, "little")
        self.arrays[content] = value
        return np.frombuffer(content, "u1")


def same(items: dict[Any, Any], others: dict[Any, Any]) -> bool:
    """Tell whether two dicts hold the same objects."""
    return len(items) == len(others) and all(
        others[name] is one for name, one in items.items()
    )


def made_of(kind: type, items: dict[str, Any], otherwise: object) -> object:
    """Return an object with these attributes; another where its class is made of more."""
    try:
        made: Any = object.__new__(kind)
    except TypeError:  # a dict
        return otherwise
    made.__dict__.update(items)
    return made


def further(way: Way | None, key: Any, holder: Any) -> Way | None:
    """Return the way to something within what a way leads to; None where it cannot be told.

    Nothing is put into a tuple, nor found by a key that JSON does not give back as it was.
    """
    if way is None or type(key) not in {str, int}:
        return None
    return (
        None
        if isinstance(holder, tuple) and type(holder[key]) is array_type()
        else (*way, key)
    )


def array_type() -> object:
    """Return numpy's arrays' type; None before anybody imported it."""
    return getattr(sys.modules.get("numpy"), "ndarray", None)


def is_plain(kind: type) -> bool:
    """Tell whether all that objects of a class keep are attributes, which nothing makes up.

    What says itself how it is kept may reckon with its arrays for that.
    """
    estimator = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    if estimator is None or not issubclass(kind, estimator):
        return False
    own = ("__getstate__", "__setstate__")
    return all(getattr(kind, name) is getattr(estimator, name) for name in own) and not any(
        base.__dict__.get(name)
        for base in kind.__mro__[:-1]
        for name in ("__reduce__", "__reduce_ex__", "__slots__")
    )
