"""Finds the string literals in a syntax tree that stand where a name says secret."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.parse import word_set
from trackbook.code.secret_texts import MASK, PEM, is_random

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackbook.code.secret_names import SecretNames

    Given = tuple[str, ast.expr]
    # A name, and the value it is given.


def secret_spans(tree: ast.AST, names: SecretNames) -> list[ast.expr]:
    """Return the string literals to mask: assigned to a secret's name, passed by it."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if PEM.search(node.value):
                found.append(node)
            continue
        for name, value in given_in(node):
            verdict = names.verdict(name)
            if verdict == "no":
                continue
            sure = verdict == "yes" or says_it_here(name, node)
            found.extend(
                text for text, plain in texts_in(value) if is_secret(text, sure and plain)
            )
    return found


def says_it_here(name: str, node: ast.AST) -> bool:
    """Tell whether `token` or `auth` alone means a secret; `key="df"` and loops do not."""
    return "key" not in name.lower() and not isinstance(
        node, (ast.Compare, ast.For, ast.AsyncFor, ast.comprehension)
    )


def given_in(node: ast.AST) -> Iterator[Given]:
    """Yield each name in a node with the expression that it is given or compared with."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from given_to(target, node.value)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield from given_to(node.target, node.iter)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        if node.value is not None:
            yield from given_to(node.target, node.value)
    else:
        find = GIVEN.get(type(node))
        if find is not None:
            yield from find(node)


def given_in_dict(node: ast.Dict) -> Iterator[Given]:
    """Yield the keys that are texts with their values."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, value


def given_to(target: ast.expr, value: ast.expr) -> Iterator[Given]:
    """Yield the names in a target, each with its part of the value."""
    if isinstance(target, (ast.Tuple, ast.List)):
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            for part, of in zip(target.elts, value.elts, strict=True):
                yield from given_to(part, of)
        return
    name = name_of(target)
    if name:
        yield name, value


def name_of(node: ast.expr) -> str:
    """Return the name that an expression ends in: x of `a.x` and of `a["x"]`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value if isinstance(node.slice.value, str) else ""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        key = node.args[0].value
        return key if isinstance(key, str) and called(node) in KEYED else ""
    return ""


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    func = node.func
    return getattr(func, "attr", "") or getattr(func, "id", "")


def given_in_call(node: ast.Call) -> Iterator[Given]:
    """Yield keywords, and keys with the values beside them."""
    for keyword in node.keywords:
        if keyword.arg:
            yield keyword.arg, keyword.value
    if called(node) in KEYED:
        # As in `os.environ.get("API_KEY", "fallback")`, the value follows its key.
        for key, value in zip(node.args, node.args[1:], strict=False):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def given_by_default(node: ast.arguments) -> Iterator[Given]:
    """Yield parameters with their defaults."""
    positional = [*node.posonlyargs, *node.args]
    with_default = positional[len(positional) - len(node.defaults) :]
    for argument, value in zip(with_default, node.defaults, strict=True):
        yield argument.arg, value
    for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        if default is not None:
            yield argument.arg, default


def compared_in(node: ast.Compare) -> Iterator[Given]:
    """Yield the names in a comparison with what stands on the other side."""
    sides = [node.left, *node.comparators]
    for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
        if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
            yield name_of(left), right
            yield name_of(right), left
        elif not isinstance(right, (ast.Name, ast.Attribute)):
            yield name_of(left), right


def texts_in(value: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the strings of a value, and whether each is the value, or only goes into it."""
    waiting: list[tuple[ast.expr, bool]] = [(value, True)]
    while waiting:
        node, plain = waiting.pop()
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield node, plain
        elif isinstance(node, ast.Call):
            wraps = called(node) in WRAPPING
            waiting.extend((item, plain and wraps) for item in node.args)
            if isinstance(node.func, ast.Attribute):
                waiting.append((node.func.value, plain))
        else:
            waiting.extend((item, plain) for item in parts_of(node))


def parts_of(node: ast.expr) -> list[ast.expr]:
    """Return the expressions that become, or become part of, an expression's value."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return node.elts
    if isinstance(node, (ast.Dict, ast.BoolOp)):
        return node.values
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr)):
        return [node.value]
    return []


def is_secret(node: ast.expr, sure: bool) -> bool:
    """Tell whether a string literal is to be masked; not the empty one, nor `Bearer `."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    for part in parts:
        value = part.value if isinstance(part, ast.Constant) else None
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if not isinstance(value, str) or value.strip().lower() in HARMLESS:
            continue
        if sure or is_random(value):
            return True
    return False


HARMLESS = frozenset({"", MASK, "bearer", "basic", "token"})
KEYED = word_set(
    """
    get setdefault putenv getenv setenv pop setattr set put env update_key setitem
    """
)
WRAPPING = frozenset({"SecretStr", "str", "bytes", "Secret", "b64encode"})
GIVEN: dict[type[ast.AST], Callable[[Any], Iterator[Given]]] = {
    ast.Call: given_in_call,
    ast.Dict: given_in_dict,
    ast.arguments: given_by_default,
    ast.Compare: compared_in,
}
