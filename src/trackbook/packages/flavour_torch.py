"""torch modules: their numbers as safetensors, a description of their layers beside."""

from __future__ import annotations

import copy
import json
from functools import partial
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, cast, get_overloads

from trackbook.errors import NotFound, Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import torch as loader
from trackbook.packages.reread import Saving

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.packages.flavours import Loader

PLAIN = (bool, int, float, str, type(None))
SEVERAL = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}


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
            from safetensors.torch import save_file
        except ModuleNotFoundError:
            raise NotFound(
                "no safetensors to keep a torch model safely: pip install 'trackbook[register]'"
            ) from None
        numbers, twins = numbers_of(model)
        config = described(model) | ({"twins": twins} if twins else {})
        (folder / loader.BESIDE).write_text(
            json.dumps(config, indent=1, sort_keys=True), encoding="utf-8"
        )
        save_file(numbers, folder / self.file)
        size = sum(one.nbytes for one in numbers.values())
        # Not beside: the two would wait for each other.
        return Saving(None, partial(self.reread, model, folder), size)

    def reread(self, model: Any, folder: Path) -> object:
        """Return the module in a folder; its numbers are those in the file, where they lie."""
        config = json.loads((folder / loader.BESIDE).read_text(encoding="utf-8"))
        has_own = loader.classes_in(config) != []
        made = without_numbers(model) if has_own else loader.bare(config)
        return loader.filled(made, config, str(folder), is_bare=True).eval()


def numbers_of(module: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a module's tensors by their names, and which names mean one that stands there."""
    numbers: dict[str, Any] = {}
    twins: dict[str, str] = {}
    known: dict[object, str] = {}
    places = set()
    for name, one in module.state_dict().items():
        place = one.untyped_storage().data_ptr()
        tensor = (place, one.storage_offset(), one.shape, one.stride(), one.dtype)
        if one.numel() and tensor in known:
            twins[name] = known[tensor]
            continue
        known[tensor] = name
        # The format has no words for tensors that overlap.
        numbers[name] = one.clone() if place in places and one.numel() else one.contiguous()
        places.add(place)
    return numbers, twins


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
        if name in {"Sequential", "ModuleList"}:
            # What stands twice in it is told twice.
            inside = module.named_modules(remove_duplicate=False)
            children = [(child, one) for child, one in inside if child and "." not in child]
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
    make = type(layer).__init__
    # Recurrent layers take what they get; how they are made is told for those who check types.
    told = next(iter(get_overloads(make)), make)
    found: dict[str, object] = {}
    for name, parameter in signature(told).parameters.items():
        value = getattr(layer, name, parameter.default)
        if name in {"self", "device", "dtype"} or parameter.kind in SEVERAL:
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
