"""The metric names of calls inside a statement whose results it does not keep."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.code.display_names import name_of_call, unwrapped
from trackbook.code.parse import tree_of

if TYPE_CHECKING:
    from collections.abc import Collection


def names_of_calls(source: str, function: str, modules: Collection[str] = ()) -> list[str]:
    """Return a metric name for each call of `function` in a source, in order of the text.

    `print(model.score(X_test, y_test))` gives `score_X_test` for `score`; bound to a name,
    as in `acc = round(model.score(X, y), 3)` inside a loop, a call goes by that name.
    """
    tree = tree_of(source)
    if tree is None:
        return []
    found = []
    bound = {
        id(unwrapped(node.value)): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else None
            name = called.id if isinstance(called, ast.Name) else name
            label = bound.get(id(node)) or name_of_call(node, modules)
            if name == function and label:
                found.append((node.lineno, node.col_offset, label))
    return [label for *_, label in sorted(found)]
