"""What rests on what: the slice of executions that a run depends on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.lineage.data import DatasetPage, dataset, datasets, inputs_of
    from trackbook.lineage.document import document_of, outputs_of
    from trackbook.lineage.doubts import doubts_of
    from trackbook.lineage.exports import ENDINGS, FORMATS
    from trackbook.lineage.graph import Graph, Key, Node, graph_around, thing_called
    from trackbook.lineage.past import doubts_of_past
    from trackbook.lineage.slice import Part, Slice, cut, session_of, slice_of, whole_of
    from trackbook.lineage.tree import Tree, effect_of, graph_of, tree_of

__all__ = [
    "ENDINGS",
    "FORMATS",
    "DatasetPage",
    "Graph",
    "Key",
    "Node",
    "Part",
    "Slice",
    "Tree",
    "cut",
    "dataset",
    "datasets",
    "document_of",
    "doubts_of",
    "doubts_of_past",
    "effect_of",
    "graph_around",
    "graph_of",
    "inputs_of",
    "outputs_of",
    "session_of",
    "slice_of",
    "thing_called",
    "tree_of",
    "whole_of",
]
OF = {
    "data": "DatasetPage dataset datasets inputs_of",
    "document": "document_of outputs_of",
    "doubts": "doubts_of",
    "exports": "ENDINGS FORMATS",
    "graph": "Graph Key Node graph_around thing_called",
    "past": "doubts_of_past",
    "slice": "Part Slice cut session_of slice_of whole_of",
    "tree": "Tree effect_of graph_of tree_of",
}
"""What each file gives. The first card in a notebook asks for doubts alone, while its user
waits; the others bring the database and all tables with them."""
PLACES = {name: file for file, names in OF.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Return one of the room's names, from its file."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    globals()[name] = found
    return found
