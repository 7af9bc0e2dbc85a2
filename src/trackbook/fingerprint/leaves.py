"""What learned objects of known libraries hold, by names: their trees, weights and tables."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.fingerprint.graph_file import GraphFile

if TYPE_CHECKING:
    from collections.abc import Callable

TREE_FIELDS = ("children_left", "children_right", "feature", "threshold", "value")


def tree(value: Any) -> dict[str, object]:
    """Return a decision tree's fields, one by one: between them lies padding."""
    found = {name: getattr(value, name) for name in TREE_FIELDS}
    to_left = getattr(value, "missing_go_to_left", None)
    if to_left is not None and to_left.any():
        found["missing_go_to_left"] = to_left
    return found


def booster(value: Any) -> dict[str, object]:
    """Return the trees of XGBoost, without the version that wrote them and its attributes."""
    said = msgspec.json.decode(bytes(value.save_raw("json")))["learner"]
    return {
        name: msgspec.json.encode(said[name], order="sorted")
        for name in ("gradient_booster", "learner_model_param", "objective")
        if name in said
    }


def text_booster(value: Any) -> dict[str, object]:
    """Return the trees of LightGBM, without its params: the number of threads is among them."""
    return {"trees": value.model_to_string().partition("\nparameters:")[0]}


def oblivious(value: Any) -> dict[str, object]:
    """Return the trees of CatBoost, without when and with how many threads they were grown."""
    with tempfile.TemporaryDirectory(prefix="trackbook-") as folder:
        file = Path(folder) / "model.json"
        value.save_model(str(file), format="json")
        said = msgspec.json.decode(file.read_bytes())
    return {
        name: msgspec.json.encode(part, order="sorted")
        for name, part in sorted(said.items())
        if name != "model_info"
    }


def graph(value: Any) -> dict[str, object]:
    """Return the weights and the operations of an ONNX model."""
    return graph_file(GraphFile(value, {}))


def graph_file(value: GraphFile) -> dict[str, object]:
    """Return the weights and the operations of an ONNX model in a file."""
    inner = value.model.graph
    weights: dict[str, object] = {}
    for at, one in enumerate(inner.initializer):
        about = [one.data_type, *one.dims]
        # Numbers lie in raw_data, or in a list by their type; written as text, they are copied.
        given = value.spans.get(at) or one.raw_data
        weights[one.name] = [about, given or one.SerializeToString(deterministic=True)]
    operations = [one.SerializeToString(deterministic=True) for one in inner.node]
    sparse = [one.SerializeToString(deterministic=True) for one in inner.sparse_initializer]
    return {"weights": weights, "operations": operations, "sparse": sparse}


def table(value: Any) -> dict[str, object]:
    """Return a table that a model keeps."""
    return {"table": value}


def tensor(value: Any) -> dict[str, object]:
    """Return a tensor, the very object: its numbers are gone through once then."""
    return {"tensor": value}


def points(value: Any) -> dict[str, object]:
    """Return the points that a tree over them searches."""
    return {"points": value.__getstate__()[0]}


def sparse(value: Any) -> dict[str, object]:
    """Return a sparse matrix."""
    return {"matrix": value}


CATBOOST = ("", "Classifier", "Regressor", "Ranker")
LEAVES: dict[tuple[str, str], Callable[[Any], dict[str, object]]] = {
    ("sklearn", "Tree"): tree,
    **{
        ("sklearn", f"{name}{bits}"): points
        for name in ("KDTree", "BallTree") for bits in ("", "32", "64")
    },
    **{
        ("scipy", f"{form}_{what}"): sparse
        for form in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
        for what in ("matrix", "array")
    },
    ("xgboost", "Booster"): booster,
    ("lightgbm", "Booster"): text_booster,
    **{("catboost", f"CatBoost{kind}"): oblivious for kind in CATBOOST},
    ("onnx", "ModelProto"): graph,
    ("trackbook", "GraphFile"): graph_file,
    ("pandas", "DataFrame"): table,
    ("pandas", "Series"): table,
    ("torch", "Tensor"): tensor,
    ("torch", "Parameter"): tensor,
}  # fmt: skip
