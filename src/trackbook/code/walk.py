"""Walks a syntax tree in the order it runs and tells its scope what it reads and binds.

A branch binds for sure only what all its arms bind, a loop body nothing, and a `try` body
nothing as seen from its handlers.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.magics import effect_of, magic_of
from trackbook.code.parse import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trackbook.code.magics import Magic
    from trackbook.code.scope import Scope

    Function = ast.FunctionDef | ast.AsyncFunctionDef
    Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def walk(scope: Scope, node: ast.AST) -> None:
    """Tell the scope what one node reads and binds."""
    visit = VISITS.get(type(node))
    if visit is not None:
        visit(scope, node)
    else:
        for child in ast.iter_child_nodes(node):
            walk(scope, child)


def walk_each(scope: Scope, nodes: Iterable[ast.AST | None]) -> None:
    """Tell the scope what nodes read and bind, one after the other."""
    for node in nodes:
        if node is not None:
            walk(scope, node)


def perhaps(scope: Scope, nodes: Iterable[ast.AST | None]) -> None:
    """Walk nodes that may not run, or not to their end: they bind nothing for sure."""
    before = set(scope.sure)
    walk_each(scope, nodes)
    scope.sure &= before


def name(scope: Scope, node: ast.Name) -> None:
    kind = type(node.ctx)
    if kind is ast.Store:
        scope.store(node.id)
        return
    scope.load(node.id)
    if kind is ast.Del:
        scope.forget(node.id)


def constant(scope: Scope, node: ast.Constant) -> None:
    if type(node.value) is str:
        scope.strings.append(node.value)


def attribute(scope: Scope, node: ast.Attribute) -> None:
    if node.attr == "user_ns":
        scope.everything = True
    walk(scope, node.value)


def call(scope: Scope, node: ast.Call) -> None:
    func = node.func
    if type(func) is ast.Attribute:
        magic = magic_of(node)
        if magic is not None:
            walk_magic(scope, magic)
            return
    elif type(func) is ast.Name and func.id in DYNAMIC:
        dynamic(scope, node, func.id)
    walk(scope, func)
    for arg in node.args:
        walk(scope, arg)
    for keyword in node.keywords:
        walk(scope, keyword.value)


def dynamic(scope: Scope, node: ast.Call, called: str) -> None:
    """Walk the text that `exec` and `eval` are given; all names where it is unknown."""
    text = node.args[0].value if node.args and type(node.args[0]) is ast.Constant else None
    if called in {"exec", "eval"}:
        tree = tree_of(text.strip()) if isinstance(text, str) else None
        if tree is None or len(node.args) > 1:
            scope.everything = True
        else:
            perhaps(scope, tree.body)
    elif not node.args:
        scope.everything = True


def walk_magic(scope: Scope, magic: Magic) -> None:
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


def assign(scope: Scope, node: ast.Assign) -> None:
    walk(scope, node.value)
    walk_each(scope, node.targets)


def aug_assign(scope: Scope, node: ast.AugAssign) -> None:
    target = node.target
    if type(target) is ast.Name:
        scope.load(target.id)
        walk(scope, node.value)
        scope.store(target.id)
    else:
        walk(scope, target)
        walk(scope, node.value)


def ann_assign(scope: Scope, node: ast.AnnAssign) -> None:
    walk(scope, node.annotation)
    if node.value is not None:
        walk(scope, node.value)
    if node.value is not None or type(node.target) is not ast.Name:
        walk(scope, node.target)


def named_expr(scope: Scope, node: ast.NamedExpr) -> None:
    walk(scope, node.value)
    walk(scope, node.target)


def type_alias(scope: Scope, node: Any) -> None:
    scope.store(node.name.id)
    with_type_params(scope, node, [node.value])


def with_type_params(scope: Scope, node: Any, nodes: Iterable[ast.AST | None]) -> None:
    """Walk annotations, in which the type parameters of `def f[T]` stand for themselves."""
    outside = scope.hidden
    params = getattr(node, "type_params", ())
    scope.hidden = outside.union(param.name for param in params)
    for param in params:
        walk_each(scope, (getattr(param, "bound", None), getattr(param, "default_value", None)))
    walk_each(scope, nodes)
    scope.hidden = outside


def import_(scope: Scope, node: ast.Import) -> None:
    for alias in node.names:
        scope.store(alias.asname or alias.name.partition(".")[0])
        scope.everything |= alias.name == "__main__"


def import_from(scope: Scope, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name == "*":
            scope.star = True
        else:
            scope.store(alias.asname or alias.name)


def global_(scope: Scope, node: ast.Global) -> None:
    scope.globals_.update(node.names)


def nonlocal_(scope: Scope, node: ast.Nonlocal) -> None:
    scope.nonlocals.update(node.names)


def function(scope: Scope, node: Function) -> None:
    walk_each(scope, node.decorator_list)
    arguments = all_arguments(node.args)
    with_type_params(scope, node, [*(arg.annotation for arg in arguments), node.returns])
    walk_each(scope, node.args.defaults)
    walk_each(scope, node.args.kw_defaults)
    free = free_names(scope, node, arguments, node.body)
    if not scope.in_class and not node.decorator_list:
        free.discard(node.name)
    scope.late.setdefault(node.name, set()).update(free)
    if node.decorator_list:
        scope.call(node.name)
    scope.store(node.name)


def lambda_(scope: Scope, node: ast.Lambda) -> None:
    walk_each(scope, node.args.defaults)
    walk_each(scope, node.args.kw_defaults)
    scope.load_free(free_names(scope, node, all_arguments(node.args), [node.body]))


def free_names(
    scope: Scope, node: ast.AST, arguments: list[ast.arg], body: Iterable[ast.AST]
) -> set[str]:
    """Return the names that a function takes from around itself."""
    inner = scope.inner()
    for argument in arguments:
        inner.store(argument.arg)
    for param in getattr(node, "type_params", ()):
        inner.store(param.name)
    walk_each(inner, body)
    return scope.close(inner)


def all_arguments(args: ast.arguments) -> list[ast.arg]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every.extend(arg for arg in (args.vararg, args.kwarg) if arg is not None)
    return every


def class_(scope: Scope, node: ast.ClassDef) -> None:
    walk_each(scope, node.decorator_list)
    keywords = [keyword.value for keyword in node.keywords]
    with_type_params(scope, node, [*node.bases, *keywords])
    inner = scope.inner(in_class=True)
    inner.hidden = frozenset(param.name for param in getattr(node, "type_params", ()))
    walk_each(inner, node.body)
    methods = scope.close_class(inner)
    scope.late.setdefault(node.name, set()).update(methods)
    if node.decorator_list or node.bases or keywords:
        # `__init_subclass__`, a metaclass or a decorator may call methods at once.
        scope.load_free(methods)
    scope.store(node.name)


def comprehension(scope: Scope, node: Comprehension) -> None:
    outside, before = scope.hidden, scope.sure
    first = node.generators[0]
    walk(scope, first.iter)
    targets = [part.target for part in node.generators]
    names = [n.id for target in targets for n in ast.walk(target) if type(n) is ast.Name]
    scope.hidden = outside.union(names)
    # The rest is a function of its own: it sees no class body, and may never run.
    scope.sure = set() if scope.in_class else set(before)
    for part in node.generators:
        if part is not first:
            walk(scope, part.iter)
        walk(scope, part.target)
        walk_each(scope, part.ifs)
    if isinstance(node, ast.DictComp):
        walk_each(scope, (node.key, node.value))
    else:
        walk(scope, node.elt)
    scope.hidden, scope.sure = outside, before


def bool_op(scope: Scope, node: ast.BoolOp) -> None:
    walk(scope, node.values[0])
    perhaps(scope, node.values[1:])


def compare(scope: Scope, node: ast.Compare) -> None:
    walk(scope, node.left)
    walk(scope, node.comparators[0])
    perhaps(scope, node.comparators[1:])


def if_(scope: Scope, node: ast.If | ast.IfExp) -> None:
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
    perhaps(scope, (node.test, node.msg))


def for_(scope: Scope, node: ast.For | ast.AsyncFor) -> None:
    walk(scope, node.iter)
    loop(scope, [node.target, *node.body], node.orelse)


def while_(scope: Scope, node: ast.While) -> None:
    walk(scope, node.test)
    loop(scope, node.body, node.orelse)


def loop(scope: Scope, body: list[Any], orelse: list[ast.stmt]) -> None:
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
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def match_as(scope: Scope, node: ast.MatchAs | ast.MatchStar) -> None:
    walk_each(scope, (getattr(node, "pattern", None),))
    if node.name:
        scope.store(node.name)


def match_mapping(scope: Scope, node: ast.MatchMapping) -> None:
    walk_each(scope, node.keys)
    walk_each(scope, node.patterns)
    if node.rest:
        scope.store(node.rest)


def match_or(scope: Scope, node: ast.MatchOr) -> None:
    walk_each(scope, node.patterns)


def nothing(_scope: Scope, _node: ast.AST) -> None:
    """Pass over a leaf that names nothing."""


DYNAMIC = frozenset({"globals", "locals", "vars", "exec", "eval"})
LEAVING = (ast.Raise, ast.Break, ast.Continue, ast.Return)
TRANSPARENT = frozenset(
    """
    open no_grad inference_mode enable_grad set_grad_enabled autocast catch_warnings Pool
    ThreadPoolExecutor ProcessPoolExecutor ZipFile TarFile tqdm trange option_context
    errstate parallel_backend config_context GradientTape scope device start_run run
    TemporaryDirectory NamedTemporaryFile urlopen Session Client Progress profile Parallel
    style_context rc_context context closing nullcontext redirect_stdout redirect_stderr
    set_device localcontext Lock RLock lock connect Timer
    """.split()
)
VISITS: dict[type[ast.AST], Callable[[Any, Any], None]] = {
    ast.Name: name,
    ast.Constant: constant,
    ast.Attribute: attribute,
    ast.Call: call,
    ast.Assign: assign,
    ast.AugAssign: aug_assign,
    ast.AnnAssign: ann_assign,
    ast.NamedExpr: named_expr,
    ast.Import: import_,
    ast.ImportFrom: import_from,
    ast.Global: global_,
    ast.Nonlocal: nonlocal_,
    ast.FunctionDef: function,
    ast.AsyncFunctionDef: function,
    ast.Lambda: lambda_,
    ast.ClassDef: class_,
    ast.BoolOp: bool_op,
    ast.Compare: compare,
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
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), comprehension),
    **dict.fromkeys((ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue), nothing),
}
if hasattr(ast, "TypeAlias"):
    VISITS[ast.TypeAlias] = type_alias
