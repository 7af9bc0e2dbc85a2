"""A run executed again in a real, fresh kernel gives what it gave, or why not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from trackbook.doors import proofs
from trackbook.errors import Misused
from trackbook.lineage import slice_of
from trackbook.panels.fields import fields_of, value_of
from trackbook.reproduce import Rerun, reproduce, verdict
from trackbook.reproduce.differences import Difference
from trackbook.reproduce.outcome import Learned, Outcome

SHELL = "from trackbook.doors.cli import run; run()"
TREE = (
    "from sklearn.datasets import load_iris\nfrom sklearn.tree import DecisionTreeClassifier\n"
    "X, y = load_iris(return_X_y=True)",
    "depth = 3",
    "tree = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y)",
    "acc = tree.score(X, y)",
)


def test_the_page_of_a_run_says_whether_it_came_again(sheet) -> None:
    from trackbook.doors.verbs import show

    again(sheet, "loss = sum([0.5, 0.25])")
    assert "identical" in repr(show(sheet.book, "last").facts())
    assert sheet.sql("SELECT verdict, cause FROM reproductions") == [("identical", "")]


def outcome(points, *, data=(), models=()):
    """Return what a run gave."""
    return Outcome(points=points, data=data, models=models)


def again(sheet, *cells):
    """Execute cells, and the last run's slice again; return what came of it."""
    sheet.ok(*cells)
    run = sheet.runs()[-1]
    found, cut, _ = reproduce(sheet.book.store, run)
    sheet.book.put(found, run.run_id)
    return run, found, cut


def test_a_seeded_training_is_identical(sheet) -> None:
    _, found, cut = again(sheet, TREE[0], "unused = list(range(1000))", *TREE[1:])
    assert (found.verdict, found.differences, found.cause) == ("identical", [], "")
    assert "unused = list(range(1000))" in [part.source for part in cut.left_out]


def test_random_numbers_without_a_seed_come_again(sheet) -> None:
    _, found, _ = again(
        sheet,
        "import numpy as np, random",
        "noise = np.random.rand(5)\nmore = random.random()",
        "loss = float(noise.sum()) + more",
    )
    assert found.verdict == "identical"


def test_series_are_compared_point_by_point(sheet) -> None:
    _, found, _ = again(
        sheet,
        "losses = []\nfor n in range(1, 30):\n    losses.append(1 / n)",
        "%track start by-hand",
        "import trackbook\nfor n in range(5): trackbook.log_metric('loss', 1 / (n + 1), step=n)",
        "%track stop",
    )
    assert found.verdict == "identical"


def test_chance_is_told_from_the_world(sheet) -> None:
    _, found, _ = again(
        sheet,
        "import numpy as np",
        "loss = float(np.random.default_rng().random())",
    )
    assert (found.verdict, found.cause) == ("different", "nondeterministic")
    assert "loss was" in found.differences[0]
    assert "default_rng() without a seed" in found.blames


def test_what_changed_outside_is_external(sheet, tmp_path) -> None:
    (tmp_path / "data.txt").write_text("1.5")
    sheet.ok("loss = float(open('data.txt').read())")
    (tmp_path / "data.txt").write_text("2.5")
    found, *_ = reproduce(sheet.book.store, sheet.runs()[-1])
    assert (found.verdict, found.cause) == ("different", "external")


def test_a_cell_that_fails_is_named(sheet, tmp_path) -> None:
    (tmp_path / "data.txt").write_text("1.5")
    sheet.ok("text = open('data.txt').read()", "loss = float(text) * 2")
    (tmp_path / "data.txt").unlink()
    found, *_ = reproduce(sheet.book.store, sheet.runs()[-1])
    assert found.verdict == "failed"
    assert "FileNotFoundError" in found.differences[0]


def test_a_slice_that_missed_something_is_widened(sheet, monkeypatch) -> None:
    sheet.ok("x = [1.0]", "x.append(2.0)", "other = 3", "loss = sum(x)")
    store, run = sheet.book.store, sheet.runs()[-1]
    whole = slice_of(store, run)

    def blind(store, run):
        from dataclasses import replace

        left = [part for part in whole.parts if "append" not in part.source]
        return replace(whole, parts=left)

    monkeypatch.setattr(verdict, "slice_of", blind)
    found, *_ = reproduce(store, run)
    sheet.book.put(found, run.run_id)
    assert (found.verdict, found.cause) == ("different", "missed dependency")
    assert "other = 3" in [part.source for part in slice_of(store, run).parts]


