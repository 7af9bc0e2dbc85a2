"""torch modules: their numbers as safetensors, a description of their layers beside."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import NotFound, Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import torch as loader
from trackbook.packages.reread import Saving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackbook.packages.flavours import Loader

PLAIN = (bool, int, float, str, type(None))


class Torch:
    """Modules of torch; nothing here imports it before the user did."""

    name = "torch"
    is_unsafe = False
    file = loader.FILE
    needs: tuple[str, ...] = ("torch", "safetensors")
    tolerance = 1e-4
    loader: Loader = cast("Loader", loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is a module."""
        return is_of(model, "torch", "Module")

    def save(self, model: Any, folder: Path) -> Saving:
        """Write model.safetensors and config.json.

        Raises:
            NotFound: safetensors is not installed
        """
        try:
            from safetensors.torch import save_model
        except ModuleNotFoundError:
            raise NotFound(
                "no safetensors to keep a torch model safely: pip install 'trackbook[register]'"
            ) from None
        config = described(model)
        (folder / loader.BESIDE).write_text(
            json.dumps(config, indent=1, sort_keys=True), encoding="utf-8"
        )
        save_model(model, str(folder / self.file))
        size = sum(one.nbytes for one in model.state_dict().values())
        # Not beside: the two would wait for each other.
        return Saving(None, partial(self.reread, model, folder), size)

    def reread(self, model: Any, folder: Path) -> object:
        """Return the module in a folder; its numbers are those in the file, where they lie."""
        from safetensors.torch import load_file

        config = json.loads((folder / loader.BESIDE).read_text(encoding="utf-8"))
        made = loader.bare(config) if "layer" in config else without_numbers(model)
        numbers = load_file(folder / self.file)
        if set(numbers) != set(made.state_dict()):  # some are held twice, and kept once
            return loader.load(str(folder), self.builder_of(model))
        made.load_state_dict(numbers, assign=True)
        return made.eval()

    def builder_of(self, model: Any) -> Callable[..., object] | None:
        """Return what makes a module of a class of one's own, to load what was saved into it."""
        return (lambda **_: copy.deepcopy(model)) if "class" in described(model) else None


def without_numbers(module: Any) -> Any:
    """Return a copy of a module for which the numbers that are kept are not copied."""
    import torch

    kept = module.state_dict(keep_vars=True).values()
    memo = {
        id(one): type(one)(one.to("meta"))
        if isinstance(one, torch.nn.Parameter)
        else one.to("meta")
        for one in kept
    }
    return copy.deepcopy(module, memo)


def described(module: Any) -> dict[str, object]:
    """Return how a module is built: of torch's layers, or by its class and `config`.

    A class of one's own that is to be made from arguments tells them in an attribute
    `config`, a dict of plain values.
    """
    kind = type(module)
    name = kind.__name__
    if kind.__module__.startswith("torch.nn.modules.") and name in loader.KNOWN:
        children = list(module.named_children())
        if name in {"Sequential", "ModuleList"}:
            return {
                "layer": name,
                "names": [child for child, _ in children],
                "children": [described(child) for _, child in children],
            }
        return {"layer": name, "arguments": arguments_of(module)}
    config = getattr(module, "config", None)
    given = config if isinstance(config, dict) else {}
    try:
        json.dumps(given)
    except (TypeError, ValueError) as error:
        raise Refused(
            f"the config of this {name} holds more than plain values: {error}"
        ) from error
    return {"class": f"{kind.__module__}:{kind.__qualname__}", "arguments": given}


def arguments_of(layer: Any) -> dict[str, object]:
    """Return what one of torch's layers was made with, as its attributes tell."""
    import inspect

    found: dict[str, object] = {}
    for name, parameter in inspect.signature(type(layer).__init__).parameters.items():
        value = getattr(layer, name, parameter.default)
        if (
            name in {"self", "device", "dtype"}
            or parameter.kind > parameter.KEYWORD_ONLY - 1
        ):
            continue
        if name == "bias" and not isinstance(value, bool):
            value = value is not None
        if isinstance(value, tuple | list):
            value = list(value)
        elif not isinstance(value, PLAIN):
            continue
        if value is not parameter.empty:
            found[name] = value
    return found
