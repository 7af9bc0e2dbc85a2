"""Loads a CatBoost model from its own binary format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "model.cbm"
BESIDE = "wrapper.json"
WRAPPERS = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")


def load(folder: str) -> Any:
    """Return the model, of the class that it had."""
    import catboost

    beside = json.loads((Path(folder) / BESIDE).read_text(encoding="utf-8"))
    kind = beside["class"] if beside["class"] in WRAPPERS else "CatBoost"
    model = getattr(catboost, kind)()
    model.load_model(str(Path(folder) / FILE), format="cbm")
    return model


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts."""
    return model.predict(rows)


def scores(model: Any, rows: Any) -> Any:
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None
