"""Real small packages, and what is known of them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from trackbook.errors import Damaged
from trackbook.gates import Candidate, ask, evaluate, gates
from trackbook.gates.policy_text import Gate

LINEAR = """
import json
from pathlib import Path

import numpy as np


class Linear:
    def __init__(self, weights):
        self.weights = np.asarray(weights)

    def predict(self, rows):
        return np.asarray(rows) @ self.weights


def load_model(folder):
    return Linear(json.loads(Path(folder, "model", "weights.json").read_text()))
"""
ROWS = np.arange(12.0).reshape(4, 3)
WEIGHTS = [0.5, -1.0, 2.0]
SIGNATURE = json.dumps(
    {
        "inputs": json.dumps(
            [{"name": name, "type": "double", "required": True} for name in "abc"]
        ),
        "outputs": json.dumps([{"name": "y", "type": "double", "required": True}]),
        "params": None,
    }
)


def digest_of(folder: Path) -> str:
    """A digest of all files in a folder, sorted."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            whole.update(bytes(file.relative_to(folder)) + b"\0")
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def verify(folder: Path, digest: str) -> None:
    if digest_of(folder) != digest:
        raise Damaged(f"{folder.name} is not what was registered")


class Packed:
    """A package in a folder, which a test may spoil before it is judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("code/predict.py", LINEAR)
        self.write("model/weights.json", json.dumps(WEIGHTS))
        self.write("environment/requirements.txt", f"numpy=={np.__version__}\n")
        self.probes(inputs=ROWS, outputs=ROWS @ WEIGHTS)

    def write(self, name: str, content: str | bytes) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def probes(self, **arrays) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        np.savez(self.folder / "data" / "probe.npz", **arrays)

    def candidate(self, **known) -> Candidate:
        facts = {
            "model": "churn", "version": "1.2.0", "version_id": "v2", "folder": self.folder,
            "package_digest": digest_of(self.folder), "signature": SIGNATURE, "author": "ann",
            "flavour": "python", "metrics": {"f1": 0.9, "loss": 0.3}, "git_commit": "c" * 40,
            "git_dirty": False, "reproduction": "identical", "verify": verify,
            "scan": clean_scan, "metadata": {"description": "Who leaves.", "owner": "ann"},
        }  # fmt: skip
        return Candidate(**facts | known)


def clean_scan(_folder: Path) -> SimpleNamespace:
    """What a scanner says that finds nothing."""
    return SimpleNamespace(findings=[], is_safe=True)


@pytest.fixture
def packed(tmp_path) -> Packed:
    return Packed(tmp_path / "package")


@pytest.fixture
def judged(packed):
    """Ask one check about the package as it stands; return its result."""

    def ask_one(check: str, *, candidate=None, keys=None, folder=None, **known):
        one = candidate or packed.candidate(**known)
        policy = gates(Gate("staging", [ask(check, **(keys or {}))]), folder=folder)
        (result,) = evaluate(one, policy, "staging").results
        return result

    return ask_one


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 11, 27, 12, tzinfo=UTC)
