"""What an optimizer and a model of PyTorch are: settings, sizes, and which belongs to which."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import (
    MISSING,
    defaults_of,
    is_subclass_of,
    name_of,
    plain,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

DEEPEST = 30
"""Frames in which a model is looked for, once for each optimizer."""
MODULE = ("torch.nn.modules.module", "Module")


def given_of(optimizer: Any) -> dict[str, object]:
    """Return an optimizer's class and what of its settings is not as PyTorch has it."""
    usual = defaults_of(type(optimizer))
    params: dict[str, object] = {"optimizer": name_of(type(optimizer))}
    for at, group in enumerate(optimizer.param_groups):
        place = f"optimizer.{at}." if at else "optimizer."
        for name, value in group.items():
            first = optimizer.param_groups[0].get(name)
            differs = (
                value != first if at else plain(value) != plain(usual.get(name, MISSING))
            )
            if (
                name in usual
                and name != "params"
                and (differs or (name == "lr" and not at))
            ):
                params[place + name] = plain(value)
    return params


def size_of(model: Any) -> dict[str, object]:
    """Return how many numbers a model has, and how many of them are trained."""
    numbers = [(each.numel(), each.requires_grad) for each in model.parameters()]
    whole = sum(count for count, _ in numbers)
    trained = sum(count for count, is_trained in numbers if is_trained)
    found: dict[str, object] = {"model.parameters": whole}
    return found if trained == whole else {**found, "model.trainable": trained}


def owner_of(optimizer: Any) -> object:
    """Return the largest model around here that holds what an optimizer trains; else None."""
    trained = {id(each) for group in optimizer.param_groups for each in group["params"]}
    found = [
        (sum(1 for _ in module.modules()), module)
        for module in modules_around()
        if any(id(each) in trained for each in module.parameters())
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def modules_around() -> Iterator[Any]:
    """Yield the models that variables of the running functions, or their attributes, are."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to a frame
    depth, seen = 0, set[int]()
    while frame is not None and depth < DEEPEST:
        for value in list(frame.f_locals.values()):
            for each in (value, *values_of(value).values()):
                if id(each) not in seen and is_subclass_of(type(each), *MODULE):
                    seen.add(id(each))
                    yield each
        frame, depth = frame.f_back, depth + 1
