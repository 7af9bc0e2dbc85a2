"""Scans the configuration of Keras models: layers that hold code, names that lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.finding import shown
from trackbook.scan.jsons import json_of, objects_in

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk

CODE = frozenset({"Lambda", "__lambda__", "TFOpLambda", "SlicingOpLambda", "TorchModuleWrapper",
                  "JaxLayer", "FlaxLayer", "TFSMLayer"})  # fmt: skip
"""Classes that hold code, or load more of it."""
PART_NAMES = (
    "keras layers models initializers regularizers constraints activations losses metrics"
    " optimizers engine core convolutional pooling regularization normalization reshaping merging"
    " attention recurrent rnn preprocessing functional sequential training schedules dtype_policies"
    " input_layer src legacy tf_keras tensorflow python api _tf_keras v1 v2 mixed_precision policy"
    " dense activation softmax embedding conv1d conv2d dropout batch_normalization flatten lstm gru"
    " layer_normalization"
)
PARTS = frozenset(PART_NAMES.split())
"""Parts that a module of Keras may have, and what a model is made from lies in."""


def scan_keras_config(raw: bytes, path: str, desk: Desk) -> None:
    """Tell what a configuration would make that runs code."""
    for item in objects_in(json_of(raw), desk.budget):
        if "class_name" in item:
            judge(item, path, desk)


def judge(item: dict[str, object], path: str, desk: Desk) -> None:
    """Tell what is wrong with one thing that a configuration makes."""
    name, module, config = item["class_name"], item.get("module"), item.get("config")
    registered = str(item.get("registered_name") or "")
    if name in CODE:
        desk.error(path, "keras-code", f"has a {shown(name)}, which holds or loads code")
    elif not module_is_fine(module):
        what = f"{shown(name)} {shown(config)}" if isinstance(config, str) else shown(name)
        desk.error(
            path, "keras-module", f"makes {what} out of {shown(module)}, not of Keras"
        )
    elif name == "function" and module in {None, "builtins"}:
        desk.error(
            path, "keras-module", f"calls {shown(config)}, a function that is not of Keras"
        )
    elif ">" in registered:
        desk.unclear(path, f"needs a class of its own, {shown(registered)}")


def module_is_fine(module: object) -> bool:
    """Tell whether a module is of Keras, and one that models are made from."""
    if module is None or module == "builtins":
        return True
    root, *parts = str(module).split(".")
    return root in {"keras", "tf_keras", "tensorflow"} and PARTS.issuperset(parts)


def is_keras(value: object) -> bool:
    """Tell whether a JSON text is the configuration of a Keras model."""
    return isinstance(value, dict) and "class_name" in value and "config" in value
