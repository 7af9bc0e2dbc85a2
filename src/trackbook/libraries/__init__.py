"""One card per ML library: which calls to watch, and how to read what they did."""

from __future__ import annotations

from trackbook.libraries.accelerate import ACCELERATE
from trackbook.libraries.base import (
    Call,
    Derived,
    Finding,
    Fitted,
    Given,
    Library,
    Loaded,
    Measured,
    Noted,
    Only,
    Reader,
    Searched,
    Step,
    Training,
    Tried,
    Used,
)
from trackbook.libraries.catboost import CATBOOST
from trackbook.libraries.keras import KERAS
from trackbook.libraries.lightgbm import LIGHTGBM
from trackbook.libraries.lightning import LIGHTNING
from trackbook.libraries.lightning_facts import named, nested
from trackbook.libraries.loading import READERS
from trackbook.libraries.offered import card_of, cards_offered, packages_with_cards
from trackbook.libraries.optuna import OPTUNA
from trackbook.libraries.own import checked_card
from trackbook.libraries.sklearn import SKLEARN
from trackbook.libraries.sklearn_models import algorithm_of, steps_of
from trackbook.libraries.statsmodels import STATSMODELS
from trackbook.libraries.torch import TORCH
from trackbook.libraries.transformers import TRANSFORMERS
from trackbook.libraries.xgboost import XGBOOST

LIBRARIES: tuple[Library, ...] = (
    SKLEARN,
    XGBOOST,
    LIGHTGBM,
    CATBOOST,
    TORCH,
    STATSMODELS,
    OPTUNA,
    KERAS,
    TRANSFORMERS,
    ACCELERATE,
    LIGHTNING,
    *READERS,
)

__all__ = [
    "ACCELERATE",
    "CATBOOST",
    "KERAS",
    "LIBRARIES",
    "LIGHTGBM",
    "LIGHTNING",
    "SKLEARN",
    "STATSMODELS",
    "TORCH",
    "TRANSFORMERS",
    "XGBOOST",
    "Call",
    "Derived",
    "Finding",
    "Fitted",
    "Given",
    "Library",
    "Loaded",
    "Measured",
    "Noted",
    "Only",
    "Reader",
    "Searched",
    "Step",
    "Training",
    "Tried",
    "Used",
    "algorithm_of",
    "card_of",
    "cards_offered",
    "checked_card",
    "named",
    "nested",
    "packages_with_cards",
    "steps_of",
]
