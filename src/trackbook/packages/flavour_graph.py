"""ONNX graphs: operations and numbers in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import onnx as loader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.packages.flavours import Loader

EXTERNAL = 1
"""Where a tensor's numbers lie in another file."""


class Onnx:
    """ONNX models, run by onnxruntime."""

    name = "onnx"
    is_unsafe = False
    file = loader.FILE
    needs: tuple[str, ...] = ("onnxruntime",)
    tolerance = 1e-4
    loader: Loader = cast("Loader", loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is an ONNX one."""
        return is_of(model, "onnx", "ModelProto")

    def save(self, model: Any, folder: Path) -> None:
        """Write model.onnx: the same bytes for the same graph.

        Raises:
            Refused: some of its numbers lie in other files
        """
        refuse_outside(model)
        (folder / self.file).write_bytes(model.SerializeToString(deterministic=True))


def refuse_outside(model: Any) -> None:
    """Refuse a model some of whose numbers lie in other files."""
    outside = [one.name for one in tensors_of(model.graph) if is_outside(one)]
    if outside:
        raise Refused(
            f"numbers of this ONNX model lie in other files ({outside[0]!r}): give what"
            " onnx.load reads, which takes them in"
        )


def is_outside(tensor: Any) -> bool:
    """Tell whether a tensor's numbers lie in another file."""
    return bool(tensor.data_location == EXTERNAL or len(tensor.external_data))


def tensors_of(graph: Any) -> Iterator[Any]:
    """Yield every tensor of a graph, of those inside of its operations too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for inner in (attribute.g, *attribute.graphs):
                if inner.node or inner.initializer:
                    yield from tensors_of(inner)
