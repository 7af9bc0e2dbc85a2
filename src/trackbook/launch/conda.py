"""A conda.yaml whose packages pip has too: what it asks for, without conda."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused
from trackbook.launch.projects import loaded

if TYPE_CHECKING:
    from pathlib import Path

SPEC = re.compile(
    r"(?:[\w./-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*?)\s*(?P<rest>(?:[=<>!~ ].*)?)", re.ASCII
)
"""`numpy`, `numpy=1.26`, `numpy=1.26=build`, `numpy >=1,<2`, `conda-forge::numpy`."""
PINNED = re.compile(
    r"\s*(?P<op>==?)?\s*(?P<version>\d[\w.+!]*?)(?P<any>\.?\*)?(?P<build>=[^=]+)?", re.ASCII
)
ALIKE = {
    **{
        name: name
        for name in (
            "numpy", "scipy", "pandas", "scikit-learn", "statsmodels", "xgboost", "lightgbm",
            "catboost", "optuna", "mlflow", "joblib", "matplotlib", "seaborn", "plotly", "polars",
            "pyarrow", "duckdb", "dask", "distributed", "transformers", "accelerate", "datasets",
            "lightning", "pytorch-lightning", "torchmetrics", "keras", "tensorflow", "onnx",
            "requests", "pyyaml", "tqdm", "click", "cloudpickle", "psutil", "pillow", "sympy",
            "networkx", "numba", "ipython", "ipykernel", "ipywidgets", "jupyterlab", "notebook",
            "setuptools", "wheel", "pytest", "scikit-image", "imbalanced-learn", "shap", "nltk",
            "spacy", "gensim", "openpyxl", "sqlalchemy", "cython",
        )
    },
    "pytorch": "torch", "pytorch-cpu": "torch", "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn", "python-duckdb": "duckdb", "dask-core": "dask",
    "py-xgboost": "xgboost",
}  # fmt: skip
"""What pip calls packages of conda's: any other name may be a stranger's there."""


def of_conda(file: Path) -> tuple[list[str], str]:
    """Return the requirements of a conda.yaml, for pip, and the Python that it asks for.

    Raises:
        Misused: it has packages that only conda is known to have
    """
    said: Any = loaded(file).get("dependencies") or []
    if not isinstance(said, list):
        raise Misused(f"{file}: dependencies is no list")
    lines: list[str] = []
    python, strange = "", []
    for one in said:
        if isinstance(one, dict) and set(one) == {"pip"} and isinstance(one["pip"], list):
            lines += map(str, one["pip"])
            continue
        match = SPEC.fullmatch(one.strip()) if isinstance(one, str) else None
        if match is None:
            raise Misused(f"{file}: {str(one)[:200]!r} is no package that conda knows")
        name, wanted = match["name"].lower(), for_pip(match["rest"])
        if name == "python":
            python = python_of(wanted)
        elif name in ALIKE:
            lines.append(ALIKE[name] + wanted)
        elif name != "pip":
            strange.append(name)
    if strange:
        raise Misused(
            f"{file} asks conda for {', '.join(strange[:8])}{' …' if strange[8:] else ''}, of which"
            " trackbook does not know that pip has the same: name what pip is to install under"
            " `- pip:`, or make the environment with conda, start trackbook inside, and leave"
            " --env out"
        )
    return lines, python


def for_pip(rest: str) -> str:
    """Return which versions conda means, as pip says it: `=1.26` is any 1.26."""
    match = PINNED.fullmatch(rest)
    if match is None:
        return "".join(rest.split())
    is_exact = match["op"] == "==" or match["build"]
    return f"=={match['version']}{'' if is_exact and not match['any'] else '.*'}"


def python_of(wanted: str) -> str:
    """Return the version of Python that is asked for; empty where this one will do."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    pinned = re.fullmatch(r"==([\d.]+?)(?:\.\*)?", wanted)
    if pinned:
        return pinned[1]
    try:
        will_do = SpecifierSet(wanted).contains(".".join(map(str, sys.version_info[:3])))
    except InvalidSpecifier:
        raise Misused(f"python{wanted[:100]} names no versions of Python") from None
    lowest = re.search(r">=([\d.]+)", wanted)
    if not will_do and lowest is None:
        raise Misused(f"python{wanted[:100]}: name one, python=3.12")
    return "" if will_do or lowest is None else lowest[1]
