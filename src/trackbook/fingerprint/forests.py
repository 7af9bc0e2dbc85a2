"""The trees of scikit-learn's ensembles, taken as a whole: a forest is mostly their nodes.

Gone through one by one, hundreds of trees take longer than all their bytes.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from blake3 import blake3

from trackbook.fingerprint.fields import turned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trackbook.fingerprint.content import Walk

KINDS = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier",
         "ExtraTreeRegressor")  # fmt: skip
NODES, SEED = "tree_", "random_state"
PLAIN = (bool, int, float, str, type(None))
LEARNED = ("left_child", "right_child", "feature", "threshold", "values")
AT_ONCE = 1 << 14
"""Nodes; 1 MB, which are still in the processor's memory when they are summed up."""
SENT_LEFT = "missing_go_to_left"
"""Learned too, where any node has it set; older releases have no such field."""


class Forest(NamedTuple):
    """The fitted trees that a list or an array of objects holds, and nothing else."""

    trees: list[Any]
    shape: tuple[int, ...] | None
    """Of the array; None of a list."""
    kept: dict[str, Any]
    """The first one's attributes, without its nodes, and without its seed if all have one."""
    seeds: list[int] | None
    is_alike: bool
    """They differ by their nodes and seeds alone."""

    @property
    def grown(self) -> list[Any]:
        """The nodes of each, as scikit-learn's own objects."""
        return [tree.tree_ for tree in self.trees]

    @property
    def pattern(self) -> object:
        """A tree with what all have in common: without nodes and seed."""
        made: Any = object.__new__(type(self.trees[0]))
        made.__dict__.update(self.kept)
        return made


class Stems(NamedTuple):
    """The nodes of a forest's trees, field by field."""

    counts: list[int]
    """Nodes of each tree."""
    depths: list[int]
    fields: dict[str, bytes]
    """Digest of each field, of all nodes of all trees after each other; and of `values`."""
    is_sent_left: bool

    def learned(self) -> dict[str, object]:
        """Return what of it a model learned."""
        names = (*LEARNED, SENT_LEFT) if self.is_sent_left else LEARNED
        return {"node_counts": self.counts} | {name: self.fields[name] for name in names}


class Grown(NamedTuple):
    """A forest that was gone through."""

    holder: object
    """What holds its trees, which is kept: its address counts."""
    forest: Forest
    stems: Stems


def forest_in(value: Any) -> Forest | None:
    """Return the trees in a list or in an array of objects; None where it holds others."""
    is_list = isinstance(value, list)
    if len(value) < 1 or not (is_list or value.ndim):
        return None
    if not is_tree(value[0] if is_list else value.flat[0]):
        return None
    found = value if is_list else value.ravel().tolist()
    if len(found) < 2 or not all(is_tree(one) for one in found):  # noqa: PLR2004
        return None
    first = found[0]
    if not all(fits(one.tree_, first.tree_) for one in found):
        return None
    kept = {name: one for name, one in vars(first).items() if name != NODES}
    given = [vars(one).get(SEED) for one in found]
    seeds = given if all(type(one) is int for one in given) else None
    if seeds:
        kept[SEED] = None
    is_alike = all(
        type(one) is type(first) and is_like(vars(one), kept, skipping=seeds is not None)
        for one in found
    )
    return Forest(found, None if is_list else value.shape, kept, seeds, is_alike)


def is_tree(value: object) -> bool:
    """Tell whether a value is one of scikit-learn's trees, fitted, and no class made of one."""
    kind = type(value)
    trees = sys.modules.get("sklearn.tree._classes")
    return (
        trees is not None
        and kind.__name__ in KINDS
        and kind is getattr(trees, kind.__name__)
        and type(vars(value).get(NODES)) is sys.modules["sklearn.tree._tree"].Tree
    )


def fits(grown: Any, other: Any) -> bool:
    """Tell whether the nodes of two trees can stand in one array."""
    return (grown.n_features, grown.n_outputs) == (
        other.n_features,
        other.n_outputs,
    ) and grown.n_classes.tolist() == other.n_classes.tolist()


def is_like(own: dict[str, Any], kept: dict[str, Any], *, skipping: bool) -> bool:
    """Tell whether a tree's attributes are those of the first, but for its nodes and seed."""
    return len(own) == len(kept) + 1 and all(
        name in own and (is_same(own[name], one) or (skipping and name == SEED))
        for name, one in kept.items()
    )


def is_same(value: Any, other: Any) -> bool:
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


def stems_of(forest: Forest) -> Stems:
    """Return the digests of a forest's nodes."""
    import numpy as np

    states = [grown.__getstate__() for grown in forest.grown]
    nodes = [state["nodes"] for state in states]
    names = nodes[0].dtype.names or ()
    found = {name: blake3() for name in (*names, "values")}
    is_sent_left = False
    for some in groups(nodes):
        fields = turned(some)
        for name in names:
            column = fields.get(name)
            if column is None:
                column = np.concatenate([one[name] for one in some])
            if name == SENT_LEFT:
                is_sent_left = is_sent_left or bool(column.any())
            found[name].update(bytes_of(column))
    for state in states:
        found["values"].update(bytes_of(state["values"]))
    digests = {name: hasher.digest() for name, hasher in found.items()}
    depths = [int(state["max_depth"]) for state in states]
    return Stems([len(one) for one in nodes], depths, digests, is_sent_left)


def groups(several: list[NDArray[Any]]) -> Iterator[list[NDArray[Any]]]:
    """Yield arrays in groups of so many records that each is little work more than its bytes."""
    some: list[NDArray[Any]] = []
    count = 0
    for one in several:
        some.append(one)
        count += len(one)
        if count >= AT_ONCE:
            yield some
            some, count = [], 0
    if some:
        yield some


def bytes_of(column: NDArray[Any]) -> memoryview:
    """Return an array's bytes: little-endian, row by row, one NaN for all."""
    import numpy as np

    whole: Any = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    if whole.dtype.kind == "f" and math.isnan(whole.sum()):
        whole = np.where(np.isnan(whole), np.array(np.nan, whole.dtype), whole)
    return memoryview(whole.reshape(-1).view("u1"))


def grove(walk: Walk, value: Any) -> bool:
    """Take in an ensemble's trees, if that is what a list or an array holds."""
    known = walk.grown.get(id(value))
    if known is not None and known.holder is not value:
        known = None  # that one had its address
    forest = known.forest if known else forest_in(value)
    if forest is None or not forest.is_alike:
        return False
    stems = known.stems if known else stems_of(forest)
    first = forest.trees[0].tree_
    walk.say("trees", len(forest.trees), forest.seeds, stems.counts, stems.depths)
    walk.say(first.n_features, first.n_outputs, first.n_classes.tolist())
    walk.say(sorted(stems.fields.items()))
    pattern = forest.pattern
    walk.kept.append(pattern)
    walk.take(pattern)
    return True
