"""Loads an XGBoost model from its own binary format, and its wrapper from the params beside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "model.ubj"
BESIDE = "wrapper.json"
WRAPPERS = (
    "XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor",
)  # fmt: skip


def load(folder: str) -> Any:
    """Return the Booster, or the estimator that it was in."""
    import xgboost

    beside = json.loads((Path(folder) / BESIDE).read_text(encoding="utf-8"))
    file = str(Path(folder) / FILE)
    if beside["class"] not in WRAPPERS:
        return xgboost.Booster(model_file=file)
    model = getattr(xgboost, beside["class"])(**beside["params"])
    model.load_model(file)
    for name, value in beside["params"].items():
        if name in vars(model):  # some it takes from the file, though nobody had set them
            setattr(model, name, value)
    return model


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts."""
    import xgboost

    if isinstance(model, xgboost.Booster):
        return model.predict(matrix(model, rows))
    return model.predict(rows)


def scores(model: Any, rows: Any) -> Any:
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None


def matrix(model: Any, rows: Any) -> Any:
    """Return rows as XGBoost wants them, their columns by the names it was trained with."""
    import xgboost

    if isinstance(rows, xgboost.DMatrix):
        return rows
    names = None if hasattr(rows, "columns") else model.feature_names
    return xgboost.DMatrix(rows, feature_names=names, enable_categorical=True)
