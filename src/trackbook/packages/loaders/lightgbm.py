"""Loads a LightGBM booster from its text format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FILE = "model.txt"


def load(folder: str) -> Any:
    """Return the Booster."""
    import lightgbm

    return lightgbm.Booster(model_file=str(Path(folder) / FILE))


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts."""
    return model.predict(rows)


def scores(model: Any, rows: Any) -> Any:  # noqa: ARG001  all loaders have it
    """Return None: a booster predicts scores already."""
    return
