"""Loads an ONNX graph into onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FILE = "model.onnx"


def load(folder: str) -> Any:
    """Return a session of onnxruntime."""
    import onnxruntime

    file = str(Path(folder) / FILE)
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def predict(model: Any, rows: Any) -> Any:
    """Return the graph's first output for rows: an array, a table, or a dict of arrays."""
    return model.run([model.get_outputs()[0].name], fed(model, rows))[0]


def scores(model: Any, rows: Any) -> Any:
    """Return the graph's second output, if it is an array, or None."""
    outputs = model.get_outputs()
    if len(outputs) == 1:
        return None
    (found,) = model.run([outputs[1].name], fed(model, rows))
    return found if hasattr(found, "dtype") else None


def fed(model: Any, rows: Any) -> dict[str, Any]:
    """Return rows by the names of the graph's inputs, in the types that it declares."""
    import numpy as np

    inputs = model.get_inputs()
    if isinstance(rows, dict):
        given = rows
    elif len(inputs) == 1:
        given = {inputs[0].name: rows}
    else:
        given = {one.name: np.asarray(rows[one.name]).reshape(-1, 1) for one in inputs}
    return {
        one.name: np.asarray(given[one.name]).astype(TYPES.get(one.type, "object"))
        for one in inputs
    }


TYPES = {
    "tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16",
    "tensor(int64)": "int64", "tensor(int32)": "int32", "tensor(int8)": "int8",
    "tensor(uint8)": "uint8", "tensor(bool)": "bool",
}  # fmt: skip
