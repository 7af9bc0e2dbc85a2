"""A model with marks in place of its large arrays, to write these without a copy of them.

A library that dumps a model copies each array several times before its bytes are in a file.
"""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        try:
            self.model = self._of(model)
        except RecursionError:
            self.arrays, self.model = {}, model

    def _of(self, value: Any) -> Any:
        """Return a value itself, or like it with marks where it holds large arrays."""
        kind = type(value)
        if kind not in {list, tuple, dict, array_type()} and not is_plain(kind):
            return value
        if id(value) not in self._known:
            self._known[id(value)] = value  # what holds itself stays as it is
            self._known[id(value)] = self._made(kind, value)
        return self._known[id(value)]

    def _made(self, kind: type, value: Any) -> Any:
        if kind is array_type():
            return self._mark(value)
        if kind in {list, tuple}:
            parts = [self._of(part) for part in value]
            same = all(one is other for one, other in zip(parts, value, strict=True))
            return value if same else kind(parts)
        own = value if kind is dict else value.__dict__
        items = {name: self._of(part) for name, part in own.items()}
        if all(items[name] is part for name, part in own.items()):
            return value
        if kind is dict:
            return items
        try:
            made: Any = object.__new__(kind)
        except TypeError:  # it is made of something else, too: a dict
            return value
        made.__dict__.update(items)
        return made

    def _mark(self, value: NDArray[Any]) -> NDArray[Any]:
        import numpy as np

        if value.nbytes < LARGE_BYTES or value.dtype.hasobject:
            return value
        content = self._secret + len(self.arrays).to_bytes(8, "little")
        self.arrays[content] = value
        return np.frombuffer(content, "u1")


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
