"""What rests on what: the slice of executions that a run depends on."""

from __future__ import annotations

from trackbook.lineage.data import DatasetPage, dataset, datasets, inputs_of
from trackbook.lineage.document import document_of
from trackbook.lineage.slice import Part, Slice, cut, session_of, slice_of, whole_of

__all__ = [
    "DatasetPage",
    "Part",
    "Slice",
    "cut",
    "dataset",
    "datasets",
    "document_of",
    "inputs_of",
    "session_of",
    "slice_of",
    "whole_of",
]
