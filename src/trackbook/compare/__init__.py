"""Runs side by side: params, metrics, code, packages, curves."""

from __future__ import annotations

from trackbook.compare.cells import Executed, code_diff, paired
from trackbook.compare.curves import curves, sparks
from trackbook.compare.data import Changed, data_changes
from trackbook.compare.difference import Difference, diff, packages_of
from trackbook.compare.resources import resources
from trackbook.compare.sides import Comparison, Line, compare
from trackbook.compare.surroundings import surroundings_of
from trackbook.compare.version import version, version_of

__all__ = [
    "Changed", "Comparison", "Difference", "Executed", "Line", "code_diff", "compare", "curves",
    "data_changes", "diff", "packages_of", "paired", "resources", "sparks", "surroundings_of",
    "version", "version_of",
]  # fmt: skip
