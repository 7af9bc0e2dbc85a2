"""Names in expressions and assignments, magics among them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.code.magics import ARGUMENTS, effect_of, magic_of
from trackbook.code.measured import last_name
from trackbook.code.parse import tree_of, word_set
from trackbook.code.walk import WALKS, perhaps, walk, walk_each

if TYPE_CHECKING:
    from trackbook.code.magics import Magic
    from trackbook.code.scope import Scope
    from trackbook.code.walk import Visits


def name(scope: Scope, node: ast.Name) -> None:
    """Take in a name that is read, bound or deleted."""
    kind, known = type(node.ctx), node.id
    if kind is ast.Load:
        if scope.hidden or known in scope.late:
            scope.load(known)
        elif known not in scope.sure:
            scope.reads.add(known)
    elif kind is ast.Store:
        if known not in scope.hidden:
            scope.binds.add(known)
            scope.sure.add(known)
    else:
        scope.load(known)
        scope.forget(known)


def constant(scope: Scope, node: ast.Constant) -> None:
    """Keep a string: it may mention names."""
    value = node.value
    if type(value) is str:
        scope.strings.append(value)


def attribute(scope: Scope, node: ast.Attribute) -> None:
    """Take in an attribute; `user_ns` is every name there is."""
    inner: ast.expr = node
    while type(inner) is ast.Attribute:
        if inner.attr == "user_ns":
            scope.everything = True
        inner = inner.value
    if type(inner) is ast.Name:
        scope.load(inner.id)
    else:
        WALKS[type(inner)](scope, inner)


def call(scope: Scope, node: ast.Call) -> None:
    """Take in a call; magics are calls too."""
    func = node.func
    called = last_name(func)
    scope.calls.append(node)
    scope.called.append(called)
    if called in ARGUMENTS:
        magic = magic_of(node)
        if magic is not None:
            walk_magic(scope, magic)
            return
    if type(func) is ast.Name:
        scope.plain.append(node)
        if called in DYNAMIC:
            dynamic(scope, node, called)
        scope.load(called)
    else:
        WALKS[type(func)](scope, func)
    if called in SHOWING:
        for value in (*node.args, *(keyword.value for keyword in node.keywords)):
            walk_shown(scope, value)
        return
    for value in node.args:
        WALKS[type(value)](scope, value)
    for keyword in node.keywords:
        value = keyword.value
        WALKS[type(value)](scope, value)


def walk_shown(scope: Scope, node: ast.expr) -> None:
    """Take in what is only shown: its text is for people and mentions no names."""
    if type(node) is ast.JoinedStr:
        walk_each(scope, (p for p in node.values if type(p) is ast.FormattedValue))
    elif type(node) is not ast.Constant:
        walk(scope, node)


def subscript(scope: Scope, node: ast.Subscript) -> None:
    """Take in an item; a text between the brackets is a key, and mentions no name."""
    value, inside = node.value, node.slice
    WALKS[type(value)](scope, value)
    for key in inside.elts if isinstance(inside, (ast.Tuple, ast.List)) else [inside]:
        if type(key) is not ast.Constant:
            WALKS[type(key)](scope, key)


def dynamic(scope: Scope, node: ast.Call, called: str) -> None:
    """Walk the text that `exec` and `eval` are given; all names where it is unknown."""
    text = node.args[0].value if node.args and type(node.args[0]) is ast.Constant else None
    if called in {"exec", "eval"}:
        tree = tree_of(text.strip()) if isinstance(text, str) else None
        if tree is None or len(node.args) > 1:
            scope.everything = True
        elif scope.in_function:
            # Inside a function, what the text binds becomes nobody's local name.
            apart = scope.inner()
            perhaps(apart, tree.body)
            scope.load_free(scope.close(apart))
        else:
            perhaps(scope, tree.body)
    elif not node.args:
        scope.everything = True


def walk_magic(scope: Scope, magic: Magic) -> None:
    """Take in what a magic reads, runs and binds."""
    effect = effect_of(magic, scope.transform)
    scope.load_free(effect.reads)
    if effect.where == "here":
        walk_each(scope, effect.runs or ())
    elif effect.where == "perhaps":
        perhaps(scope, effect.runs or ())
    else:
        apart = scope.inner()
        walk_each(apart, effect.runs or ())
        scope.load_free(scope.close(apart))
    for bound in effect.binds:
        scope.store(bound)


def expression(scope: Scope, node: ast.Expr) -> None:
    """Take in what stands for its value or its effect."""
    value = node.value
    WALKS[type(value)](scope, value)


def bin_op(scope: Scope, node: ast.BinOp) -> None:
    """Take in `a + b`."""
    left, right = node.left, node.right
    WALKS[type(left)](scope, left)
    WALKS[type(right)](scope, right)


def items(scope: Scope, node: ast.List | ast.Tuple) -> None:
    """Take in what a list or a tuple holds, or is unpacked to."""
    for item in node.elts:
        WALKS[type(item)](scope, item)


def assign(scope: Scope, node: ast.Assign) -> None:
    """Take in the value before the targets."""
    value = node.value
    WALKS[type(value)](scope, value)
    for target in node.targets:
        WALKS[type(target)](scope, target)


def aug_assign(scope: Scope, node: ast.AugAssign) -> None:
    """Take in a target that is read before it is bound."""
    target = node.target
    if type(target) is ast.Name:
        scope.load(target.id)
        walk(scope, node.value)
        scope.store(target.id)
    else:
        walk(scope, target)
        walk(scope, node.value)


def ann_assign(scope: Scope, node: ast.AnnAssign) -> None:
    """Take in an annotation; without a value it binds nothing."""
    walk(scope, node.annotation)
    if node.value is not None:
        walk(scope, node.value)
    if node.value is not None or type(node.target) is not ast.Name:
        walk(scope, node.target)


def named_expr(scope: Scope, node: ast.NamedExpr) -> None:
    """Take in `name := value`."""
    walk(scope, node.value)
    walk(scope, node.target)


def bool_op(scope: Scope, node: ast.BoolOp) -> None:
    """Take in `a and b`, of which only the first surely runs."""
    walk(scope, node.values[0])
    perhaps(scope, node.values[1:])


def compare(scope: Scope, node: ast.Compare) -> None:
    """Take in `a < b < c`, of which the third may not run."""
    walk(scope, node.left)
    walk(scope, node.comparators[0])
    perhaps(scope, node.comparators[1:])


def nothing(_scope: Scope, _node: ast.AST) -> None:
    """Pass over a leaf that names nothing."""


SHOWING = word_set(
    """
    print title suptitle set_title xlabel ylabel set_xlabel set_ylabel legend annotate
    display Markdown HTML warn info debug warning error
    """
)
DYNAMIC = frozenset({"globals", "locals", "vars", "exec", "eval"})
VISITS: Visits = {
    ast.Name: name,
    ast.Constant: constant,
    ast.Attribute: attribute,
    ast.Call: call,
    ast.Subscript: subscript,
    ast.Expr: expression,
    ast.BinOp: bin_op,
    ast.List: items,
    ast.Tuple: items,
    ast.Assign: assign,
    ast.AugAssign: aug_assign,
    ast.AnnAssign: ann_assign,
    ast.NamedExpr: named_expr,
    ast.BoolOp: bool_op,
    ast.Compare: compare,
    ast.Pass: nothing,
    ast.Break: nothing,
    ast.Continue: nothing,
}
