"""One thing tried with many params: a grid, by chance, or as Optuna suggests."""

from __future__ import annotations

from trackbook.sweeps.functions import Function, function_named
from trackbook.sweeps.launched import Launchable
from trackbook.sweeps.plan import Target
from trackbook.sweeps.requests import Pruned, prune, stop
from trackbook.sweeps.slices import RunSlice
from trackbook.sweeps.space import Space, space_from, space_of
from trackbook.sweeps.standing import Best, Standing
from trackbook.sweeps.sweeping import Known, Wishes, known_sweep, resume, sweep
from trackbook.sweeps.told import SweepRow, Told, TrialRow, sweeps, told
from trackbook.sweeps.weights import Weights, weights

__all__ = [
    "Best",
    "Function",
    "Known",
    "Launchable",
    "Pruned",
    "RunSlice",
    "Space",
    "Standing",
    "SweepRow",
    "Target",
    "Told",
    "TrialRow",
    "Weights",
    "Wishes",
    "function_named",
    "known_sweep",
    "prune",
    "resume",
    "space_from",
    "space_of",
    "stop",
    "sweep",
    "sweeps",
    "told",
    "weights",
]
