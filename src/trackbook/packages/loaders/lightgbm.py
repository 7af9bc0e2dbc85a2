"""Loads a LightGBM booster from its text format."""

from __future__ import annotations

import os

FILE = "model.txt"


def load(folder):
    """Return the Booster."""
    import lightgbm

    return lightgbm.Booster(model_file=os.path.join(folder, FILE))


def predict(model, rows):
    """Return what the model predicts."""
    return model.predict(rows)


def scores(model, rows):
    """Return None: a booster predicts scores already."""
    return
