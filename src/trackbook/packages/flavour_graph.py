"""ONNX graphs: operations and numbers in one file."""

from __future__ import annotations

import mmap
import os
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import Refused
from trackbook.fingerprint import GraphFile, graph_in, graph_pieces
from trackbook.packages.cores import OTHERS
from trackbook.packages.files import put_pieces
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import onnx as loader
from trackbook.packages.reread import Saving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.packages.files import Pieces
    from trackbook.packages.flavours import Loader

EXTERNAL = 1
"""Where a tensor's numbers lie in another file."""
REAL = {1, 10, 11}
"""Types of tensors: of 32, 16 and 64 bits (onnx.proto)."""
FOLDER_OF_NUMBERS = "session.model_external_initializers_file_folder_path"


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

    def save(self, model: Any, folder: Path) -> Saving:
        """Return what writes model.onnx: the same bytes for the same graph.

        Raises:
            Refused: some of its numbers lie in other files
        """
        refuse_outside(model)
        graph, pieces = graph_pieces(model)
        finish = partial(self.put, pieces, folder)
        again = partial(loader.load, str(folder))
        return Saving(finish, again, sum(map(len, pieces)), graph)

    def put(self, pieces: Pieces, folder: Path) -> dict[str, Pieces]:
        """Write the file, and return its bytes."""
        put_pieces(pieces, folder / self.file)
        return {self.file: pieces}


def graph_of(file: Path) -> GraphFile:
    """Return the model in a file; its large numbers stay there.

    Raises:
        Refused: some of its numbers lie in other files
    """
    found = graph_in(bytes_of(file))
    if found is None:
        import onnx

        found = GraphFile(onnx.load_model(file, load_external_data=False), {})
    refuse_outside(found.model)
    return found


def bytes_of(file: Path) -> memoryview:
    """Return a file's bytes, as far as possible without reading them into memory."""
    if os.name == "nt" or not file.stat().st_size:
        # There, the folder of a file that is mapped cannot be renamed; and nothing cannot be.
        return memoryview(file.read_bytes())
    with file.open("rb") as source:
        return memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ))


def session_of(graph: GraphFile, home: str) -> object:
    """Return what runs a model that lies in a folder, to be asked once or twice.

    Its large numbers are used where they lie. Usually they are copied, and laid out anew
    for thousands of questions, which takes longer than to answer a few.
    """
    if os.name == "nt" or not graph.spans:
        return loader.load(home)
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as known

    options = onnxruntime.SessionOptions()
    if gives_numbers(graph.model):
        # It is rounded otherwise then, by less than numbers may be apart; labels may not be.
        options.add_session_config_entry("session.disable_prepacking", "1")
    # Threads that wait busily for the next question would take the time from those that hash.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.intra_op_num_threads = OTHERS
    options.add_session_config_entry(FOLDER_OF_NUMBERS, home)
    try:
        return onnxruntime.InferenceSession(
            pointing(graph), options, providers=["CPUExecutionProvider"]
        )
    except (known.Fail, known.InvalidArgument, known.InvalidGraph, known.NoSuchFile,
            known.NotImplemented, known.RuntimeException):  # fmt: skip
        return loader.load(home)  # an onnxruntime that wants its numbers in memory


def gives_numbers(model: Any) -> bool:
    """Tell whether all that a model gives are real numbers, and no labels."""
    return all(one.type.tensor_type.elem_type in REAL for one in model.graph.output)


def pointing(graph: GraphFile) -> bytes:
    """Return a model whose large numbers are said to lie in its file."""
    model = type(graph.model)()
    model.CopyFrom(graph.model)
    for at, span in graph.spans.items():
        tensor = model.graph.initializer[at]
        tensor.data_location = EXTERNAL
        where = {"location": loader.FILE, "offset": span.start, "length": len(span.view)}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=str(value))
    return bytes(model.SerializeToString())


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
