"""Loads a pickled model. UNSAFE: whoever wrote the file can execute anything on loading."""

from __future__ import annotations

import os
import pickle
import sys

FILE = "model.pkl"
METHODS = ("predict", "transform", "__call__")


def load(folder):
    """Return the model; modules of the package's code folder can be imported by it."""
    code = os.path.join(os.path.dirname(os.path.abspath(folder)), "code")
    sys.path.insert(0, code)
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            return pickle.load(file)
    finally:
        sys.path.remove(code)


def predict(model, rows):
    """Return what the model predicts; of one that only transforms, what it makes of rows."""
    method = next(name for name in METHODS if hasattr(model, name))
    return getattr(model, method)(rows)


def scores(model, rows):
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None
