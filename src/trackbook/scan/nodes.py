"""Looks where the nodes of scikit-learn's trees lead: it follows them without a look.

A node that leads out of its tree crashes the process that predicts with it, or lets it read
what lies beside; one that leads back keeps it busy for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

CHILDREN = ("left_child", "right_child")
LEAF = -1
FORESTS = "trees-"
"""Files in which packages keep the nodes of many trees: their loader looks at each tree. What is
called so within an archive is read by others, as one tree."""


def is_tree(descr: object) -> bool:
    """Tell whether a dtype, as a numpy file says it, is that of a tree's nodes."""
    names = {part[0] for part in descr if part} if isinstance(descr, list) else set()
    return names.issuperset(CHILDREN)


def scan_nodes(blob: Blob, desk: Desk) -> None:
    """Tell of nodes in a numpy file that lead elsewhere than further down in their tree."""
    import numpy as np

    blob.file.seek(0)
    nodes = np.lib.format.read_array(blob.file, allow_pickle=False).reshape(-1)
    is_forest = blob.name.startswith(FORESTS) and blob.depth == 0
    places = 0 if is_forest else np.arange(len(nodes))
    inner = nodes[CHILDREN[0]] != LEAF
    for side in CHILDREN:
        wrong = inner & ((nodes[side] <= places) | (nodes[side] >= len(nodes)))
        if wrong.any():
            words = f"has {int(wrong.sum())} nodes that lead out of its tree, or back in it"
            desk.error(blob.path, "tree-node", words)
            return
