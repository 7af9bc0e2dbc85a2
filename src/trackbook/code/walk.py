"""Walks a syntax tree in the order it runs and tells its scope what it reads and binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.code.scope import Scope

    Visits = dict[type[ast.AST], Callable[[Any, Any], None]]

WALKS: Visits = {}
"""How each kind of node is walked; filled by names.py from the three `walk_` files.

Where much is walked it is asked directly, which saves a call per node.
"""
CHILDREN: dict[type[ast.AST], list[str]] = {}
"""The fields of other kinds of nodes that may hold nodes to walk."""
LEAVES = frozenset({"ctx", "op", "ops", "type_comment", "kind", "attr", "id", "arg"})


def walk(scope: Scope, node: ast.AST) -> None:
    """Tell the scope what one node reads and binds."""
    WALKS[type(node)](scope, node)


def walk_inside(scope: Scope, node: ast.AST) -> None:
    """Walk what a node holds: all that there is to a kind without a visit of its own."""
    kind = type(node)
    fields = CHILDREN.get(kind)
    if fields is None:
        fields = CHILDREN[kind] = [field for field in kind._fields if field not in LEAVES]
    for field in fields:
        child = getattr(node, field, None)
        if isinstance(child, ast.AST):
            WALKS[type(child)](scope, child)
        elif type(child) is list:
            for item in child:
                if isinstance(item, ast.AST):
                    WALKS[type(item)](scope, item)


def walk_each(scope: Scope, nodes: Iterable[ast.AST | None]) -> None:
    """Tell the scope what nodes read and bind, one after the other."""
    for node in nodes:
        if node is not None:
            WALKS[type(node)](scope, node)


def perhaps(scope: Scope, nodes: Iterable[ast.AST | None]) -> None:
    """Walk nodes that may not run, or not to their end: they bind nothing for sure."""
    before = set(scope.sure)
    walk_each(scope, nodes)
    scope.sure &= before


def names_bound_by(target: Any) -> set[str]:
    """Return the names that a target binds, however nested."""
    kind = type(target)
    if kind is ast.Name:
        return {target.id}
    if kind is ast.Tuple or kind is ast.List:
        return set().union(*map(names_bound_by, target.elts))
    if kind is ast.Starred:
        return names_bound_by(target.value)
    return {  # `a[(i := 3)]` binds i
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
