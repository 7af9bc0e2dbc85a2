"""What part each name plays in a statement: measured, counted, looped over, changed."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from trackbook.code.literals import pairs_of
from trackbook.code.magics import effect_of, magic_of
from trackbook.code.measured import Clocks, sort_of
from trackbook.code.metric_names import is_metric_name
from trackbook.code.parse import PROVIDED, word_set
from trackbook.code.walk import names_bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Part = Literal[
    "accumulators", "augmented", "computed", "passed", "targets", "timings", "touches"
]  # fmt: skip
GROWING = word_set(
    """
    append extend add update insert appendleft extendleft push put
    """
)


class Roles:
    """The names of one statement by the part they play; functions in it left out.

    One for a cell: what it learns about clocks holds for the statements that follow.
    """

    __slots__ = (
        "clocks", "magics", "owners", "parts", "rebound", "transform", "walruses",
    )  # fmt: skip

    def __init__(self, source: str, transform: Callable[[str], str] | None) -> None:
        self.transform = transform
        self.clocks = Clocks()
        # Where the cell has none of them nobody need look for them.
        self.magics = "get_ipython" in source
        self.walruses = ":=" in source
        self.parts: defaultdict[Part, set[str]] = defaultdict(set)
        """Most statements have one or two."""
        self.rebound: list[str] = []
        self.owners: dict[str, set[str]] = {}
        """Loop targets, and the names they were taken from: both change together."""

    def tell(self, facts: dict[str, Any]) -> None:
        """Add the parts to what is known of a statement, and begin with the next."""
        parts = self.parts
        if not parts and not self.rebound:
            return
        if self.owners:
            for name in parts["touches"] & self.owners.keys():
                parts["touches"] |= self.owners[name]
        if "targets" in parts:
            parts["computed"] -= parts["targets"]
            parts["timings"] -= parts["targets"]
        if "targets" in parts or "augmented" in parts:
            # Loop, `with` and `except` targets, and names only counted up: `i += 1`.
            counted = parts.pop("augmented", set()).difference(self.rebound)
            facts["loops"] = frozenset(counted.union(parts.pop("targets", ())))
        for part, names in parts.items():
            if names:
                facts[part] = frozenset(names)
        self.parts, self.rebound, self.owners = defaultdict(set), [], {}

    def visit(self, node: ast.stmt, *, looping: bool = False) -> None:
        """Take in one statement and the statements inside it."""
        visit = VISITS.get(type(node))
        if visit is not None:
            visit(self, node, looping)

    def visit_each(self, nodes: Iterable[ast.stmt], *, looping: bool) -> None:
        for node in nodes:
            self.visit(node, looping=looping)

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        """Take in that a value is bound to a target."""
        if type(target) is ast.Name:
            self.bind_name(target.id, value)
            return
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            self.touch(target)
            return
        pairs = pairs_of(target, value)
        if pairs is None:
            for name in names_bound_by(target):
                self.bind_name(name, value)
            # `model.a, b[0] = f()` changes model and b.
            pairs = [
                (part, value)
                for part in getattr(target, "elts", ())
                if isinstance(part, (ast.Subscript, ast.Attribute))
            ]
        for part, of in pairs:
            self.bind(part, of)

    def bind_name(self, name: str, value: ast.expr) -> None:
        sort = sort_of(value, self.clocks)
        self.clocks.learn(name, sort)
        self.rebound.append(name)
        if name == "_":
            self.discard(value)
        if name.startswith("_"):
            return
        if sort == "measured":
            self.parts["computed"].add(name)
        elif sort == "duration" and not isinstance(value, ast.Name):
            self.parts["timings"].add(name)

    def touch(self, node: ast.expr) -> None:
        """Take in that the object behind an expression may be changed."""
        root = root_of(node)
        if root is not None:
            self.parts["touches"].add(root)

    def discard(self, value: ast.expr) -> None:
        """Take in a call whose result is dropped, so that it was made for its effect."""
        if type(value) is ast.Await:
            value = value.value
        if type(value) is not ast.Call:
            return
        func = value.func
        if type(func) is ast.Name and func.id in PROVIDED:
            return
        if type(func) is ast.Attribute:
            self.touch(func)
        self.hand(value)

    def hand(self, call: ast.Call) -> None:
        """Take in the names that a call was given, which it may change."""
        for argument in call.args:
            if type(argument) is ast.Name:
                self.parts["passed"].add(argument.id)
        for keyword in call.keywords:
            if type(keyword.value) is ast.Name:
                self.parts["passed"].add(keyword.value.id)
                if keyword.arg == "out":
                    self.parts["touches"].add(keyword.value.id)


def assign(roles: Roles, node: ast.Assign, looping: bool) -> None:
    """Take in `a = b = value`."""
    bound(roles, node.targets, node.value, looping)


def ann_assign(roles: Roles, node: ast.AnnAssign, looping: bool) -> None:
    """Take in `a: int = value`."""
    if node.value is not None:
        bound(roles, [node.target], node.value, looping)


def bound(roles: Roles, targets: list[ast.expr], value: ast.expr, looping: bool) -> None:
    """Take in a value and what it is bound to."""
    if roles.walruses:
        walruses(roles, value)
    if roles.magics:
        value = run_by_magic(value, roles.transform)
    if type(value) is ast.Call:
        func = value.func
        if type(func) is ast.Name and func.id not in PROVIDED:
            roles.hand(value)
    for target in targets:
        if type(target) is ast.Name:
            roles.bind_name(target.id, value)
        else:
            roles.bind(target, value)
        if looping:
            roles.parts["computed"] |= kept_best(target, value)
            roles.parts["accumulators"] |= added_to(target, value)


def added_to(target: ast.expr, value: ast.expr) -> set[str]:
    """Return the name that a loop adds to: `total = total + x`."""
    if not isinstance(target, ast.Name) or not isinstance(value, ast.BinOp):
        return set()
    operands = (value.left, value.right)
    is_added = any(isinstance(one, ast.Name) and one.id == target.id for one in operands)
    return {target.id} if is_added else set()


def kept_best(target: ast.expr, value: ast.expr) -> set[str]:
    """Return the measures that a loop keeps by name: `best_loss, bad = val_loss, 0`."""
    pairs = pairs_of(target, value)
    if pairs is None:
        pairs = [(target, value)]
    return {
        one.id
        for one, of in pairs
        if type(one) is ast.Name and type(of) is ast.Name and is_metric_name(one.id)
    }


def run_by_magic(value: ast.expr, transform: Callable[[str], str] | None) -> ast.expr:
    """Return `f()` for `%time f()`, and a constant for a line that runs no Python."""
    magic = magic_of(value)
    if magic is None:
        return value
    runs = effect_of(magic, transform).runs
    if runs and len(runs) == 1 and isinstance(runs[0], ast.Expr):
        return runs[0].value
    return ast.Constant(None)


def walruses(roles: Roles, value: ast.expr) -> None:
    """Take in every `name := value` inside an expression."""
    for part in ast.walk(value):
        if isinstance(part, ast.NamedExpr):
            roles.bind(part.target, part.value)


def aug_assign(roles: Roles, node: ast.AugAssign, _looping: bool) -> None:
    """Take in `a += value`."""
    if isinstance(node.target, ast.Name):
        roles.parts["augmented"].add(node.target.id)
        roles.parts["accumulators"].add(node.target.id)
    else:
        roles.touch(node.target)


def delete(roles: Roles, node: ast.Delete, _looping: bool) -> None:
    """Take in `del a[0]`, which changes a."""
    for target in node.targets:
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            roles.touch(target)


def expression(roles: Roles, node: ast.Expr, looping: bool) -> None:
    """Take in a call made for its effect, or a magic line."""
    call = node.value
    magic = magic_of(call) if roles.magics else None
    if magic is not None:
        effect = effect_of(magic, roles.transform)
        if effect.where == "here":
            roles.visit_each(effect.runs or (), looping=looping)
        return
    if roles.walruses:
        walruses(roles, call)
    roles.discard(call)
    if (
        looping
        and type(call) is ast.Call
        and type(call.func) is ast.Attribute
        and call.func.attr in GROWING
    ):
        roles.parts["accumulators"] |= root_in(call.func)


def for_(roles: Roles, node: ast.For | ast.AsyncFor, _looping: bool) -> None:
    """Take in a loop: its targets, and its body."""
    names = names_bound_by(node.target)
    sources = {part.id for part in ast.walk(node.iter) if isinstance(part, ast.Name)}
    for name in names:
        roles.owners[name] = sources - PROVIDED
    roles.parts["targets"] |= names
    roles.visit_each(node.body, looping=True)
    roles.visit_each(node.orelse, looping=True)


def while_(roles: Roles, node: ast.While, _looping: bool) -> None:
    """Take in the body of a loop."""
    if roles.walruses:
        walruses(roles, node.test)
    roles.visit_each(node.body, looping=True)
    roles.visit_each(node.orelse, looping=True)


def if_(roles: Roles, node: ast.If, looping: bool) -> None:
    """Take in both arms."""
    if roles.walruses:
        walruses(roles, node.test)
    roles.visit_each(node.body, looping=looping)
    roles.visit_each(node.orelse, looping=looping)


def with_(roles: Roles, node: ast.With | ast.AsyncWith, looping: bool) -> None:
    """Take in the names of contexts, and the body."""
    for item in node.items:
        if item.optional_vars is not None:
            roles.parts["targets"] |= names_bound_by(item.optional_vars)
    roles.visit_each(node.body, looping=looping)


def try_(roles: Roles, node: ast.Try, looping: bool) -> None:
    """Take in the body, its handlers, and what follows."""
    for handler in node.handlers:
        if handler.name:
            roles.parts["targets"].add(handler.name)
        roles.visit_each(handler.body, looping=looping)
    for body in (node.body, node.orelse, node.finalbody):
        roles.visit_each(body, looping=looping)


def match(roles: Roles, node: ast.Match, looping: bool) -> None:
    """Take in what the cases do."""
    for case in node.cases:
        roles.visit_each(case.body, looping=looping)


def root_in(node: ast.expr) -> set[str]:
    """Return x of `x.a[0].b()`; nothing where a plain function makes the object."""
    root = root_of(node)
    return set() if root is None else {root}


def root_of(node: ast.expr) -> str | None:
    """Return x of `x.a[0].b()`; None where a plain function makes the object."""
    part: Any = node
    while True:
        kind = type(part)
        if kind in INTO:
            part = part.value
        elif kind is ast.Call and type(part.func) is ast.Attribute:
            part = part.func.value
        else:
            return part.id if kind is ast.Name else None


INTO = frozenset({ast.Attribute, ast.Subscript, ast.Starred})
"""Expressions that are about a part of another."""

VISITS: dict[type[ast.stmt], Callable[..., None]] = {
    ast.Assign: assign,
    ast.AnnAssign: ann_assign,
    ast.AugAssign: aug_assign,
    ast.Delete: delete,
    ast.Expr: expression,
    ast.For: for_,
    ast.AsyncFor: for_,
    ast.While: while_,
    ast.If: if_,
    ast.With: with_,
    ast.AsyncWith: with_,
    ast.Try: try_,
    ast.TryStar: try_,
    ast.Match: match,
}
