"""Runs that prove themselves: a slice executed again in a fresh kernel, and compared."""

from __future__ import annotations

from trackbook.reproduce.environment import (
    NotBuilt,
    made_once,
    python_like,
    requires_of_own,
)
from trackbook.reproduce.guard import guard
from trackbook.reproduce.kernel import CellFailed, FreshKernel
from trackbook.reproduce.outcome import Outcome, Used, outcome_of
from trackbook.reproduce.rebuilt import reproduce_rebuilt
from trackbook.reproduce.rerun import (
    Progress,
    Rerun,
    guarded,
    kept_and_free,
    longest_s,
    own_package,
    rerun,
    thrown,
)
from trackbook.reproduce.scratch import FILE, scratch
from trackbook.reproduce.verdict import (
    GOOD,
    Proven,
    Terms,
    Trial,
    must_be_comparable,
    on_trial,
    reproduce,
)

__all__ = [
    "FILE",
    "GOOD",
    "CellFailed",
    "FreshKernel",
    "NotBuilt",
    "Outcome",
    "Progress",
    "Proven",
    "Rerun",
    "Terms",
    "Trial",
    "Used",
    "guard",
    "guarded",
    "kept_and_free",
    "longest_s",
    "made_once",
    "must_be_comparable",
    "on_trial",
    "outcome_of",
    "own_package",
    "python_like",
    "reproduce",
    "reproduce_rebuilt",
    "requires_of_own",
    "rerun",
    "scratch",
    "thrown",
]
