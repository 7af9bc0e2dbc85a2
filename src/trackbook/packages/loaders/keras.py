"""Loads a Keras model: its build from a description, its numbers from safetensors beside."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "model.safetensors"
BESIDE = "config.json"
BACKENDS = ("tensorflow", "jax", "torch")
HOMES = frozenset(
    {
        *(
            "keras",
            "keras.layers",
            "keras.models",
            "keras.initializers",
            "keras.regularizers",
        ),
        *("keras.constraints", "keras.dtype_policies", "keras.random"),
        *("keras.src.models.functional", "keras.src.models.sequential"),
    }
)
"""Where what a model is made of lives; elsewhere in Keras are functions that read files."""
UNSAFE = frozenset({"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"})
"""Layers of Keras that are made from code, or read other files."""


def load(folder: str) -> Any:
    """Return the model; only layers of Keras itself are made, and none that executes code."""
    from safetensors.numpy import load_file

    config = json.loads((Path(folder) / BESIDE).read_text(encoding="utf-8"))
    if config["backend"] in BACKENDS and "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", config["backend"])
    import keras

    strange = sorted(set(strangers(config["model"])))
    if strange:
        raise ValueError(f"the model holds what is not of Keras: {', '.join(strange)}")
    model = keras.saving.deserialize_keras_object(config["model"], safe_mode=True)
    numbers = load_file(str(Path(folder) / FILE))
    model.set_weights([numbers[name] for name in sorted(numbers)])
    return model


def strangers(config: Any) -> Iterator[str]:
    """Yield what a description names that is not Keras's own, or executes code."""
    if isinstance(config, dict):
        if "class_name" in config:
            module, name = str(config.get("module")), str(config["class_name"])
            is_own = module in HOMES or name == "__keras_tensor__"  # names a layer's output
            if name in UNSAFE or name == "function" or not is_own:
                yield name
            elif config.get("registered_name") not in (None, name):
                yield str(config["registered_name"])
        for value in config.values():
            yield from strangers(value)
    elif isinstance(config, list):
        for value in config:
            yield from strangers(value)


def predict(model: Any, rows: Any) -> Any:
    """Return the model's output for rows as an array; of several outputs the first.

    Args:
        model: the model
        rows: an array or a table of numbers; or a dict of these, by the names of its inputs
    """
    import numpy as np

    by_name = isinstance(rows, dict)
    given = {name: np.asarray(part) for name, part in rows.items()} if by_name else None
    found = model.predict(np.asarray(rows) if given is None else given, verbose=0)
    while isinstance(found, dict | list | tuple):
        found = next(iter(found.values() if isinstance(found, dict) else found))
    return found


def scores(model: Any, rows: Any) -> Any:  # noqa: ARG001  all loaders have it
    """Return None: a network's output tells all."""
    return
