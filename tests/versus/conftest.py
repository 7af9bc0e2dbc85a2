"""A project with versions of real models: one that has learned little, two alike, and others."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from trackbook.book import Keeping

COLUMNS = ["age", "visits", "fee"]
HOSTILE = "<img src=x onerror=alert(1)>"
POLICY = """\
version = 1
[evaluation]
data = "eval.csv"
target = "left"
[targets.staging]
require = ["package.intact"]
checks = [
  { check = "perf.slices", metric = "accuracy", by = ["region"], min = 0.1 },
  { check = "perf.threshold", metric = "balanced_accuracy", min = 0.1, on = "point", resamples = 100 },
  { check = "perf.threshold", metric = "own_measure", min = 0.1 },
]
"""
FIRST = f"""\
import trackbook
C = 1e-4
model = LogisticRegression(C=C, fit_intercept=False).fit(X * [0.0, 0.0, 1.0], y)
trackbook.log_param({HOSTILE!r}, "</td><script>alert(3)</script>")
accuracy = model.score(X_test, y_test)
"""
LATER = (
    "C = {c}\nmodel = LogisticRegression(C=C).fit(X, y)\naccuracy = model.score({on}, {y})"
)


def people(count: int, seed: int) -> pd.DataFrame:
    """Customers; whether they left depends on their age and their visits, in the north less."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(count, 3)), columns=COLUMNS)
    table["region"] = np.where(np.arange(count) % 3 == 0, HOSTILE, "south")
    pull = np.where(np.arange(count) % 3 == 0, 0.4, 2.0)
    odds = pull * (table["age"] - table["visits"])
    table["left"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    table["spent"] = 3 * table["age"] - table["fee"] + rng.normal(size=count)
    return table


@pytest.fixture(scope="module")
def lab(tmp_path_factory, shell_in):
    """A notebook in a real shell, in whose project three versions of churn are registered."""
    from trackbook.doors.session import Current

    folder = tmp_path_factory.mktemp("lab")
    (folder / "trackbook.gates.toml").write_text(POLICY)
    people(400, 2).to_csv(folder / "eval.csv", index=False)
    rows, later, last = people(800, 1), people(300, 3), people(200, 4)
    with shell_in(folder) as shell:
        shell.user_ns |= {
            "LogisticRegression": LogisticRegression, "X": rows[COLUMNS], "y": rows["left"],
            "X_test": later[COLUMNS], "y_test": later["left"],
            "X_other": last[COLUMNS], "y_other": last["left"],
        }  # fmt: skip

        def ok(*cells):
            for cell in cells:
                shell.run_cell(cell, store_history=True).raise_error()

        register = "%track register model churn"
        ok(
            "%load_ext trackbook", "%track quiet",
            FIRST, f"{register} --description '{HOSTILE}'",
            LATER.format(c=1.0, on="X_test", y="y_test"), register,
            LATER.format(c=0.8, on="X_other", y="y_other"), register,
        )  # fmt: skip
        book = Current.book
        yield SimpleNamespace(
            ok=ok, book=book, folder=folder, register=registering(book, rows),
            track=lambda line: shell.run_line_magic("track", line),
        )  # fmt: skip


def registering(book, rows):
    """Give a way to register a model that no run is known of."""

    def register(model, name, columns=COLUMNS, target="left", **keeping):
        x, y = rows[columns], rows[target]
        given = Keeping(example=x.head(100), **keeping)
        package = book.models.package(model.fit(x, y), name, run=None, keeping=given)
        return book.models.register(package, name, run=None).version

    return register


@pytest.fixture(scope="module")
def others(lab):
    """Further models: one of numbers, of other labels, one that fails at rows, a pickle."""
    strange = make_pipeline(OneHotEncoder(handle_unknown="error"), LogisticRegression())
    rows = people(800, 1)
    rows["word"] = np.where(rows["left"] == 1, "yes", "no")
    named = LogisticRegression().fit(rows[COLUMNS], rows["word"])
    book = lab.book

    def put(model, name, example, **keeping):
        given = Keeping(example=example, **keeping)
        package = book.models.package(model, name, run=None, keeping=given)
        return book.models.register(package, name, run=None).version

    return SimpleNamespace(
        numbers=lab.register(LinearRegression(), "spend", target="spent"),
        fewer=lab.register(LinearRegression(), "spend", columns=["age"], target="spent"),
        words=put(named, "words", rows[COLUMNS].head(50)),
        fails=put(
            strange.fit(rows[["region"]].replace(HOSTILE, "west"), rows["left"]),
            "churn", rows[["region"]].replace(HOSTILE, "west").head(50),
        ),
        pickle=put(
            Guess().fit(rows[COLUMNS], rows["left"]), "churn", rows[COLUMNS].head(50),
            unsafe_pickle=True,
        ),
    )  # fmt: skip


class Guess:
    """A model of somebody's own class, which only a pickle keeps."""

    def fit(self, x, y):
        self.usual = int(np.mean(y) > 0.5)
        return self

    def predict(self, rows):
        return np.full(len(rows), self.usual)
