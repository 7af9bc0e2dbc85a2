"""What rests on what: the slice of executions that a run depends on."""

from __future__ import annotations

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
