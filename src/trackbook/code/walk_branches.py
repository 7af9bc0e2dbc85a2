"""Names in branches and loops: what may run, may break off, or may run again."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.parse import word_set
from trackbook.code.walk import perhaps, walk, walk_each

if TYPE_CHECKING:
    from trackbook.code.scope import Scope
    from trackbook.code.walk import Visits


def if_(scope: Scope, node: ast.If | ast.IfExp) -> None:
    """Take in both arms; bound for sure is what both bind."""
    walk(scope, node.test)
    body = node.body if isinstance(node.body, list) else [node.body]
    orelse = node.orelse if isinstance(node.orelse, list) else [node.orelse]
    before = set(scope.sure)
    walk_each(scope, body)
    after = scope.sure
    scope.sure = set(before)
    walk_each(scope, orelse)
    scope.sure = joined(before, [(body, after), (orelse, scope.sure)])


def joined(before: set[str], arms: list[tuple[list[Any], set[str]]]) -> set[str]:
    """Return what is sure after arms of which one runs; arms that leave do not count."""
    going_on = [sure for body, sure in arms if not (body and isinstance(body[-1], LEAVING))]
    return set.intersection(*going_on) if going_on else before


def assert_(scope: Scope, node: ast.Assert) -> None:
    """Take in a test that `-O` leaves out."""
    perhaps(scope, (node.test, node.msg))


def for_(scope: Scope, node: ast.For | ast.AsyncFor) -> None:
    """Take in a loop whose target and body may never run."""
    walk(scope, node.iter)
    loop(scope, [node.target, *node.body], node.orelse)


def while_(scope: Scope, node: ast.While) -> None:
    """Take in a loop whose test surely runs, and its body perhaps."""
    walk(scope, node.test)
    loop(scope, node.body, node.orelse)


def loop(scope: Scope, body: list[Any], orelse: list[ast.stmt]) -> None:
    """Take in a body that may run never, or again."""
    before = set(scope.sure)
    known = {name: len(free) for name, free in scope.late.items()}
    perhaps(scope, body)
    for name, free in scope.late.items():
        if len(free) != known.get(name):
            # The next turn may call it before what follows the loop is bound.
            scope.call(name)
    perhaps(scope, orelse)
    scope.sure &= before


def try_(scope: Scope, node: ast.Try) -> None:
    """Take in a body that may break off anywhere, and what follows then."""
    before = set(scope.sure)
    walk_each(scope, node.body)
    walk_each(scope, node.orelse)
    arms: list[tuple[list[Any], set[str]]] = [(node.orelse or node.body, scope.sure)]
    for handler in node.handlers:
        scope.sure = set(before)
        walk_each(scope, (handler.type,))
        if handler.name:
            scope.store(handler.name)
        walk_each(scope, handler.body)
        if handler.name:
            scope.forget(handler.name)
        arms.append((handler.body, scope.sure))
    after = joined(before, arms)
    # `finally` also runs after an exception that came before anything was bound.
    scope.sure = set(before)
    walk_each(scope, node.finalbody)
    scope.sure = (after | (scope.sure - before)) - (before - scope.sure)


def with_(scope: Scope, node: ast.With | ast.AsyncWith) -> None:
    """Take in a body that runs to its end, unless its context swallows exceptions."""
    transparent = True
    for item in node.items:
        if transparent:
            walk_each(scope, (item.context_expr, item.optional_vars))
        else:
            perhaps(scope, (item.context_expr, item.optional_vars))
        transparent = transparent and lets_exceptions_pass(item.context_expr)
    if transparent:
        walk_each(scope, node.body)
    else:
        perhaps(scope, node.body)


def lets_exceptions_pass(context: ast.expr) -> bool:
    """Tell whether a `with` is known not to swallow, as `suppress` and `raises` do."""
    func = context.func if isinstance(context, ast.Call) else context
    called = getattr(func, "attr", None) or getattr(func, "id", None)
    return called in TRANSPARENT


def match(scope: Scope, node: Any) -> None:
    """Take in cases, of which one runs, or none without a catch-all."""
    walk(scope, node.subject)
    before = set(scope.sure)
    arms: list[tuple[list[Any], set[str]]] = []
    whole = False
    for case in node.cases:
        scope.sure = set(before)
        walk(scope, case.pattern)
        walk_each(scope, (case.guard,))
        walk_each(scope, case.body)
        arms.append((case.body, scope.sure))
        whole = case.guard is None and irrefutable(case.pattern)
    if not whole:
        arms.append(([], before))
    scope.sure = joined(before, arms)


def irrefutable(pattern: ast.pattern) -> bool:
    """Tell whether a pattern always matches: `case _`, `case x`."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def match_as(scope: Scope, node: ast.MatchAs | ast.MatchStar) -> None:
    """Take in a name that a pattern binds."""
    walk_each(scope, (getattr(node, "pattern", None),))
    if node.name:
        scope.store(node.name)


def match_mapping(scope: Scope, node: ast.MatchMapping) -> None:
    """Take in a mapping pattern and the name of its rest."""
    walk_each(scope, node.keys)
    walk_each(scope, node.patterns)
    if node.rest:
        scope.store(node.rest)


def match_or(scope: Scope, node: ast.MatchOr) -> None:
    """Take in alternative patterns."""
    walk_each(scope, node.patterns)


LEAVING = (ast.Raise, ast.Break, ast.Continue, ast.Return)
TRANSPARENT = word_set(
    """
    open no_grad inference_mode enable_grad set_grad_enabled autocast catch_warnings
    Pool ThreadPoolExecutor ProcessPoolExecutor ZipFile TarFile tqdm trange
    option_context errstate parallel_backend config_context GradientTape scope device
    start_run run TemporaryDirectory NamedTemporaryFile urlopen Session Client Progress
    profile Parallel style_context rc_context context closing nullcontext
    redirect_stdout redirect_stderr set_device localcontext Lock RLock lock connect
    Timer
    """
)
VISITS: Visits = {
    ast.If: if_,
    ast.IfExp: if_,
    ast.Assert: assert_,
    ast.For: for_,
    ast.AsyncFor: for_,
    ast.While: while_,
    ast.Try: try_,
    ast.TryStar: try_,
    ast.With: with_,
    ast.AsyncWith: with_,
    ast.Match: match,
    ast.MatchAs: match_as,
    ast.MatchStar: match_as,
    ast.MatchMapping: match_mapping,
    ast.MatchOr: match_or,
}
