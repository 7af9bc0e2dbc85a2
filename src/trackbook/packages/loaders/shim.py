"""What MLflow imports: it finds the package by the path it is given, not by its own place.

Two packages in one process have this file in common, and nothing else.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any


def _load_pyfunc(path: str) -> Any:
    file = Path(path) / "code" / "predict.py"
    spec = importlib.util.spec_from_file_location("trackbook_predict", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Predictor(path)
