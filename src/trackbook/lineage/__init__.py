"""What rests on what: the slice of executions that a run depends on."""

from __future__ import annotations

from trackbook.lineage.document import document_of
from trackbook.lineage.slice import Part, Slice, cut, session_of, slice_of, whole_of

__all__ = ["Part", "Slice", "cut", "document_of", "session_of", "slice_of", "whole_of"]
