"""How long every check of the catalogue takes, one after the other, for a small model.

Goal: at most 60 s in all. A project in a temporary folder, under git: a notebook trains a
logistic regression on a table, twice; the first version is the champion and the baseline, the
second is asked every check that trackbook has, with a policy that names them all. Vulnerabilities
are looked up in a dump of 5,000 entries. Reference,
in the same run: a process of the same Python that does nothing but import scikit-learn, load
the model by the package's own `predict.py` and predict 256 rows, before and after; the ratio
says how many such processes the whole catalogue is worth. `--smoke`: fewer rows and calls.
"""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd
from machine import machine, told, within

GOAL_S = 60.0
LOOSE = 'version = 1\n[targets]\nstaging.require = ["size.package"]\nproduction.require = ["size.package"]\n'
TRAIN = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
train = pd.read_csv("train.csv")
X_train, y_train = train[["age", "visits", "fee"]], train["left"]
test = pd.read_csv("eval.csv")
X_test, y_test = test[["age", "visits", "fee"]], test["left"]
"""
FIT = """\
model = LogisticRegression(C={c}).fit(X_train, y_train)
train_accuracy = model.score(X_train, y_train)
accuracy = model.score(X_test, y_test)
"""
REFERENCE = """\
import sys
import numpy as np, pandas as pd, sklearn
sys.path.insert(0, {code!r})
from predict import load, predict
rows = pd.DataFrame(np.zeros((256, 3)), columns=["age", "visits", "fee"])
predict(rows, model=load())
"""
ENTRIES = 5_000
ENTRY = """{"id": "PYSEC-2026-0000", "modified": "2026-11-01T00:00:00Z", "affected": [{"package":
 {"ecosystem": "PyPI", "name": "numpy"}, "ranges": [{"type": "ECOSYSTEM",
 "events": [{"introduced": "0"}, {"fixed": "1.0"}]}]}]}"""
"""Each of a dump of vulnerabilities, all mended long ago."""
ON_ROWS = {"metric": "accuracy", "resamples": 1000}
GROUP = {"group": "region", "severity": "warn"}


def main() -> None:
    choice = told(__doc__, rows=0)
    rows = choice.rows or (500 if choice.smoke else 5_000)
    print(machine())
    print(
        f"load average: {os.getloadavg()[0]:.1f}; {rows:,} rows to learn from, {rows:,} to judge"
    )
    # A session goes on writing until this process ends.
    with tempfile.TemporaryDirectory(
        prefix="catalogue-", ignore_cleanup_errors=True
    ) as name:
        project = Path(name)
        os.chdir(project)
        os.environ["TRACKBOOK_PROJECT"] = name
        with redirect_stdout(io.StringIO()):
            book = registered(project, rows)
        wants = keys_of(100 if choice.smoke else 1000)
        (project / "trackbook.gates.toml").write_text(policy_of(wants))
        code = book.models.shelf.place_of(book.models.version("churn@1.1.0").package_digest)
        before = [reference(code / "code") for _ in range(3)]
        report = book.models.examine("churn@1.1.0", "production", progress=show)
        after = [reference(code / "code") for _ in range(2)]
    summary(report, before + after, smoke=choice.smoke)


def registered(project: Path, rows: int):
    """Train two models in a notebook and register them; return the project's book."""
    from IPython.core.interactiveshell import InteractiveShell

    import trackbook as tb
    from trackbook.doors.session import current_book

    people(rows, 1).to_csv(project / "train.csv", index=False)
    people(rows, 2).to_csv(project / "eval.csv", index=False)
    (project / "trackbook.gates.toml").write_text(LOOSE)
    (project / "osv").mkdir()
    for at in range(ENTRIES):
        (project / "osv" / f"{at}.json").write_text(ENTRY.replace("0000", f"{at:04}"))
    (project / ".gitignore").write_text(".trackbook/\n")
    for words in (
        "init -q",
        "add .",
        "-c user.name=ann -c user.email=a@b.c commit -qm first",
    ):
        subprocess.run(["git", *words.split()], check=True)
    shell = InteractiveShell()
    for source in ("%load_ext trackbook", "%track quiet", TRAIN):
        shell.run_cell(source, store_history=True).raise_error()
    for at, c in enumerate((0.1, 1.0)):
        for source in (
            FIT.format(c=c),
            "%track tag data_licence=CC-BY-4.0 pii=none",
            "%track register model churn --example X_test --description 'Who leaves.'",
        ):
            shell.run_cell(source, store_history=True).raise_error()
        if not at:
            tb.promote("churn@1.0.0", "staging")
            tb.promote("churn@1.0.0", "production")
            tb.alias("churn@1.0.0", "baseline")
    return current_book()


