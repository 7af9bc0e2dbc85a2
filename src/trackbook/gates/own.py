"""Marks a function of a project as a check of its own."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")
MARK = "__trackbook_check__"


def check(function: F) -> F:
    """Mark a function as a check that gates can ask, and say at once what cannot be asked.

    It is called as `function(facts, **keys)` in a process of its own: `facts` is a dict of plain
    values (model, version, folder, signature, metrics, metadata, data, champion, git_commit …), the
    keys are those of the policy. It returns True or False; or a dict of `passed` (True, False, or
    None for skipped), `words`, `value`, `threshold`, `evidence`. A policy names it
    `module:function`, `ask(function, …)` in Python does it.

    Raises:
        Misused: it is no function of a module, or its keys have to be given by their place
    """
    name = getattr(function, "__qualname__", repr(function))
    if not inspect.isfunction(function) or name != function.__name__ or name == "<lambda>":
        raise Misused(
            f"{name} is no function of a module: write def NAME(facts, *, KEY) there"
        )
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise Misused(
            f"{name} returns no answer but something to be run: write a plain def"
        )
    first, *rest = [*inspect.signature(function).parameters.values(), None]
    if first is None or first.kind not in (
        first.POSITIONAL_ONLY,
        first.POSITIONAL_OR_KEYWORD,
    ):
        raise Misused(f"{name} takes no facts: write def {name}(facts, *, KEY)")
    for one in rest:
        if one is not None and one.kind in (one.POSITIONAL_ONLY, one.VAR_POSITIONAL):
            raise Misused(
                f"{name}: {one.name} cannot be a key of a policy: put it behind *"
            )
    setattr(function, MARK, True)
    return function


def named(function: Callable[..., Any]) -> str:
    """Return how a policy names a function.

    Raises:
        Misused: it is not marked as a check, or no process but this one could find it
    """
    name = getattr(function, "__qualname__", repr(function))
    if not getattr(function, MARK, False):
        raise Misused(f"{name} is not marked as a check: write @trackbook.check above it")
    if function.__module__ == "__main__":
        raise Misused(
            f"{name} stands in this notebook, and a check runs in a process of its own: write it"
            " into a module of the project, and import it"
        )
    return f"{function.__module__}:{name}"
