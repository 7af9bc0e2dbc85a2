"""The metric name of a value that a cell shows without binding it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from trackbook.code.magics import magic_of
from trackbook.code.measured import is_never_measured, is_size, last_name
from trackbook.code.parse import word_set

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_CHARS = 40
REDUCTIONS = word_set(
    """
    mean sum std min max median var average prod norm quantile percentile nanmean nanstd
    nanmin nanmax nanmedian nansum
    """
)
MODULES = word_set(
    """
    np pd tf torch jnp jax math stats statistics scipy sklearn metrics F nn K sm skm smf
    xgb lgb cv2 sns numpy pandas plt
    """
)
"""What modules are usually called, for cells that do not import them themselves."""
WRAPPERS = frozenset({"round", "float", "int", "abs"})
SHOWS = (ast.Attribute, ast.Call, ast.BinOp)


def display_name(node: ast.expr, modules: Collection[str] = ()) -> str | None:
    """Return `score_X_test` for `model.score(X_test, y_test)`; None for what is no measure.

    `modules` are names that stand for modules: `metrics.f1_score(y, p)` is `f1_score`.
    """
    shown, node = node, unwrapped(node)
    if isinstance(node, ast.Name) and last_name(getattr(shown, "func", node)) == "item":
        return node.id
    if not may_be_measured(node):
        return None
    if isinstance(node, ast.Call):
        return name_of_call(node, modules)
    if isinstance(node, ast.Attribute) and root_of(node):
        return node.attr.strip("_") or None
    return name_of_text(node)


def may_be_measured(node: ast.expr) -> bool:
    """Tell whether a shown value could be a number that something worked out."""
    if is_never_measured(node) or is_size(node) or isinstance(node, CONTAINERS):
        return False
    return magic_of(node) is None and any(
        isinstance(part, SHOWS) for part in ast.walk(node)
    )


def unwrapped(node: ast.expr) -> ast.expr:
    """Return what is inside `await`, `round(…, 3)`, `float(…)` and `….item()`."""
    while True:
        if isinstance(node, ast.Await):
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and node.args
            and (isinstance(node.func, ast.Name) and node.func.id in WRAPPERS)
        ):
            node = node.args[0]
        elif (
            isinstance(node, ast.Call)
            and not node.args
            and (isinstance(node.func, ast.Attribute) and node.func.attr == "item")
        ):
            node = node.func.value
        else:
            return node


def name_of_call(node: ast.Call, modules: Collection[str]) -> str | None:
    """Return `f` for `f(y, p)`, `score_X` for `m.score(X)`, `x_mean` for `x.mean()`."""
    func = node.func
    called = last_name(func).strip("_")
    first = node.args[0] if node.args else None
    known = MODULES.union(modules)
    if isinstance(func, ast.Name) or (
        isinstance(func, ast.Attribute) and root_of(func) in known
    ):
        if called in REDUCTIONS and first is not None:
            return "_".join((called, *first_name_in(first)))
        return called or None
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return name_of_text(node)
    data = parts_of(first) if first is not None else ()
    if data:
        return "_".join((called, *data))
    if first is None and not node.keywords:
        return f"{func.value.id}_{called}"
    return name_of_text(node)


def parts_of(node: ast.expr) -> tuple[str, ...]:
    """Return (X,) of `X` and `X[100:]`, (test, text) of `test.text`; nothing of other things."""
    if isinstance(node, ast.Subscript):
        return parts_of(node.value)
    if isinstance(node, ast.Attribute):
        before = parts_of(node.value)
        return (*before, node.attr) if before else ()
    return (node.id,) if isinstance(node, ast.Name) else ()


def first_name_in(node: ast.expr) -> list[str]:
    """Return the first plain name of an argument: y of `y == p`."""
    return next(([n.id] for n in ast.walk(node) if isinstance(n, ast.Name)), [])


def root_of(node: ast.expr) -> str:
    """Return `a` of `a.b.c`, or nothing when it begins with anything but a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def name_of_text(node: ast.expr) -> str | None:
    """Return the text of an expression as a name, cut to `MAX_CHARS`."""
    text = re.sub(r"\W+", "_", ast.unparse(node)).strip("_")
    if text[:1].isdigit():
        text = f"value_{text}"
    text = text[:MAX_CHARS].strip("_")
    return text if text.isidentifier() else None


CONTAINERS = (
    ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
)  # fmt: skip
