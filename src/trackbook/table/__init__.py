"""Rows and run cards that show themselves: in a notebook, in a shell, as JSON."""

from __future__ import annotations

from trackbook.table.card import Card, MetricLine, compared
from trackbook.table.flat import plain
from trackbook.table.table import Table
from trackbook.table.tabular import Tabular
from trackbook.table.words import SIGNS, escaped, in_short, is_number, visible

__all__ = [
    "SIGNS",
    "Card",
    "MetricLine",
    "Table",
    "Tabular",
    "compared",
    "escaped",
    "in_short",
    "is_number",
    "plain",
    "visible",
]
