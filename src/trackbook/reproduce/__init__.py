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
from trackbook.reproduce.rerun import Rerun, guarded, own_package, rerun, thrown
from trackbook.reproduce.scratch import FILE, scratch
from trackbook.reproduce.verdict import GOOD, Proven, Terms, reproduce

__all__ = [
    "FILE",
    "GOOD",
    "CellFailed",
    "FreshKernel",
    "NotBuilt",
    "Proven",
    "Rerun",
    "Terms",
    "guarded",
    "made_once",
    "own_package",
    "python_like",
    "reproduce",
    "reproduce_rebuilt",
    "requires_of_own",
    "rerun",
    "scratch",
    "thrown",
]