def people(count: int, seed: int) -> pd.DataFrame:
    """Customers; whether they left depends on their age and their visits."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(count, 3)), columns=["age", "visits", "fee"])
    table["region"] = rng.choice(["north", "south"], count)
    odds = 2 * (table["age"] - table["visits"])
    table["left"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return table


def keys_of(calls: int) -> dict[str, dict]:
    """Return what every check of the catalogue is asked with."""
    from trackbook.gates import checks

    keys = {
        "perf.threshold": {**ON_ROWS, "min": 0.7, "on": "ci_lower"},
        "perf.vs_champion": {**ON_ROWS, "test": "paired_bootstrap", "margin": 0.02},
        "perf.vs_baseline": {**ON_ROWS, "mode": "non_inferiority", "margin": 0.02},
        "perf.slices": {**ON_ROWS, "by": ["region"], "min": 0.6},
        "perf.overfit": {"metric": "accuracy", "max_gap": 0.1, "validation": "accuracy"},
        "perf.calibration": {"max_ece": 0.1, "max_brier": 0.25},
        "fairness.demographic_parity": {**GROUP, "max_diff": 0.1},
        "fairness.equal_opportunity": {**GROUP, "max_diff": 0.1},
        "fairness.equalized_odds": {**GROUP, "max_diff": 0.1},
        "fairness.calibration": {**GROUP, "max_ece": 0.1},
        "data.leakage": {"training": "train.csv"},
        "data.schema": {"training": "train.csv"},
        "deps.vulns": {"database": "osv", "max_age_days": 3650.0},
        "latency.p50": {"max_ms": 100, "calls": calls},
        "soak.time": {"min_hours": 1, "state": "DEVELOPMENT", "severity": "warn"},
        "latency.p99": {"max_ms": 500, "calls": calls},
    }
    return {name: keys.get(name, {}) for name in checks()}


def policy_of(wants: dict[str, dict]) -> str:
    """Return the policy that asks for everything."""
    lines = ["version = 1", "[evaluation]", 'data = "eval.csv"', 'target = "left"']
    for name, keys in wants.items():
        lines += ["[[targets.production.checks]]", f'check = "{name}"']
        lines += [f"{key} = {value!r}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"


def reference(code: Path) -> float:
    """Return how long a fresh Python takes to load the model and to predict with it."""
    began = time.perf_counter()
    source = REFERENCE.format(code=str(code))
    subprocess.run([sys.executable, "-B", "-c", source], check=True)
    return time.perf_counter() - began


def show(step) -> None:
    """Print what one check found, as it ends."""
    if step.result is not None:
        one = step.result
        print(
            f"  {one.duration_s:6.2f} s  {one.outcome:8} {one.label}: {one.words[:110]}",
            flush=True,
        )


def summary(report, bare: list[float], *, smoke: bool) -> None:
    """Print what all of it came to, against the reference and the goal."""
    plain, whole = statistics.median(bare), report.duration_s
    counts = ", ".join(f"{count} {word}" for word, count in report.counts.most_common())
    print(
        f"reference, a process that loads and predicts: {plain:.2f} s, median of {len(bare)}"
    )
    print(
        f"the whole catalogue, {len(report.results)} checks ({counts}): {whole:.1f} s,"
        f" {whole / plain:.1f} times the reference (goal: at most {GOAL_S:.0f} s)"
    )
    broken = [
        f"{one.label}: {one.words}" for one in report.results if one.outcome == "errored"
    ]
    assert not broken, broken
    within(whole, GOAL_S, "the catalogue", smoke=smoke)


if __name__ == "__main__":
    main()
