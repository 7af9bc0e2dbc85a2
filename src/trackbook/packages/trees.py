"""The trees of an ensemble, written as a few arrays and not as thousands of small objects.

A forest is mostly the nodes of its trees; besides them, its trees differ by their seeds alone.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.fingerprint import forest_in
from trackbook.packages.files import put_pieces
from trackbook.packages.loaders import sklearn as loader

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.fingerprint import Forest
    from trackbook.packages.files import Pieces

    Way = tuple[str | int, ...]


class Trees(NamedTuple):
    """Trees that are alike: all of an ensemble's."""

    ways: list[Way | None]
    """Where they are met in the model."""
    forest: Forest

    @property
    def size_bytes(self) -> int:
        states = (tree.__getstate__() for tree in self.forest.grown)
        return sum(state["nodes"].nbytes + state["values"].nbytes for state in states)

    def told(self) -> dict[str, object]:
        """Return what the arrays do not tell, as plain values."""
        grown = self.forest.grown
        return {
            "ways": self.ways,
            "shape": self.forest.shape,
            "seeds": self.forest.seeds,
            "n_features": grown[0].n_features,
            "n_classes": grown[0].n_classes.tolist(),
            "n_outputs": grown[0].n_outputs,
            "node_counts": [tree.node_count for tree in grown],
            "max_depths": [tree.max_depth for tree in grown],
        }


def alike(value: Any) -> Trees | None:
    """Return the trees that a list or an array of objects holds; None where it holds others."""
    forest = forest_in(value)
    return Trees([], forest) if forest is not None and forest.is_alike else None


def put_trees(folder: Path, several: list[Trees]) -> dict[str, Pieces]:
    """Write trees into a folder, where the loader finds them; return the files' bytes."""
    from numpy.lib import format as npy

    found: dict[str, Pieces] = {}
    for number, trees in enumerate(several):
        states = [tree.__getstate__() for tree in trees.forest.grown]
        for name, part in zip(loader.trees_files(number), ("nodes", "values"), strict=True):
            pieces = [state[part] for state in states]
            shape = (sum(map(len, pieces)), *pieces[0].shape[1:])
            about = npy.header_data_from_array_1_0(pieces[0]) | {"shape": shape}
            head = io.BytesIO()
            npy.write_array_header_1_0(head, about)
            bare = [memoryview(piece.reshape(-1).view("u1")) for piece in pieces]
            found[name] = [head.getvalue(), *bare]
            put_pieces(found[name], folder / name)
    if several:
        text = json.dumps([trees.told() for trees in several], sort_keys=True)
        (folder / loader.TREES).write_text(text, encoding="utf-8")
    return found
