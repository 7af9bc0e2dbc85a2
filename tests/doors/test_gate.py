"""A gate that measures, through the doors that users have: real rows, real processes."""

from __future__ import annotations

import json

import pytest
from IPython.core.error import UsageError

ROWS = """\
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
def rows(n):
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    X["region"] = rng.choice(["north", "south"], n)
    y = (X.a + X.b - X.c + rng.normal(size=n) * 0.7 > 0).astype(int)
    return X, y
X, y = rows(400)
held, truth = rows(600)
held.assign(y=truth).to_csv("eval.csv", index=False)
"""
FIT = """\
names = {names!r}
model = LogisticRegression().fit(X[names], y)
accuracy = model.score(X[names], y)
"""
POLICY = """\
version: 1
evaluation: {data: eval.csv, target: y}
targets:
  staging:
    checks:
      - perf.threshold: {metric: f1_macro, min: 0.7, on: ci_lower}
  production:
    checks:
      - perf.vs_champion: {metric: accuracy, test: paired_bootstrap, mode: superiority}
      - fairness.demographic_parity: {group: region, positive: 1, max_diff: 0.2}
      - soak.time: {min_hours: 1, severity: warn}
    on_skip: {perf.vs_champion: warn}
"""


@pytest.fixture
def lab(sheet):
    """A project in which a good version serves."""
    (sheet.project / "trackbook.gates.yaml").write_text(POLICY)
    sheet.ok(ROWS)
    registered(sheet, ["a", "b"])
    track(sheet, "promote churn@1.0.0 staging")
    track(sheet, "promote churn@1.0.0 production")
    return sheet


def registered(sheet, names):
    sheet.ok(FIT.format(names=names), "example = X[names]")
    track(sheet, "register model churn --example example")


def track(sheet, line):
    return sheet.shell.run_line_magic("track", line)


def results(said):
    return {one["check"]: one for one in json.loads(str(said))["results"]}


def test_versions_are_measured_on_the_policys_rows_and_compared_on_them(lab) -> None:
    registered(lab, ["a", "b", "c"])
    better = track(lab, "gate churn@latest production --form json")
    found = results(better)
    assert json.loads(str(better))["verdict"] == "passed"
    words = found["perf.vs_champion"]["words"]
    assert "better than the champion's" in words
    assert "on the same 600 rows" in words
    assert "is shown" in words
    assert found["soak.time"]["outcome"] == "warned"
    assert "in DEVELOPMENT, not in STAGING" in found["soak.time"]["words"]
    assert found["fairness.demographic_parity"]["outcome"] == "passed"


def test_a_worse_one_stays_where_it_is_and_says_by_how_much(lab) -> None:
    registered(lab, ["a"])
    with pytest.raises(UsageError, match=r"perf\.threshold\(f1_macro\)"):
        track(lab, "promote churn@latest staging")
    found = results(track(lab, "gate churn@latest production --form json"))
    assert found["perf.vs_champion"]["outcome"] == "failed"
    assert "is worse than the champion's" in found["perf.vs_champion"]["words"]


def test_other_rows_are_another_question(lab) -> None:
    registered(lab, ["a", "b", "c"])
    file = lab.project / "eval.csv"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], *lines[-20:]]) + "\n")
    found = results(track(lab, "gate churn@latest production --form json"))
    assert "on the same 20 rows" in found["perf.vs_champion"]["words"]
    assert "is not shown" in found["perf.vs_champion"]["words"]
