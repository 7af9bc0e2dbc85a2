"""Runs side by side: params, metrics, code, packages, curves."""

from __future__ import annotations

from trackbook.compare.cells import Executed, code_diff
from trackbook.compare.curves import curves, sparks
from trackbook.compare.difference import Difference, diff
from trackbook.compare.resources import resources
from trackbook.compare.sides import Comparison, Line, compare
from trackbook.compare.version import version, version_of

__all__ = [
    "Comparison", "Difference", "Executed", "Line", "code_diff", "compare", "curves", "diff",
    "resources", "sparks", "version", "version_of",
]  # fmt: skip
