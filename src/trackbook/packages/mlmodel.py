"""The files by which MLflow finds its way in a package; trackbook reads none of them."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.packages.yaml import yaml_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.packages.signature import Field, Signature

LOADER = "trackbook_package"
NUMBERS = "iuf"
"""Kinds of numpy's types."""
TABLE = '{"columns": '
"""With which the JSON of a table begins, and that of no array."""
EXAMPLE, SERVING = "input_example.json", "serving_input_example.json"
COLUMN_TYPES = {
    "bool": "boolean", "boolean": "boolean", "int8": "integer", "int16": "integer",
    "int32": "integer", "uint8": "integer", "uint16": "integer", "int64": "long",
    "uint32": "long", "float16": "float", "float32": "float", "float64": "double",
    "string": "string", "datetime64[ns]": "datetime",
}  # fmt: skip


def mlmodel_text(
    *, signature: Signature | None, example: str | None, size_bytes: int, metadata: object
) -> str:
    """Return the text of an MLmodel: a Python function that the package itself brings.

    Args:
        signature: what is taken and given, if it is known
        example: the input example's text as JSON, if there is one
        size_bytes: of the model's files
        metadata: what trackbook knows of the model, for those who look into it
    """
    said: dict[str, object] = {
        "flavors": {
            "python_function": {
                "code": "code",
                "env": {"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
                "loader_module": LOADER,
                "python_version": platform.python_version(),
            }
        },
        "metadata": metadata,
        "model_size_bytes": size_bytes,
    }
    if example is not None:
        said["saved_input_example_info"] = example_info(example)
    told = mlflow_signature(signature)
    if told is not None:
        said["signature"] = told
    return yaml_of(said)


def mlflow_signature(signature: Signature | None) -> dict[str, object] | None:
    """Return a signature as MLflow writes it; None where it has no words for one."""
    if signature is None or signature.form not in {"table", "array", "arrays"}:
        return None
    is_table = signature.form == "table"
    inputs = columns(signature.inputs) if is_table else tensors(signature.inputs)
    if inputs is None:
        return None
    outputs = tensors(signature.outputs) or columns(signature.outputs)
    said: dict[str, object] = {"inputs": json.dumps(inputs)}
    if outputs is not None:
        said["outputs"] = json.dumps(outputs)
    return said | {"params": None}


def columns(fields: Sequence[Field]) -> list[dict[str, object]] | None:
    """Return columns in MLflow's words; None where one has no type there."""
    if any(field.dtype not in COLUMN_TYPES for field in fields):
        return None
    return [
        {
            "type": COLUMN_TYPES[field.dtype],
            "name": field.name,
            "required": not field.nullable,
        }
        for field in fields
    ]


def tensors(fields: Sequence[Field]) -> list[dict[str, object]] | None:
    """Return arrays in MLflow's words; None for columns and for objects."""
    if any(not field.shape or field.dtype in {"object", "string"} for field in fields):
        return None
    return [
        {
            "type": "tensor",
            "tensor-spec": {"dtype": field.dtype, "shape": list(field.shape)},
            **({"name": field.name} if field.name else {}),
        }
        for field in fields
    ]


def has_names(rows: Any) -> bool:
    """Tell whether MLflow can keep rows to a signature: it asks for columns by their texts."""
    names = list(rows.columns) if hasattr(rows, "columns") else []
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def example_text(rows: Any) -> str | None:
    """Return a few rows as MLflow keeps an input example; None where it has no form for them."""
    try:
        return shown(rows)
    except (OverflowError, TypeError, ValueError):
        return None  # bytes, complex numbers and other objects have no JSON


def shown(rows: Any) -> str | None:
    """Return rows as JSON; None for kinds of rows that MLflow does not know."""
    if hasattr(rows, "to_json") and hasattr(rows, "columns"):
        split = json.loads(rows.to_json(orient="split", date_format="iso"))
        return json.dumps({"columns": split["columns"], "data": split["data"]})
    if isinstance(rows, dict):
        return json.dumps({"inputs": {name: listed(item) for name, item in rows.items()}})
    if hasattr(rows, "tolist") and not hasattr(rows, "index"):
        inputs = {"inputs": listed(rows)}
        if getattr(getattr(rows, "dtype", None), "kind", "O") in NUMBERS:
            # In a tenth of the time; but it has no word for NaN and infinities.
            text = msgspec.json.encode(inputs).decode()
            if "null" not in text:
                return text
        return json.dumps(inputs)
    return None


def listed(values: Any) -> object:
    """Return an array as lists."""
    return values.tolist() if hasattr(values, "tolist") else list(values)


def serving_text(example: str) -> str:
    """Return an input example as a server of MLflow's takes it."""
    return f'{{"dataframe_split": {example}}}' if example.startswith(TABLE) else example


def example_info(example: str) -> dict[str, object]:
    """Return how MLflow is told what the input example is."""
    info: dict[str, object] = {"artifact_path": EXAMPLE, "serving_input_path": SERVING}
    if example.startswith(TABLE):
        return info | {"type": "dataframe", "pandas_orient": "split"}
    return info | {"type": "ndarray", "format": "tf-serving"}


def conda_text(requirements: str) -> str:
    """Return a conda.yaml of this Python and these requirements."""
    lines = [
        line.strip()
        for line in requirements.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    return yaml_of(
        {
            "name": "model",
            "channels": ["conda-forge"],
            "dependencies": [f"python={platform.python_version()}", "pip", {"pip": lines}],
        }
    )


def python_env_text() -> str:
    """Return a python_env.yaml."""
    return yaml_of(
        {
            "python": platform.python_version(),
            "build_dependencies": ["pip"],
            "dependencies": ["-r requirements.txt"],
        }
    )
