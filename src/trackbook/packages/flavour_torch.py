"""torch modules: their numbers as safetensors, a description of their layers beside."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import NotFound, Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import torch as loader

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

    def save(self, model: Any, folder: Path) -> None:
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

    def builder_of(self, model: Any) -> Callable[..., object] | None:
        """Return what makes a module of a class of one's own, to load what was saved into it."""
        return (lambda **_: copy.deepcopy(model)) if "class" in described(model) else None


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
