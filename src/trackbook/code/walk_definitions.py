"""Names in imports, and in functions, classes and comprehensions with their scopes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.walk import names_bound_by, walk, walk_each

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trackbook.code.scope import Scope
    from trackbook.code.walk import Visits

    Function = ast.FunctionDef | ast.AsyncFunctionDef
    Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def import_(scope: Scope, node: ast.Import) -> None:
    """Take in `import a.b`, which binds a."""
    for alias in node.names:
        scope.store(alias.asname or alias.name.partition(".")[0])
        scope.everything |= alias.name == "__main__"


def import_from(scope: Scope, node: ast.ImportFrom) -> None:
    """Take in names imported from a module; a star may be anything."""
    for alias in node.names:
        if alias.name == "*":
            scope.star = True
        else:
            scope.store(alias.asname or alias.name)


def global_(scope: Scope, node: ast.Global) -> None:
    """Keep names that belong to the notebook, not to the function."""
    scope.globals_ = scope.globals_.union(node.names)


def nonlocal_(scope: Scope, node: ast.Nonlocal) -> None:
    """Keep names that belong to a function further out."""
    scope.nonlocals = scope.nonlocals.union(node.names)


def function(scope: Scope, node: Function) -> None:
    """Take in a definition now, and what its body reads once it is called."""
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
    """Take in what a lambda reads, as if it were called at once."""
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
    """Return every parameter of a function."""
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every.extend(arg for arg in (args.vararg, args.kwarg) if arg is not None)
    return every


def class_(scope: Scope, node: ast.ClassDef) -> None:
    """Take in a class body now, and what its methods read once it is used."""
    walk_each(scope, node.decorator_list)
    keywords = [keyword.value for keyword in node.keywords]
    with_type_params(scope, node, [*node.bases, *keywords])
    inner = scope.inner(in_class=True)
    walk_each(inner, node.body)
    params = {param.name for param in getattr(node, "type_params", ())}
    inner.reads -= params
    methods = scope.close_class(inner) - params
    scope.late.setdefault(node.name, set()).update(methods)
    if node.decorator_list or node.bases or keywords:
        # `__init_subclass__`, a metaclass or a decorator may call methods at once.
        scope.load_free(methods)
    scope.store(node.name)


def type_alias(scope: Scope, node: Any) -> None:
    """Take in `type A = …`, which may name itself."""
    scope.store(node.name.id)
    with_type_params(scope, node, [node.value])


def with_type_params(scope: Scope, node: Any, nodes: Iterable[ast.AST | None]) -> None:
    """Walk annotations, in which the type parameters of `def f[T]` stand for themselves."""
    outside = scope.hidden
    params = getattr(node, "type_params", ())
    scope.hidden = outside.union(param.name for param in params)
    for param in params:
        walk_each(
            scope, (getattr(param, "bound", None), getattr(param, "default_value", None))
        )
    walk_each(scope, nodes)
    scope.hidden = outside


def comprehension(scope: Scope, node: Comprehension) -> None:
    """Take in a comprehension, whose own names stay inside."""
    outside, before = scope.hidden, scope.sure
    first = node.generators[0]
    walk(scope, first.iter)
    for part in node.generators:
        scope.hidden |= names_bound_by(part.target)
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


VISITS: Visits = {
    ast.Import: import_,
    ast.ImportFrom: import_from,
    ast.Global: global_,
    ast.Nonlocal: nonlocal_,
    ast.FunctionDef: function,
    ast.AsyncFunctionDef: function,
    ast.Lambda: lambda_,
    ast.ClassDef: class_,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: comprehension,
    ast.GeneratorExp: comprehension,
}
if hasattr(ast, "TypeAlias"):
    VISITS[ast.TypeAlias] = type_alias
