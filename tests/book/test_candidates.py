"""A version that was registered from a notebook, as its gate sees it."""

from __future__ import annotations

import json

import pytest

import trackbook as tb
from trackbook.errors import Refused

TRAIN = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
train = pd.read_csv("train.csv")
X_train, y_train = train[["a", "b"]], train["y"]
"""
FIT = "model = LogisticRegression(C={c}).fit(X_train, y_train)\naccuracy = model.score(X_train, y_train)"
POLICY = """\
version = 1
[evaluation]
data = "eval.csv"
target = "y"
[targets.staging]
require = ["size.package"]
[targets.production]
require = ["lineage.complete", "compliance.card", "data.schema"]
checks = [
  { check = "data.leakage", severity = "warn" },
  { check = "compliance.data_licence", severity = "warn" },
  { check = "perf.vs_baseline", metric = "accuracy", mode = "non_inferiority", margin = 0.3, severity = "warn" },
]
"""


def rows(first: int) -> str:
    lines = [f"{n},{n % 7},{int(n % 40 > 20)}" for n in range(first, first + 40)]
    return "\n".join(["a,b,y", *lines, ""])


@pytest.fixture
def lab(sheet):
    folder = sheet.project
    (folder / "train.csv").write_text(rows(0))
    (folder / "eval.csv").write_text(rows(40))
    (folder / "trackbook.gates.toml").write_text(POLICY)
    sheet.ok(TRAIN, FIT.format(c=1.0))
    sheet.shell.run_line_magic("track", "register model churn --example X_train")
    return sheet


def results(report):
    return {one.check: one for one in report.results}


def test_its_run_data_code_and_environment_are_reached(lab) -> None:
    lab.shell.run_line_magic("track", "tag data_licence=CC0-1.0 pii=none")
    found = results(lab.book.models.examine("churn@1.0.0", "production"))
    for check in (
        "lineage.complete",
        "compliance.card",
        "data.schema",
        "compliance.data_licence",
    ):
        assert found[check].outcome == "passed", found[check].words
    assert json.loads(found["lineage.complete"].value) == 4
    assert "that it was trained on" in found["data.schema"].words
    assert found["data.leakage"].outcome == "skipped"


def test_training_data_that_are_the_evaluation_set_are_known_without_their_rows(
    lab,
) -> None:
    (lab.project / "eval.csv").write_text(rows(0))
    found = results(lab.book.models.examine("churn@1.0.0", "production"))
    assert found["data.leakage"].outcome == "warned"
    assert "eval.csv is X_train, on which it was trained" in found["data.leakage"].words


def test_a_model_of_a_run_without_cells_says_what_is_missing(lab) -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit([[0.0, 1], [1, 0]], [0, 1])
    tb.register(model, "bare", example=[[0.0, 1]])
    found = results(lab.book.models.examine("bare@1.0.0", "production"))
    assert found["lineage.complete"].outcome == "failed"
    assert "code: neither its cells nor a git commit" in found["lineage.complete"].words


def test_a_report_moves_nothing_once_what_it_rests_on_is_another(lab) -> None:
    models = lab.book.models
    models.promote("churn@1.0.0", "staging")
    report = models.examine("churn@1.0.0", "production")
    assert report.passed, report.text()
    kept = (lab.project / "eval.csv").read_text()
    (lab.project / "eval.csv").write_text(kept + "1,1,1\n")
    with pytest.raises(Refused, match=r"out of date: eval\.csv is another one now"):
        models.promote("churn@1.0.0", "production", report=report)
    (lab.project / "eval.csv").write_text(kept)
    lab.ok(FIT.format(c=0.1))
    lab.shell.run_line_magic("track", "register model churn --example X_train")
    lab.shell.run_line_magic("track", "alias churn@1.1.0 baseline")
    with pytest.raises(Refused, match="out of date: the baseline is another one now"):
        models.promote("churn@1.0.0", "production", report=report)
    lab.shell.run_line_magic("track", "alias churn@1.1.0 baseline --remove")
    assert models.promote("churn@1.0.0", "production", report=report).transition is not None
