"""Literals given to the notebook's own functions and classes: `train(lr=0.02)`, `Adam(lr=0.1)`."""

from __future__ import annotations

import ast
import re
from types import FunctionType
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.code.literals import MORE, typed_in
from trackbook.code.measured import last_name
from trackbook.code.parse import PROVIDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MOST = 12
NUMBERS = frozenset({int, float, bool})
CONSTRUCTED = re.compile(r"\b(?P<called>[A-Z]\w*)\((?P<given>[^()=]+)")
TYPED = re.compile(r"\s*(?:-?\d[\w.]*|True|False|None)\s*")
# Python's own descriptors: a class may have others of the same name.
MRO_OF: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
INSIDE_OF: Callable[[type], Any] = type.__dict__["__dict__"].__get__


class Given(msgspec.Struct, frozen=True, gc=False):
    """One call of a function by its plain name, with the literals among its arguments."""

    function: str
    placed: tuple[tuple[int, object], ...]
    """Place and value, for arguments without a name."""
    named: tuple[tuple[str, object], ...]

    def params_of(self, namespace: Mapping[str, object]) -> dict[str, object]:
        """Return the literals by the names that the function gives its parameters.

        None but for the notebook's own: of a library's class, its card knows more. A
        dataclass says itself what it holds.
        """
        called = namespace.get(self.function)
        function = starter_of(called)
        if function is None or function.__globals__ is not namespace:
            return {}
        code = function.__code__
        names = code.co_varnames[int(function is not called) : code.co_argcount]
        return {
            **{names[at]: value for at, value in self.placed if at < len(names)},
            **dict(self.named),
        }


def starter_of(called: object) -> FunctionType | None:
    """Return the function that a call runs first: a plain one itself, a class's `__init__`."""
    if type(called) is FunctionType:
        return called
    for base in MRO_OF(called) if type(called) is type else ():
        inside = INSIDE_OF(base)
        if "__dataclass_fields__" in inside:
            return None
        if "__init__" in inside:
            found = inside["__init__"]
            return found if type(found) is FunctionType else None
    return None


def given_in(calls: Iterable[ast.Call]) -> tuple[Given, ...]:
    """Return those calls of plain functions that are given literals."""
    found = []
    for call in calls:
        function = last_name(call.func)
        if function in PROVIDED or ast.Starred in map(type, call.args):
            continue
        # A text in place is seldom a choice.
        placed = [
            (at, value)
            for at, arg in enumerate(call.args[:MOST])
            if type(value := typed_in(arg)) in NUMBERS
        ]
        named = [
            (keyword.arg, value)
            for keyword in call.keywords[:MOST]
            if keyword.arg is not None and (value := typed_in(keyword.value)) is not MORE
        ]
        if placed or named:
            found.append(Given(function, tuple(placed), tuple(named)))
    return tuple(found)


def placed_in(source: str, namespace: Mapping[str, object]) -> set[str]:
    """Return the params that a source gives to classes by place: degree for `Poly(2)`."""
    found: set[str] = set()
    for match in CONSTRUCTED.finditer(source):
        function = starter_of(namespace.get(match["called"]))
        if function is None:
            continue
        code = function.__code__
        names = code.co_varnames[1 : code.co_argcount]
        for name, part in zip(names, match["given"].split(","), strict=False):
            if TYPED.fullmatch(part) is None:
                break
            found.add(name)
    return found
