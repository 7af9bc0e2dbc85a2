"""One card per ML library: which calls to watch, and how to read what they did."""

from __future__ import annotations

from trackbook.libraries.base import (
    Call,
    Derived,
    Finding,
    Fitted,
    Given,
    Library,
    Loaded,
    Measured,
    Reader,
    Step,
    Training,
    Used,
)
from trackbook.libraries.catboost import CATBOOST
from trackbook.libraries.lightgbm import LIGHTGBM
from trackbook.libraries.lightning import LIGHTNING
from trackbook.libraries.lightning_facts import named, nested
from trackbook.libraries.loading import READERS
from trackbook.libraries.sklearn import SKLEARN
from trackbook.libraries.sklearn_models import algorithm_of, steps_of
from trackbook.libraries.torch import TORCH
from trackbook.libraries.xgboost import XGBOOST

LIBRARIES: tuple[Library, ...] = (
    SKLEARN,
    XGBOOST,
    LIGHTGBM,
    CATBOOST,
    TORCH,
    LIGHTNING,
    *READERS,
)

__all__ = [
    "CATBOOST",
    "LIBRARIES",
    "LIGHTGBM",
    "LIGHTNING",
    "SKLEARN",
    "TORCH",
    "XGBOOST",
    "Call",
    "Derived",
    "Finding",
    "Fitted",
    "Given",
    "Library",
    "Loaded",
    "Measured",
    "Reader",
    "Step",
    "Training",
    "Used",
    "algorithm_of",
    "named",
    "nested",
    "steps_of",
]