def test_executing_again_touches_no_file_of_the_first_time(sheet, tmp_path) -> None:
    sheet.ok(
        "import os; os.makedirs('out', exist_ok=True)",
        "open('out/model.txt', 'a').write('3')\nopen('log.txt', 'w').write('first')",
        "loss = float(open('out/model.txt').read())",
    )
    before = {file: file.read_bytes() for file in tmp_path.glob("**/*.txt")}
    found, *_ = reproduce(sheet.book.store, sheet.runs()[-1])
    assert found.verdict == "identical"
    assert {file: file.read_bytes() for file in tmp_path.glob("**/*.txt")} == before


def test_a_run_without_metrics_cannot_be_compared(sheet) -> None:
    sheet.ok("%%track empty\nx = 1")
    with pytest.raises(Misused, match="has no metrics"):
        reproduce(sheet.book.store, sheet.runs()[-1])


@pytest.mark.parametrize(
    ("recorded", "now", "tolerance", "expected"),
    [
        (0.3, 0.1 + 0.2, 1e-9, "within tolerance"),
        (0.3, 0.1 + 0.2, 0.0, "different"),
        (0.3, 0.31, 1e-9, "different"),
        (0.3, 0.31, 0.1, "within tolerance"),
        (0.0, 1e-300, 0.1, "different"),
        (float("nan"), float("nan"), 0.0, "identical"),
        (float("nan"), 1.0, 0.5, "different"),
        (0.0, -0.0, 0.0, "within tolerance"),
    ],
)
def test_a_number_is_the_same_to_the_bit_or_near_enough(
    recorded, now, tolerance, expected
) -> None:
    key = ("cell", "", 0)
    done = Rerun(
        runs={key: outcome({"loss": [(0, now)]})}, failure=None, failed_at=None, seconds=1.0
    )
    before = outcome({"loss": [(0, recorded)]})
    assert verdict.compared(before, done, key, tolerance).verdict == expected


def test_a_metric_that_is_missing_or_longer_differs() -> None:
    key = ("cell", "", 0)
    done = Rerun(
        runs={key: outcome({"loss": [(0, 1.0)]})}, failure=None, failed_at=None, seconds=1.0
    )
    recorded = {"loss": [(0, 1.0), (1, 0.5)], "acc": [(0, 0.9)]}
    found = verdict.compared(outcome(recorded), done, key, 1.0)
    assert found.verdict == "different"
    assert {one.metric for one in found.metrics} == {"loss", "acc"}


