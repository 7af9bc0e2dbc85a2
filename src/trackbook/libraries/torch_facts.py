"""What is told of a PyTorch loop's optimizer, scheduler, model and loader."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import defaults_of, given_params, name_of, plain, values_of
from trackbook.libraries.torch_loop import is_module

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FRAMES = 12
WRAPPERS = ("_orig_mod", "module")
"""Where a compiled module, or one that is spread over devices, keeps the user's own."""


def params_of(optimizer: object, model: object) -> dict[str, object]:
    """Return an optimizer's settings as given, and what its model is."""
    return optimizer_params(optimizer) | (model_params(model) if model is not None else {})


def optimizer_params(optimizer: object) -> dict[str, object]:
    """Return the class, the learning rate, and what is not as the class has it.

    Where groups of weights differ in a setting, all its values are told in their order.
    """
    values: dict[str, Any] = values_of(optimizer)
    own, settings = defaults_of(type(optimizer)), values.get("defaults")
    groups: Any = values.get("param_groups") or []
    found: dict[str, object] = {"optimizer": name_of(type(optimizer))}
    for name, value in settings.items() if type(settings) is dict else ():
        each = [plain(group.get(f"initial_{name}", group.get(name))) for group in groups]
        if any(one != each[0] for one in each):
            found[f"optimizer.{name}"] = each
        elif name == "lr" or plain(own.get(name, value)) != plain(
            each[0] if each else value
        ):
            found[f"optimizer.{name}"] = each[0] if each else plain(value)
    if len(groups) > 1:
        found["optimizer.groups"] = len(groups)
    return found


def scheduler_params(scheduler: object) -> dict[str, object]:
    """Return a scheduler's class and its settings as given."""
    given = given_params(scheduler)
    return {
        "scheduler": name_of(type(scheduler)),
        **{f"scheduler.{n}": v for n, v in given.items() if n not in ("optimizer", "last_epoch")},
    }  # fmt: skip


def loader_params(loader: object) -> dict[str, object]:
    """Return how a loader cuts its data up."""
    values: dict[str, Any] = values_of(loader)
    found: dict[str, object] = {}
    size = values.get("batch_size")
    if type(size) is int:
        found["batch_size"] = size
    found["shuffle"] = name_of(type(values.get("sampler"))) == "RandomSampler"
    if values.get("drop_last") is True:
        found["drop_last"] = True
    found["dataset"] = name_of(type(values.get("dataset")))
    return found


def model_params(model: object) -> dict[str, object]:
    """Return a network's class, its size, and of what layers it is made."""
    weights = {id(one): one for one in weights_of(model)}.values()
    layers = Counter(
        name_of(type(one)) for one in parts_of(model) if not values_of(one).get("_modules")
    )
    found: dict[str, object] = {
        "model": name_of(type(model)),
        "parameters": sum(one.numel() for one in weights),
        "trainable": sum(one.numel() for one in weights if one.requires_grad),
        "layers": ", ".join(f"{name} {count}" for name, count in layers.items())[:200],
    }
    for fact in ("dtype", "device"):
        kinds = {str(getattr(one, fact)).removeprefix("torch.") for one in weights}
        found[fact] = ", ".join(sorted(kinds))
    return found


def parts_of(model: object) -> Iterator[Any]:
    """Yield a network and all that it is made of, each once."""
    seen: set[int] = set()
    left = [model]
    while left:
        one = left.pop(0)
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            inside: Any = values_of(one).get("_modules") or {}
            left = [*inside.values(), *left]


def weights_of(model: object) -> Iterator[Any]:
    """Yield a network's weights, without asking its class."""
    for part in parts_of(model):
        held: Any = values_of(part).get("_parameters") or {}
        yield from (one for one in held.values() if one is not None)


def model_around(optimizer: object) -> object:
    """Return the network whose weights an optimizer changes, from the variables around it.

    The largest such; of a compiled one or of one spread over devices, the user's own.
    """
    groups: Any = values_of(optimizer).get("param_groups") or []
    first = next((one for group in groups for one in group["params"]), None)
    found, size = None, 0
    for one in _variables():
        if is_module(one):
            weights = [id(weight) for weight in weights_of(one)]
            if len(weights) > size and id(first) in weights:
                found, size = one, len(weights)
    return own_of(found)


def own_of(model: object) -> object:
    """Return the user's network inside what wraps it."""
    for _ in range(4):
        if name_of(type(model)) not in (
            "OptimizedModule",
            "DataParallel",
            "DistributedDataParallel",
        ):
            return model
        inside: Any = values_of(model).get("_modules") or {}
        model = next((inside[name] for name in WRAPPERS if name in inside), model)
    return model


def _variables() -> Iterator[object]:
    """Yield what the frames on the stack call something, and what an object among it holds."""
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to a frame
    here: Any = frame
    for _ in range(MOST_FRAMES * 3):
        if here is None:
            return
        module = str(here.f_globals.get("__name__", "")).partition(".")[0]
        if module not in ("torch", "trackbook"):
            for name, one in list(here.f_locals.items()):
                yield one
                if name == "self":
                    yield from list(values_of(one).values())
            if here.f_code.co_name != "<module>":
                yield from list(here.f_globals.values())
        here = here.f_back
