"""Loads a torch module: numbers from safetensors, its build from a description beside.

Standard layers are built from the description. A class of one's own is imported from the
package's code folder by predict.py; trackbook imports nothing from there, and must be given it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "model.safetensors"
BESIDE = "config.json"
KNOWN = frozenset(
    {
        *("Sequential", "ModuleList", "Identity", "Flatten", "Unflatten", "Embedding"),
        *("Linear", "Bilinear", "Dropout", "Dropout1d", "Dropout2d", "LSTM", "GRU", "RNN"),
        *("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d"),
        *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm"),
        *("InstanceNorm1d", "InstanceNorm2d", "MaxPool1d", "MaxPool2d", "AvgPool1d"),
        *("AvgPool2d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d"),
        *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "ELU", "SELU", "GELU", "SiLU", "Mish"),
        *("Tanh", "Sigmoid", "Softplus", "Softmax", "LogSoftmax", "Hardtanh"),
        *("Hardswish", "Hardsigmoid", "CELU", "GLU", "LogSigmoid", "Softsign", "Softmin"),
        *("Softmax2d", "Hardshrink", "Softshrink", "Tanhshrink", "RReLU", "Threshold"),
        *("Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "EmbeddingBag", "RMSNorm"),
        *(
            "ConvTranspose3d",
            "InstanceNorm3d",
            "LocalResponseNorm",
            "MaxPool3d",
            "AvgPool3d",
        ),
        *("AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool3d", "ZeroPad1d"),
        *("ZeroPad2d", "ZeroPad3d", "CircularPad1d", "CircularPad2d", "CircularPad3d"),
        *("ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d"),
        *("ReplicationPad2d", "ReplicationPad3d", "PixelShuffle", "PixelUnshuffle"),
        *("ChannelShuffle", "Upsample"),
    }
)
"""Layers of torch.nn that are made from plain arguments."""


def load(folder: str, build: Callable[..., Any] | None = None) -> Any:
    """Return the module, ready to predict; `build` makes one of a class of one's own."""
    config = json.loads((Path(folder) / BESIDE).read_text(encoding="utf-8"))
    if build:
        model = build(**config.get("arguments", {}))
        return filled(model, config, folder, is_bare=False).eval()
    model = filled(bare(config), config, folder, is_bare=True)
    for one in (*model.parameters(), *model.buffers()):
        one.data = one.data.clone()  # it lies in the file until now
    return model.eval()


def filled(model: Any, config: dict[str, Any], folder: str, *, is_bare: bool) -> Any:
    """Return a module with the numbers of a folder's file, in their own types.

    What was one tensor under two names is kept once, and becomes one again.

    Args:
        model: as it was built
        config: its description
        folder: where the file lies
        is_bare: the module has no numbers yet: the file's are used where they lie, mapped
    """
    from safetensors import safe_open
    from safetensors.torch import load_file

    numbers, twins = load_file(Path(folder) / FILE), config.get("twins")
    if twins is None:  # in packages of before they stood there
        with safe_open(Path(folder) / FILE, framework="pt") as file:
            told = file.metadata() or {}
        twins = {name: kept for name, kept in told.items() if kept in numbers}
    numbers |= {name: numbers[kept] for name, kept in twins.items()}
    own = model.state_dict(keep_vars=True)
    if not is_bare:
        for name in own.keys() & numbers.keys():
            own[name].data = own[name].data.to(numbers[name].dtype)
    model.load_state_dict(numbers, assign=is_bare)
    if is_bare:
        held = model.state_dict(keep_vars=True)
        for name, kept in twins.items():
            place, _, attribute = name.rpartition(".")
            setattr(model.get_submodule(place), attribute, held[kept])
    return model


def bare(config: dict[str, Any]) -> Any:
    """Return a module of standard layers as described, without any numbers."""
    import torch

    with torch.device("meta"):
        return built(config)


def builder_in(package: str) -> Callable[..., Any] | None:
    """Return what makes a module in which classes of one's own are, from the package's code.

    None where there are none, or where one was made in a notebook: no module has it.
    """
    import sys

    config = json.loads((Path(package) / "model" / BESIDE).read_text(encoding="utf-8"))
    own = {name.partition(":")[0] for name in classes_in(config)}
    if not own or "__main__" in own:
        return None
    sys.path.insert(0, str(Path(package) / "code"))
    return lambda **_: built(config, imported)


def classes_in(config: dict[str, Any]) -> list[str]:
    """Return the classes in a description that are no standard layers, `module:Name`."""
    if "layer" not in config:
        return [config["class"]]
    return [name for child in config.get("children", ()) for name in classes_in(child)]


def imported(name: str) -> Any:
    """Return a class by `module:Name`."""
    import importlib

    module, _, inside = name.partition(":")
    return getattr(importlib.import_module(module), inside)


def built(config: dict[str, Any], class_of: Callable[[str], Any] | None = None) -> Any:
    """Return a module as described; `class_of` finds the classes that are no standard layers."""
    import torch

    name = config.get("layer")
    if "class" in config and class_of is not None:
        return class_of(config["class"])(**config["arguments"])
    if name not in KNOWN:
        raise ValueError(
            f"the model holds a {config.get('class', name)!r}, no layer that is built from a"
            " description: load it with build=, a function or class that makes the model"
        )
    children = [built(child, class_of) for child in config.get("children", ())]
    kind = getattr(torch.nn, name)
    if name == "Sequential":
        from collections import OrderedDict

        names = config["names"]
        return kind(OrderedDict(zip(names, children, strict=True)))
    return kind(children) if name == "ModuleList" else kind(**config["arguments"])


def predict(model: Any, rows: Any) -> Any:
    """Return the module's output for rows as an array; of several outputs the first.

    Args:
        model: the module
        rows: an array, a table of numbers or a tensor; or a dict of these, by the names of
            what the module's `forward` takes
    """
    import torch

    first = next(model.parameters(), None)
    with torch.inference_mode():
        if isinstance(rows, dict):
            found = model(**{name: tensor_of(part, first) for name, part in rows.items()})
        else:
            found = model(tensor_of(rows, first))
        output = first_of(found)
        if output is None:
            raise TypeError(f"the module gives a {type(found).__name__} without a tensor")
        # numpy has no type for half of a float32.
        whole = output.float() if output.dtype == torch.bfloat16 else output
        return whole.cpu().numpy()


def tensor_of(rows: Any, like: Any) -> Any:
    """Return rows as a tensor where a module's numbers are; floats in the same type."""
    import numpy as np

    import torch

    given = rows if isinstance(rows, torch.Tensor) else torch.from_numpy(np.array(rows))
    if like is None:
        return given
    return given.to(like.device, like.dtype if given.is_floating_point() else None)


def first_of(found: Any) -> Any:
    """Return the first tensor of what a module gives, which may be a tuple, list or dict."""
    import torch

    if isinstance(found, dict):
        found = tuple(found.values())
    if isinstance(found, tuple | list):
        return next((one for one in map(first_of, found) if one is not None), None)
    return found if isinstance(found, torch.Tensor) else None


def scores(model: Any, rows: Any) -> Any:  # noqa: ARG001  all loaders have it
    """Return None: a module's output tells all."""
    return
