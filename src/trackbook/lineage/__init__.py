"""What rests on what: the slice of executions that a run depends on."""

from __future__ import annotations

from trackbook.lineage.data import DatasetPage, dataset, datasets, inputs_of
from trackbook.lineage.document import document_of
from trackbook.lineage.doubts import doubts_of
from trackbook.lineage.past import doubts_of_past
from trackbook.lineage.slice import Part, Slice, cut, session_of, slice_of, whole_of

__all__ = [
    "DatasetPage",
    "Part",
    "Slice",
    "cut",
    "dataset",
    "datasets",
    "document_of",
    "doubts_of",
    "doubts_of_past",
    "inputs_of",
    "session_of",
    "slice_of",
    "whole_of",
]
