"""How long the built-in staging gate takes for a small model of scikit-learn.

Goal: at most 15 s. Reference: a process of the same Python that only imports sklearn, fresh
each time, taken in turn with the gates; the ratio of the medians says how much more a gate
does than the one start that it cannot do without (`load.clean_process`).

The package is written as trackbook's are: skops, probes, pinned requirements, signature. The
scanner is trackbook's own; where this tree has none, that is said, and the check is skipped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from machine import machine, told, within

GOAL_S = 15.0
PREDICT = """
import skops.io


def load_model(folder):
    return skops.io.load(folder / "model" / "model.skops", trusted={trusted})


def predict(model, rows):
    return model.predict_proba(rows)
"""


def main() -> None:
    choice = told(__doc__, rounds=0)
    rounds = choice.rounds or (1 if choice.smoke else 7)
    print(machine())
    print(f"load average: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="gate-") as name:
        folder = Path(name)
        candidate = packed(folder / "package")
        import_time()
        found = [(import_time(), gate_time(candidate, folder)) for _ in range(rounds)]
    report([bare for bare, _ in found], [whole for _, whole in found], smoke=choice.smoke)


def packed(folder: Path):
    """Return a forest on real data, as a package."""
    import numpy as np
    import skops.io
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    from trackbook.gates import Candidate

    rows, labels = load_breast_cancer(return_X_y=True)
    model = RandomForestClassifier(100, random_state=0, n_jobs=1).fit(
        rows[:400], labels[:400]
    )
    for part in ("model", "code", "data", "environment"):
        (folder / part).mkdir(parents=True)
    file = folder / "model" / "model.skops"
    skops.io.dump(model, file)
    trusted = skops.io.get_untrusted_types(file=file)
    (folder / "code" / "predict.py").write_text(PREDICT.format(trusted=trusted))
    probes = rows[400:528]
    np.savez(
        folder / "data" / "probe.npz", inputs=probes, outputs=model.predict_proba(probes)
    )
    pins = [f"{name}=={version(name)}" for name in ("numpy", "scikit-learn", "skops")]
    (folder / "environment" / "requirements.txt").write_text("\n".join(pins) + "\n")
    spec = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 30]}}
    out = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}
    return Candidate(
        model="cancer",
        version="1.0.0",
        folder=folder,
        package_digest=digest_of(folder),
        flavour="sklearn",
        signature=json.dumps({"inputs": [spec], "outputs": [out]}),
        metrics={"accuracy": model.score(rows[400:], labels[400:])},
        reproduction="identical",
        git_commit="0" * 40,
        git_dirty=False,
        author="ann",
        metadata={"description": "Tells benign from malignant.", "owner": "ann"},
        verify=verify,
        scan=scanner(),
    )


def scanner():
    """Return trackbook's own scanner; None in a tree that has none."""
    if importlib.util.find_spec("trackbook.scan") is None:
        print("no trackbook.scan in this tree: security.scan is skipped, and that blocks")
        return None
    from trackbook.scan import scan_folder

    return scan_folder


def digest_of(folder: Path) -> str:
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            whole.update(file.relative_to(folder).as_posix().encode())
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def verify(folder: Path, digest: str) -> None:
    assert digest_of(folder) == digest


def import_time() -> float:
    """Return how long a fresh Python takes to import sklearn."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import sklearn"], check=True)
    return time.perf_counter() - began


def gate_time(candidate, project: Path):
    """Return the report of one gate."""
    from trackbook.gates import evaluate, read_policy

    found = evaluate(candidate, read_policy(project), "staging")
    blocking = {one.check for one in found.blocking}
    assert blocking <= ({"security.scan"} if candidate.scan is None else set()), (
        found.text()
    )
    return found


def report(bare: list[float], gates: list, *, smoke: bool) -> None:
    reference = statistics.median(bare)
    took = sorted(one.duration_s for one in gates)
    middle = statistics.median(took)
    print(f"python -c 'import sklearn': {reference:.2f} s, median of {len(bare)}")
    print(
        f"staging gate, {len(gates[-1].results)} checks: {middle:.2f} s,"
        f" {took[0]:.2f} to {took[-1]:.2f}, {middle / reference:.1f} times the reference"
        f" (goal: at most {GOAL_S:.0f} s)"
    )
    for one in sorted(gates[-1].results, key=lambda one: -one.duration_s)[:4]:
        print(f"  {one.label}: {one.duration_s:.2f} s, {one.outcome}: {one.words}")
    within(middle, GOAL_S, "the gate", smoke=smoke)


if __name__ == "__main__":
    main()
