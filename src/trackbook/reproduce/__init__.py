"""Runs that prove themselves: a slice executed again in a fresh kernel, and compared."""

from __future__ import annotations

from trackbook.reproduce.environment import (
    NotBuilt,
    made_once,
    python_like,
    requires_of_own,
)
from trackbook.reproduce.kernel import CellFailed, FreshKernel
from trackbook.reproduce.rebuilt import reproduce_rebuilt
from trackbook.reproduce.rerun import Rerun, own_package, rerun
from trackbook.reproduce.verdict import GOOD, Proven, Terms, reproduce

__all__ = [
    "GOOD",
    "CellFailed",
    "FreshKernel",
    "NotBuilt",
    "Proven",
    "Rerun",
    "Terms",
    "made_once",
    "own_package",
    "python_like",
    "reproduce",
    "reproduce_rebuilt",
    "requires_of_own",
    "rerun",
]
