"""The checklist of an experiment, each line computed from what is on record."""

from __future__ import annotations

from trackbook.checklist.checklist import Checklist, checklist_of
from trackbook.checklist.line import Line

__all__ = ["Checklist", "Line", "checklist_of"]
