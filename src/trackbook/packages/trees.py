"""The trees of an ensemble, written as a few arrays and not as thousands of small objects.

A forest is mostly the nodes of its trees; besides them, its trees differ by their seeds alone.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.packages.loaders import sklearn as loader

if TYPE_CHECKING:
    from pathlib import Path

    Way = tuple[str | int, ...]

KINDS = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier",
         "ExtraTreeRegressor")  # fmt: skip
PLAIN = (bool, int, float, str, type(None))
SEED = "random_state"


class Trees(NamedTuple):
    """Trees that are alike: all of an ensemble's."""

    ways: list[Way | None]
    """Where they are met in the model."""
    shape: tuple[int, ...] | None
    """Of the array that holds them; None of a list."""
    pattern: object
    """What they have in common, as a tree without nodes and seed."""
    seeds: list[int] | None
    grown: list[Any]
    """Their nodes, as scikit-learn's own objects."""

    @property
    def size_bytes(self) -> int:
        states = (tree.__getstate__() for tree in self.grown)
        return sum(state["nodes"].nbytes + state["values"].nbytes for state in states)

    def told(self) -> dict[str, object]:
        """Return what the arrays do not tell, as plain values."""
        first = self.grown[0]
        return {
            "ways": self.ways,
            "shape": self.shape,
            "seeds": self.seeds,
            "n_features": first.n_features,
            "n_classes": first.n_classes.tolist(),
            "n_outputs": first.n_outputs,
            "node_counts": [tree.node_count for tree in self.grown],
            "max_depths": [tree.max_depth for tree in self.grown],
        }


def alike(value: Any) -> Trees | None:
    """Return the trees that a list or an array of objects holds; None where it holds others."""
    is_list = isinstance(value, list)
    found = value if is_list else value.ravel().tolist()
    if len(found) < 2 or not all(is_tree(one) for one in found):  # noqa: PLR2004
        return None
    first = found[0]
    kept = {name: one for name, one in vars(first).items() if name != "tree_"}
    given = [vars(one).get(SEED) for one in found]
    seeds = given if all(type(one) is int for one in given) else None
    if seeds:
        kept[SEED] = None
    grown = [one.tree_ for one in found]
    shape = None if is_list else value.shape
    if not all(
        type(one) is type(first) and fits(vars(one), kept, grown[0], seeds is not None)
        for one in found
    ):
        return None
    pattern: Any = object.__new__(type(first))
    pattern.__dict__.update(kept)
    return Trees([], shape, pattern, seeds, grown)


def is_tree(value: object) -> bool:
    """Tell whether a value is one of scikit-learn's trees, fitted, and no class made of one."""
    kind = type(value)
    trees = sys.modules.get("sklearn.tree._classes")
    return (
        trees is not None
        and kind in {getattr(trees, name) for name in KINDS}
        and type(vars(value).get("tree_")) is sys.modules["sklearn.tree._tree"].Tree
    )


def fits(own: dict[str, Any], kept: dict[str, Any], grown: Any, has_seed: bool) -> bool:
    """Tell whether a tree's attributes are those of the first, but for its nodes and seed."""
    tree = own["tree_"]
    return (
        len(own) == len(kept) + 1
        and (tree.n_features, tree.n_outputs) == (grown.n_features, grown.n_outputs)
        and tree.n_classes.tolist() == grown.n_classes.tolist()
        and all(
            name in own and (same(own[name], one) or (has_seed and name == SEED))
            for name, one in kept.items()
        )
    )


def same(value: Any, other: Any) -> bool:
    """Tell whether two values are the same; of strange types, only one and the same object."""
    import numpy as np

    if value is other:
        return True
    if type(value) is not type(other):
        return False
    if type(value) is np.ndarray:
        return (
            not value.dtype.hasobject
            and value.dtype == other.dtype
            and np.array_equal(value, other)
        )
    return isinstance(value, (*PLAIN, np.generic)) and bool(value == other)


def put_trees(folder: Path, several: list[Trees]) -> None:
    """Write trees into a folder, where the loader finds them."""
    from numpy.lib import format as npy

    for number, trees in enumerate(several):
        states = [tree.__getstate__() for tree in trees.grown]
        for name, part in zip(loader.trees_files(number), ("nodes", "values"), strict=True):
            pieces = [state[part] for state in states]
            shape = (sum(map(len, pieces)), *pieces[0].shape[1:])
            head = npy.header_data_from_array_1_0(pieces[0]) | {"shape": shape}
            with (folder / name).open("xb") as file:
                npy.write_array_header_1_0(file, head)
                for piece in pieces:
                    file.write(memoryview(piece.reshape(-1).view("u1")))
    if several:
        text = json.dumps([trees.told() for trees in several], sort_keys=True)
        (folder / loader.TREES).write_text(text, encoding="utf-8")
