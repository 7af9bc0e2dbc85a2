"""Loads the model of this package and predicts with it; needs the model's libraries only.

In Python:     from predict import load, predict     (with this folder on the path)
In a shell:    python code/predict.py rows.json      (a list of objects, or of lists)
"""

from __future__ import annotations

import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = str(Path(__file__).resolve().parent.parent)


def load(package: str = PACKAGE) -> Any:
    """Return the model."""
    loader, home = loader_of(package), str(Path(package) / "model")
    build = loader.builder_in(package) if hasattr(loader, "builder_in") else None
    return loader.load(home, build=build) if build else loader.load(home)


def predict(rows: Any, model: Any = None, package: str = PACKAGE) -> Any:
    """Return the model's predictions for rows; give a loaded model to load it once only."""
    return loader_of(package).predict(load(package) if model is None else model, rows)


class Predictor:
    """A loaded model, as MLflow asks for one."""

    def __init__(self, package: str) -> None:
        self.loader = loader_of(package)
        self.model = load(package)

    def predict(self, model_input: Any, params: Any = None) -> Any:  # noqa: ARG002  MLflow's
        """Return predictions."""
        return self.loader.predict(self.model, model_input)


@cache
def loader_of(package: str) -> Any:
    """Return what loads this kind of model: the file beside this one, of just this package."""
    file = Path(package) / "code" / "load_model.py"
    spec = importlib.util.spec_from_file_location("trackbook_load_model", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(file: str) -> None:
    """Print predictions for the rows of a JSON file as JSON."""
    rows = json.loads(Path(file).read_text(encoding="utf-8"))
    if rows and isinstance(rows[0], dict):
        import pandas as pd

        rows = pd.DataFrame(rows)
    elif rows and isinstance(rows[0], list):
        import numpy as np

        rows = np.asarray(rows)
    found = predict(rows)
    print(json.dumps(found.tolist() if hasattr(found, "tolist") else list(found)))


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  itself and the file
        sys.exit("usage: python predict.py rows.json")
    main(sys.argv[1])
