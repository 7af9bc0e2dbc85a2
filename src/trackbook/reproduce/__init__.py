"""Runs that prove themselves: a slice executed again in a fresh kernel, and compared."""

from __future__ import annotations

from trackbook.reproduce.kernel import CellFailed, FreshKernel
from trackbook.reproduce.rebuilt import reproduce_rebuilt
from trackbook.reproduce.rerun import Rerun, rerun
from trackbook.reproduce.verdict import GOOD, Proven, Terms, reproduce

__all__ = [
    "GOOD",
    "CellFailed",
    "FreshKernel",
    "Proven",
    "Rerun",
    "Terms",
    "reproduce",
    "reproduce_rebuilt",
    "rerun",
]
