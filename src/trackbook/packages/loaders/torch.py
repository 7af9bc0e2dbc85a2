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
        *("Hardswish", "Hardsigmoid"),
    }
)
"""Layers of torch.nn that are made from plain arguments."""


def load(folder: str, build: Callable[..., Any] | None = None) -> Any:
    """Return the module, ready to predict; `build` makes one of a class of one's own."""
    from safetensors.torch import load_model

    config = json.loads((Path(folder) / BESIDE).read_text(encoding="utf-8"))
    given = config.get("arguments", {})
    # What a layer begins with is not even made up: all of it comes from the file.
    model = build(**given) if build else bare(config).to_empty(device="cpu")
    load_model(model, str(Path(folder) / FILE))
    return model.eval()


def bare(config: dict[str, Any]) -> Any:
    """Return a module of standard layers as described, without any numbers."""
    import torch

    with torch.device("meta"):
        return built(config)


def builder_in(package: str) -> Any:
    """Return the class of one's own that the model is of, from the package's code; or None."""
    import importlib
    import sys

    config = json.loads((Path(package) / "model" / BESIDE).read_text(encoding="utf-8"))
    module, _, name = config.get("class", "__main__:").partition(":")
    if module == "__main__":
        return None  # it was made in a notebook: no module has it
    sys.path.insert(0, str(Path(package) / "code"))
    return getattr(importlib.import_module(module), name)


def built(config: dict[str, Any]) -> Any:
    """Return a module of standard layers as described."""
    import torch

    name = config.get("layer")
    if name not in KNOWN:
        raise ValueError(
            f"the model is a {config.get('class', name)!r}, no layer of torch.nn: load it with"
            " build=, a function or class that makes one"
        )
    children = [built(child) for child in config.get("children", ())]
    kind = getattr(torch.nn, name)
    if name == "Sequential":
        from collections import OrderedDict

        names = config["names"]
        return kind(OrderedDict(zip(names, children, strict=True)))
    return kind(children) if name == "ModuleList" else kind(**config["arguments"])


def predict(model: Any, rows: Any) -> Any:
    """Return the module's output for rows as an array."""
    import numpy as np

    import torch

    first = next(model.parameters(), None)
    given = rows if isinstance(rows, torch.Tensor) else torch.from_numpy(np.array(rows))
    if first is not None and given.is_floating_point():
        given = given.to(first.dtype)
    with torch.inference_mode():
        return model(given).cpu().numpy()


def scores(model: Any, rows: Any) -> Any:  # noqa: ARG001  all loaders have it
    """Return None: a module's output tells all."""
    return
