"""Versions compared in JupyterLab, as somebody who has to choose one uses it."""

from __future__ import annotations

import pytest

POLICY = """\
version = 1
[evaluation]
data = "seen_by_none.csv"
target = "left"
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [
  { check = "perf.threshold", metric = "accuracy", min = 0.4, on = "point" },
  { check = "perf.slices", metric = "accuracy", by = ["region"], min = 0.1 },
]
"""
SETUP = f"""\
import numpy as np, pandas as pd, pathlib
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
pathlib.Path("trackbook.gates.toml").write_text({POLICY!r})

def people(count, seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(count, 3)), columns=["age", "visits", "fee"])
    table["region"] = np.where(np.arange(count) % 3 == 0, "<img src=x onerror=alert(1)>", "south")
    odds = np.where(np.arange(count) % 3 == 0, 0.4, 2.0) * (table["age"] - table["visits"])
    table["left"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return table

people(240, 2).to_csv("seen_by_none.csv", index=False)
columns = ["age", "visits", "fee"]
"""
TRAIN = """\
rows = people(800, 1)
X_train, y_train = rows[columns], rows["left"]
later = people(300, 3)
X_test, y_test = later[columns], later["left"]
"""
FIT = "C = {c}\nmodel = LogisticRegression(C=C).fit(X_train, y_train)\naccuracy = model.score(X_test, y_test)"
CELLS = [
    "%load_ext trackbook\n%track quiet",
    SETUP,
    TRAIN,
    FIT.format(c=0.5).replace("fit(X_train", "fit(X_train * [0.0, 0.0, 1.0]"),
    "%track register model churn --description 'hardly learns: <script>alert(2)</script>'",
    FIT.format(c=1.0),
    "%track register model churn --description 'looks at everything'",
    "trees = 60\nmodel = RandomForestClassifier(n_estimators=trees, max_depth=5, random_state=0)\\\n"
    "    .fit(X_train, y_train)\naccuracy = model.score(X_test, y_test)",
    "%track register model churn --description 'a forest'",
    "%track promote churn@1.1.0 staging --reason 'the best so far'",
    "%track compare-versions churn 1.0.0 1.1.0 1.2.0",
]


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook("versus/versus", CELLS, samples=False, size=(1500, 1400))
    opened.run()
    opened.page.wait_for_selector(".tb-versus", state="attached", timeout=180_000)
    opened.page.locator(".tb-versus").scroll_into_view_if_needed()
    opened.page.wait_for_selector(".tb-versus .tb-plot .main-svg", timeout=30_000)
    yield opened
    opened.harmless()


def test_it_looks(notebook, tmp_path):
    page = notebook.page
    page.wait_for_timeout(800)
    notebook.shot("versus", tmp_path)
