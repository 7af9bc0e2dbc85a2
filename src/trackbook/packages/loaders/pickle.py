"""Loads a pickled model. UNSAFE: whoever wrote the file can execute anything on loading."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

FILE = "model.pkl"
METHODS = ("predict", "transform", "__call__")


def load(folder: str) -> Any:
    """Return the model; modules of the package's code folder can be imported by it."""
    code = str(Path(folder).resolve().parent / "code")
    sys.path.insert(0, code)
    try:
        return pickle.loads((Path(folder) / FILE).read_bytes())  # noqa: S301  asked for in so many words
    finally:
        sys.path.remove(code)


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts; of one that only transforms, what it makes of rows."""
    method = next(name for name in METHODS if hasattr(model, name))
    return getattr(model, method)(rows)


def scores(model: Any, rows: Any) -> Any:
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None
