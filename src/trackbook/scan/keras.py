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
PARTS = frozenset(
    "keras layers models initializers regularizers constraints activations losses metrics optimizers"
    " engine core convolutional pooling regularization normalization reshaping merging attention"
    " recurrent rnn preprocessing functional sequential training schedules dtype_policies input_layer"
    " src legacy tf_keras tensorflow python api _tf_keras v1 v2 mixed_precision policy".split()
)
"""Parts that a module of Keras may have, and what a model is made from lies in."""
MARKS = ("class_name", "module")


def scan_keras_config(raw: bytes, path: str, desk: Desk) -> None:
    """Tell what a configuration would make that runs code."""
    for item in objects_in(json_of(raw), desk.budget):
        if "class_name" not in item:
            continue
        name, module = item["class_name"], item.get("module")
        if name in CODE:
            desk.error(
                path, "keras-code", f"has a {shown(name)}, which holds or loads code"
            )
        elif not module_is_fine(module):
            desk.error(
                path,
                "keras-module",
                f"makes {shown(name)} out of {shown(module)}, not of Keras",
            )
        elif name == "function" or isinstance(item.get("config"), str):
            if not str(module or "builtins").startswith(("keras", "tf_keras", "builtins")):
                desk.error(path, "keras-module", f"calls {shown(item.get('config'))}")
            elif str(module).endswith(("utils", "ops")) or module == "builtins":
                desk.error(path, "keras-module", f"calls {shown(item.get('config'))}")
        elif item.get("registered_name") and ">" in str(item["registered_name"]):
            desk.unclear(
                path, f"needs a class of its own, {shown(item['registered_name'])}"
            )


def module_is_fine(module: object) -> bool:
    """Tell whether a module is of Keras, and one that models are made from."""
    if module is None or module == "builtins":
        return True
    parts = str(module).split(".")
    rooted = parts[0] in {"keras", "tf_keras", "tensorflow"}
    return rooted and all(part in PARTS or part in SUBMODULES for part in parts[1:])


SUBMODULES = frozenset(
    "dense activation softmax embedding conv1d conv2d dropout batch_normalization flatten lstm gru"
    " layer_normalization".split()
)


def is_keras(value: object) -> bool:
    """Tell whether a JSON text is the configuration of a Keras model."""
    return isinstance(value, dict) and "class_name" in value and "config" in value
