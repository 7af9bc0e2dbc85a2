"""Literals given to the notebook's own functions: `w, losses = train(lr=0.02, epochs=4)`."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import TYPE_CHECKING

import msgspec

from trackbook.code.literals import is_literal, value_of
from trackbook.code.parse import PROVIDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 12


class Given(msgspec.Struct, frozen=True, gc=False):
    """One call of a function by its plain name, with the literals among its arguments."""

    function: str
    placed: tuple[tuple[int, object], ...]
    """Place and value, for arguments without a name."""
    named: tuple[tuple[str, object], ...]

    def params_of(self, namespace: Mapping[str, object]) -> dict[str, object]:
        """Return the literals by the names that the function gives its parameters.

        None but for the notebook's own: of a class, its library's card knows more.
        """
        function = namespace.get(self.function)
        if type(function) is not FunctionType or function.__globals__ is not namespace:
            return {}
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        return {
            **{names[at]: value for at, value in self.placed if at < len(names)},
            **dict(self.named),
        }


def given_in(calls: Iterable[ast.Call]) -> tuple[Given, ...]:
    """Return the calls of plain functions that are given literals."""
    found = []
    for call in calls:
        if type(call.func) is not ast.Name or call.func.id in PROVIDED:
            continue
        placed = tuple(
            (at, value_of(arg)) for at, arg in enumerate(call.args[:MOST]) if is_number(arg)
        )
        named = tuple(
            (keyword.arg, value_of(keyword.value))
            for keyword in call.keywords[:MOST]
            if keyword.arg is not None and is_literal(keyword.value)
        )
        starred = any(isinstance(arg, ast.Starred) for arg in call.args)
        if (placed or named) and not starred:
            found.append(Given(call.func.id, placed, named))
    return tuple(found)


def is_number(node: ast.expr) -> bool:
    """Tell whether an argument is a typed number; a text in place is seldom a choice."""
    return is_literal(node) and type(value_of(node)) in (int, float, bool)
