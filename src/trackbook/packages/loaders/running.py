"""Loads the model of this package and predicts with it; needs the model's libraries only.

In Python:     from predict import load, predict     (with this folder on the path)
In a shell:    python code/predict.py rows.json      (a list of objects, or of lists)
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def load(package=PACKAGE):
    """Return the model."""
    return loader_of(package).load(os.path.join(package, "model"))


def predict(rows, model=None, package=PACKAGE):
    """Return the model's predictions for rows; give a loaded model to load it once only."""
    return loader_of(package).predict(load(package) if model is None else model, rows)


class Predictor:
    """A loaded model, as MLflow asks for one."""

    def __init__(self, package):
        self.loader = loader_of(package)
        self.model = self.loader.load(os.path.join(package, "model"))

    def predict(self, model_input, params=None):
        """Return predictions; `params` is MLflow's and changes nothing."""
        return self.loader.predict(self.model, model_input)


def loader_of(package):
    """Return what loads this kind of model: the file beside this one, of just this package."""
    file = os.path.join(package, "code", "load_model.py")
    spec = importlib.util.spec_from_file_location("trackbook_load_model", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(arguments):
    """Print predictions for the rows of a JSON file as JSON."""
    with open(arguments[0], encoding="utf-8") as file:
        rows = json.load(file)
    if rows and isinstance(rows[0], dict):
        import pandas

        rows = pandas.DataFrame(rows)
    elif rows and isinstance(rows[0], list):
        import numpy

        rows = numpy.asarray(rows)
    found = predict(rows)
    print(json.dumps(found.tolist() if hasattr(found, "tolist") else list(found)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python predict.py rows.json")
    main(sys.argv[1:])
