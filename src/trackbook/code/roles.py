"""What part each name plays in a statement: measured, counted, looped over, changed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.literals import pairs_of
from trackbook.code.magics import effect_of, magic_of
from trackbook.code.measured import sort_of
from trackbook.code.metric_names import is_metric_name
from trackbook.code.parse import PROVIDED, word_set
from trackbook.code.walk import names_bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.code.measured import Clocks

GROWING = word_set(
    """
    append extend add update insert appendleft extendleft push put
    """
)


class Roles:
    """The names of one statement by the part they play; functions in it left out."""

    __slots__ = (
        "accumulators", "augmented", "clocks", "computed", "owners", "passed", "rebound",
        "targets", "timings", "touches", "transform", "walruses",
    )  # fmt: skip

    def __init__(
        self, clocks: Clocks, transform: Callable[[str], str] | None, *, walruses: bool
    ) -> None:
        self.clocks = clocks
        self.walruses = walruses
        """The cell has a `:=` somewhere; without one nobody need look for it."""
        self.transform = transform
        self.touches: set[str] = set()
        self.passed: set[str] = set()
        self.computed: set[str] = set()
        self.timings: set[str] = set()
        self.targets: set[str] = set()
        self.augmented: set[str] = set()
        self.rebound: set[str] = set()
        self.accumulators: set[str] = set()
        self.owners: dict[str, set[str]] = {}
        """Loop targets, and the names they were taken from: both change together."""

    def finish(self) -> None:
        """Draw what follows from the whole statement."""
        for name in self.touches & self.owners.keys():
            self.touches |= self.owners[name]
        self.computed -= self.targets
        self.timings -= self.targets

    @property
    def loops(self) -> set[str]:
        """Loop, `with` and `except` targets, and names only counted up: `i += 1`."""
        return self.targets | (self.augmented - self.rebound)

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
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            self.touches |= root_in(target)
            return
        if isinstance(target, ast.Name):
            self.bind_name(target.id, value)
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
        self.rebound.add(name)
        if name == "_":
            self.discard(value)
        if name.startswith("_"):
            return
        if sort == "measured":
            self.computed.add(name)
        elif sort == "duration" and not isinstance(value, ast.Name):
            self.timings.add(name)

    def discard(self, value: ast.expr) -> None:
        """Take in a call whose result is dropped, so that it was made for its effect."""
        if isinstance(value, ast.Await):
            value = value.value
        if not isinstance(value, ast.Call):
            return
        if isinstance(value.func, ast.Attribute):
            self.touches |= root_in(value.func)
        self.hand(value)

    def hand(self, call: ast.Call) -> None:
        """Take in the names that a call was given, which it may change."""
        if isinstance(call.func, ast.Name) and call.func.id in PROVIDED:
            return
        for argument in call.args:
            if isinstance(argument, ast.Name):
                self.passed.add(argument.id)
        for keyword in call.keywords:
            if isinstance(keyword.value, ast.Name):
                self.passed.add(keyword.value.id)
                if keyword.arg == "out":
                    self.touches.add(keyword.value.id)


def assign(roles: Roles, node: ast.Assign, looping: bool) -> None:
    """Take in `a = b = value`."""
    bound(roles, node.targets, node.value, looping)


def ann_assign(roles: Roles, node: ast.AnnAssign, looping: bool) -> None:
    """Take in `a: int = value`."""
    if node.value is not None:
        bound(roles, [node.target], node.value, looping)


def bound(roles: Roles, targets: list[ast.expr], value: ast.expr, looping: bool) -> None:
    """Take in a value and what it is bound to."""
    walruses(roles, value)
    value = run_by_magic(value, roles.transform)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        roles.hand(value)
    for target in targets:
        roles.bind(target, value)
        if looping:
            roles.computed |= kept_best(target, value)
        if looping and isinstance(target, ast.Name) and isinstance(value, ast.BinOp):
            operands = (value.left, value.right)
            if any(isinstance(one, ast.Name) and one.id == target.id for one in operands):
                roles.accumulators.add(target.id)


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
    for part in ast.walk(value) if roles.walruses else ():
        if isinstance(part, ast.NamedExpr):
            roles.bind(part.target, part.value)


def aug_assign(roles: Roles, node: ast.AugAssign, _looping: bool) -> None:
    """Take in `a += value`."""
    if isinstance(node.target, ast.Name):
        roles.augmented.add(node.target.id)
        roles.accumulators.add(node.target.id)
    else:
        roles.touches |= root_in(node.target)


def delete(roles: Roles, node: ast.Delete, _looping: bool) -> None:
    """Take in `del a[0]`, which changes a."""
    for target in node.targets:
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            roles.touches |= root_in(target)


def expression(roles: Roles, node: ast.Expr, looping: bool) -> None:
    """Take in a call made for its effect, or a magic line."""
    magic = magic_of(node.value)
    if magic is not None:
        effect = effect_of(magic, roles.transform)
        if effect.where == "here":
            roles.visit_each(effect.runs or (), looping=looping)
        return
    walruses(roles, node.value)
    roles.discard(node.value)
    call = node.value
    if (
        looping
        and isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in GROWING
    ):
        roles.accumulators |= root_in(call.func)


def for_(roles: Roles, node: ast.For | ast.AsyncFor, _looping: bool) -> None:
    """Take in a loop: its targets, and its body."""
    names = names_bound_by(node.target)
    sources = {part.id for part in ast.walk(node.iter) if isinstance(part, ast.Name)}
    for name in names:
        roles.owners[name] = sources - PROVIDED
    roles.targets |= names
    roles.visit_each(node.body, looping=True)
    roles.visit_each(node.orelse, looping=True)


def while_(roles: Roles, node: ast.While, _looping: bool) -> None:
    """Take in the body of a loop."""
    walruses(roles, node.test)
    roles.visit_each(node.body, looping=True)
    roles.visit_each(node.orelse, looping=True)


def if_(roles: Roles, node: ast.If, looping: bool) -> None:
    """Take in both arms."""
    walruses(roles, node.test)
    roles.visit_each(node.body, looping=looping)
    roles.visit_each(node.orelse, looping=looping)


def with_(roles: Roles, node: ast.With | ast.AsyncWith, looping: bool) -> None:
    """Take in the names of contexts, and the body."""
    for item in node.items:
        if item.optional_vars is not None:
            roles.targets |= names_bound_by(item.optional_vars)
    roles.visit_each(node.body, looping=looping)


def try_(roles: Roles, node: ast.Try, looping: bool) -> None:
    """Take in the body, its handlers, and what follows."""
    for handler in node.handlers:
        if handler.name:
            roles.targets.add(handler.name)
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