def test_the_shell_answers_with_one_object(sheet) -> None:
    sheet.ok(*TREE)
    run = sheet.runs()[-1]
    sheet.book.store.drain()
    done = subprocess.run(
        [sys.executable, "-c", SHELL, "reproduce", run.run_id, "--json"],
        capture_output=True,
        text=True,
        cwd=sheet.project,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["run_id"] == run.run_id
    assert told["verdict"] == "identical"
    assert told["differences"] == []
    assert told["seconds"] > 0


def test_random_numbers_come_again_from_the_cell_that_imports_their_library(sheet) -> None:

    session = (
        "from IPython.core.interactiveshell import InteractiveShell as S\n"
        "s = S.instance()\n"
        "for c in ('%load_ext trackbook', 'import numpy as np\\nx = np.random.rand(5)',"
        " 'loss = float(x.sum())'): s.run_cell(c).raise_error()"
    )
    subprocess.run([sys.executable, "-c", session], check=True, capture_output=True)
    found, *_ = reproduce(sheet.book.store, sheet.book.find("last"))
    assert found.verdict == "identical"


LINE = "import pandas as pd\nfrom sklearn.linear_model import LinearRegression"
FITTED = (
    "df = pd.read_csv('train.csv')",
    "m = LinearRegression().fit(df[['a']], df.b)",
    "loss = float(len(df))",
)


def test_data_that_changed_are_told_and_blamed(sheet, tmp_path) -> None:
    (tmp_path / "train.csv").write_text("a,b\n1,2\n2,4\n3,6\n")
    sheet.ok(LINE, *FITTED)
    (tmp_path / "train.csv").write_text("a,b\n1,2\n2,5\n3,6\n")
    run = next(run for run in sheet.runs() if run.name.startswith("Linear"))
    found, *_ = reproduce(sheet.book.store, run)
    assert (found.verdict, found.cause) == ("different", "external")
    assert "data df (loaded) are not what they were" in found.differences
    assert f"data changed: {tmp_path / 'train.csv'}" in found.blames[0]


def test_a_model_that_learned_something_else_is_told(sheet) -> None:
    sheet.ok(*TREE)
    run = sheet.runs()[-1]
    sheet.book.settle()
    before = verdict.outcome_of(sheet.book.store, run.run_id)
    other = Learned(label="DecisionTreeClassifier", digest="m1:0")
    after = {("x", "", 0): outcome(before.points, data=before.data, models=[other])}
    done = Rerun(runs=after, failure=None, failed_at=None, seconds=1.0)
    found = verdict.compared(before, done, ("x", "", 0), 0.0)
    assert found.verdict == "different"
    assert found.said == [
        "the model DecisionTreeClassifier learned something else, whatever its metrics say"
    ]


def test_a_model_whose_content_never_stays_the_same_is_not_held_against_its_run(
    sheet,
) -> None:
    sheet.ok(
        "import os\nfrom sklearn.dummy import DummyClassifier",
        "class Odd(DummyClassifier):\n    def fit(self, X, y):\n"
        "        super().fit(X, y)\n        self.token_ = os.urandom(8)\n        return self",
        "m = Odd().fit([[0], [1]], [0, 1])",
        "acc = m.score([[0], [1]], [0, 1])",
    )
    run = next(run for run in sheet.runs() if run.name.startswith("Odd"))
    assert reproduce(sheet.book.store, run).found.verdict == "identical"


def test_the_noise_of_a_metric_is_learned_from_several_tries(sheet) -> None:
    sheet.ok("import os", "loss = 1 + int.from_bytes(os.urandom(4)) / 1e12")
    proof = sheet.run("%track reproduce last --check 3").result
    told = json.loads(proof.json())
    assert told["tries"] == 3
    assert told["noise"]["loss"]["least"] < told["noise"]["loss"]["greatest"]
    assert sheet.sql("SELECT metric, tries FROM noise") == [("loss", 3)]
    assert "in 3 tries" in repr(proof)


@pytest.mark.parametrize(
    ("recorded", "tries", "expected"),
    [
        (1.5, [1.0, 2.0], True),
        (9.0, [1.0, 2.0], False),
        (1.0, [1.0], False),
        (2.6, [1, 2], True),
    ],
)
def test_noise_is_what_several_tries_gave_and_three_deviations(
    recorded, tries, expected
) -> None:
    one = Difference(metric="loss", step=0, recorded=recorded, now=tries[0])
    outcomes = [outcome({"loss": [(0, float(value))]}) for value in tries]
    assert verdict.is_noise(one, outcomes) is expected


def test_an_odd_number_of_tries_is_refused(sheet) -> None:
    with pytest.raises(Misused, match="check is 0"):
        proofs.reproduce(sheet.book, "last", check=0)


def test_the_verdict_stands_wherever_the_run_is_shown(sheet) -> None:
    again(sheet, "loss = sum([0.5, 0.25])")
    sheet.ok("loss2 = sum([1.5, 0.25])")
    (found,) = sheet.runs("reproduced = 'identical'")
    assert found.reproduced == "identical"
    assert "✓ identical" in repr(sheet.run("%track runs").result)
    assert "✓ identical" in sheet.run("%track runs").result._repr_html_()
    assert [run.reproduced for run in sheet.runs()] == ["identical", None]
    assert sheet.sql("SELECT reproduced FROM runs ORDER BY run_id") == [
        ("identical",),
        (None,),
    ]
    compared = {f.name: f for f in fields_of(sheet.runs())}
    assert value_of(found, compared["reproduced"].key) == "✓ identical"


def test_where_nothing_was_executed_again_nothing_is_said_of_it(sheet) -> None:
    sheet.ok("loss = sum([0.5, 0.25])")
    assert "reproduced" not in repr(sheet.run("%track runs").result)
    assert "reproduced" not in [field.name for field in fields_of(sheet.runs())]


def test_how_long_a_fit_took_is_not_compared(sheet) -> None:
    _, found, _ = again(
        sheet,
        "from sklearn.datasets import load_iris\nfrom sklearn.model_selection import GridSearchCV\n"
        "from sklearn.tree import DecisionTreeClassifier\nX, y = load_iris(return_X_y=True)",
        "tree = DecisionTreeClassifier(random_state=0)\n"
        "GridSearchCV(tree, {'max_depth': [1, 2]}, cv=3).fit(X, y)",
    )
    assert "fit_time_s" in sheet.runs()[-1].metrics
    assert found.verdict == "identical"
