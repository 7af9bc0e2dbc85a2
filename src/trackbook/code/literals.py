"""Values that somebody typed: literals, containers of them, and sums on numbers."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BITS = 4096
"""A power beyond this is not computed: `10 ** 10 ** 10` would never end."""

MORE = object()
"""Stands for what is no literal."""


class NotLiteral(Exception):
    """The expression is more than a literal; never leaves this room."""


def chosen_by(target: ast.expr, value: ast.expr) -> dict[str, object]:
    """Return the names that a target binds to literals; empty containers choose nothing."""
    if type(target) is ast.Name:
        found = typed_in(value)
        empty = isinstance(found, (tuple, list, dict, set)) and not found
        if found is MORE or empty or target.id.startswith("_"):
            return {}
        return {target.id: found}
    chosen: dict[str, object] = {}
    for part, of in pairs_of(target, value) or ():
        chosen |= chosen_by(part, of)
    return chosen


def pairs_of(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]] | None:
    """Return which part of a tuple goes to which name, or None when that is not written."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        return None
    if not isinstance(value, (ast.Tuple, ast.List)) or len(target.elts) != len(value.elts):
        return None
    if any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts)):
        return None
    return list(zip(target.elts, value.elts, strict=True))


def is_literal(node: ast.expr) -> bool:
    """Tell whether an expression is a literal value, empty containers included."""
    return typed_in(node) is not MORE


def typed_in(node: ast.expr) -> object:
    """Return the value of a literal; `MORE` for any other expression."""
    if type(node) is ast.Constant:
        return node.value if is_plain(node.value) else MORE
    if type(node) not in EVALUATE or (type(node) is ast.Call and not is_dict_call(node)):
        return MORE
    try:
        return value_of(node)
    except NotLiteral:
        return MORE


def value_of(node: ast.expr) -> object:
    """Return the value of a literal; raises NotLiteral for any other expression."""
    evaluate = EVALUATE.get(type(node))
    if evaluate is None:
        raise NotLiteral
    return evaluate(node)


def value_of_constant(node: ast.Constant) -> object:
    """Return a number, a text, yes or no, or None."""
    if is_plain(node.value):
        return node.value
    raise NotLiteral


def is_plain(value: object) -> bool:
    """Tell whether a constant is a number, a text, yes or no, or None."""
    return value is None or isinstance(value, (str, bool, int, float))


def value_of_list(node: ast.List) -> list[object]:
    """Return the list of literals."""
    return [value_of(item) for item in node.elts]


def value_of_tuple(node: ast.Tuple) -> tuple[object, ...]:
    """Return the tuple of literals."""
    return tuple(value_of(item) for item in node.elts)


def value_of_set(node: ast.Set) -> set[object]:
    """Return the set of literals."""
    return {hashable(value_of(item)) for item in node.elts}


def value_of_dict(node: ast.Dict) -> dict[object, object]:
    """Return the dict of literals."""
    found: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise NotLiteral
        found[hashable(value_of(key))] = value_of(value)
    return found


def hashable(value: object) -> object:
    """Return the value, if it can stand in a set."""
    try:
        hash(value)
    except TypeError:
        raise NotLiteral from None
    return value


def value_of_call(node: ast.Call) -> dict[str, object]:
    """Return the dict of `dict(depth=3)`."""
    if not is_dict_call(node):
        raise NotLiteral
    found: dict[str, object] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise NotLiteral
        found[keyword.arg] = value_of(keyword.value)
    return found


def is_dict_call(node: ast.Call) -> bool:
    """Tell whether a call is `dict(…)` of named values."""
    return type(node.func) is ast.Name and node.func.id == "dict" and not node.args


def value_of_unary(node: ast.UnaryOp) -> object:
    """Return the number with its sign."""
    value = number(node.operand)
    if isinstance(node.op, ast.USub):
        return -value
    if isinstance(node.op, ast.UAdd):
        return +value
    raise NotLiteral


def value_of_sum(node: ast.BinOp) -> object:
    """Return the number that arithmetic on typed numbers gives."""
    combine = OPERATORS.get(type(node.op))
    if combine is None:
        raise NotLiteral
    left, right = number(node.left), number(node.right)
    if isinstance(node.op, (ast.Pow, ast.LShift)) and not is_small(node.op, left, right):
        raise NotLiteral
    try:
        value = combine(left, right)
    except (ArithmeticError, ValueError, TypeError):
        raise NotLiteral from None
    if isinstance(value, (int, float)):
        return value
    raise NotLiteral  # (-8) ** 0.5 is complex


def is_small(op: ast.operator, left: float, right: float) -> bool:
    """Tell whether a power or a shift stays within `MAX_BITS`."""
    if isinstance(left, float) or isinstance(right, float):
        return True
    bits = left.bit_length()
    return (bits + right if isinstance(op, ast.LShift) else bits * abs(right)) <= MAX_BITS


def number(node: ast.expr) -> int | float:
    """Return the number that an expression is."""
    value = value_of(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotLiteral
    return value


OPERATORS: dict[type[ast.operator], Callable[[float, float], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}
EVALUATE: dict[type[ast.expr], Callable[..., object]] = {
    ast.Constant: value_of_constant,
    ast.List: value_of_list,
    ast.Tuple: value_of_tuple,
    ast.Set: value_of_set,
    ast.Dict: value_of_dict,
    ast.Call: value_of_call,
    ast.UnaryOp: value_of_unary,
    ast.BinOp: value_of_sum,
}
