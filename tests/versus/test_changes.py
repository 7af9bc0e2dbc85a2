"""What is not the same in the code, the signature and the sizes of versions."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from trackbook.statistics import Predictions
from trackbook.versus.changes import change_of
from trackbook.versus.judging import judged, misfit, task_of, too_few, verdict_of
from trackbook.versus.lines import Cell, ratio
from trackbook.versus.question import Question
from trackbook.versus.side import cells_in


def side(name, script):
    return SimpleNamespace(name=name, cells=cells_in(script))


def test_cells_that_changed_came_and_went_are_counted() -> None:
    first = side("a@1", "# %% [1]\nimport x\n\n# %% [2]\nlr = 0.1\n\n# %% [4]\nfit(lr)\n")
    other = side(
        "a@2",
        "# %% [1]\nimport x\n\n# %% [2]\nlr = 0.2\n\n# %% [3]\nmore()\n\n# %% [4]\nfit(lr)\n",
    )
    told = change_of(first, other)
    assert told.words == "1 cell changed, 1 cell added"
    assert "-lr = 0.1" in told.diff and "+lr = 0.2" in told.diff
    assert change_of(other, first).words == "1 cell changed, 1 cell removed"
    assert change_of(first, first).words == "the same code"
    assert change_of(first, side("a@3", "")) is None


@pytest.mark.parametrize(
    ("truth", "outputs", "task"),
    [
        ([0, 1, 1], [0, 1, 0], "labels"),
        ([0, 1, 1], [0.2, 0.7, 0.9], "numbers"),
        (["a", "b"], ["a", "a"], "labels"),
        ([1.5, 2.5], [1.0, 2.0], "numbers"),
        ([0.0, 1.0], [0.0, 1.0], "labels"),
        (list(range(900)), list(range(900)), "numbers"),
    ],
)
def test_labels_are_told_from_numbers(truth, outputs, task) -> None:
    assert task_of(Predictions(np.array(outputs)), np.array(truth)) == task


def test_few_rows_tell_nothing_and_say_so() -> None:
    from trackbook.statistics import metric_named

    truth = np.array([0, 1] * 6)
    first, other = truth.copy(), truth.copy()
    other[:2] = 1 - other[:2]
    asked = Question(rows=None, evaluation=None, resamples=500)
    found = verdict_of(
        metric_named("accuracy"),
        truth,
        Predictions(other),
        Predictions(first),
        asked,
        version="a@2",
    )
    (told,) = judged([found])
    assert told.outcome == "undecided" and told.gain < 0
    assert told.words.startswith("no difference can be told from 12 rows")
    same = verdict_of(
        metric_named("accuracy"),
        truth,
        Predictions(first),
        Predictions(first),
        asked,
        version="a@2",
    )
    assert judged([same])[0].words == "says the same of all 12 rows"


def test_the_same_dice_give_the_same_intervals_and_others_do_not() -> None:
    from trackbook.statistics import metric_named

    rng = np.random.default_rng(0)
    truth = rng.normal(size=80)
    first, other = (Predictions(truth + rng.normal(size=80)) for _ in range(2))

    def low(seed):
        asked = Question(rows=None, evaluation=None, resamples=300, seed=seed)
        return verdict_of(
            metric_named("rmse"), truth, other, first, asked, version="a@2"
        ).low

    assert low(1) == low(1) != low(2)


def test_sizes_are_told_beside_the_first() -> None:
    assert ratio(150, 100) == "1.5 times the first's"
    assert ratio(101, 100) == "" == ratio(5, None) == ratio(5, 0)
    assert Cell(value=False).shown == "no" and Cell(words="gone").whole == "gone"


def test_a_version_that_answers_another_question_is_found_out() -> None:
    truth = np.array(["yes", "no", "yes"])
    other = misfit(Predictions(np.array([0, 1, 0])), truth)
    assert other == "it chooses among 0, 1, and the target holds no, yes: another question"
    assert misfit(Predictions(np.array(["no", "no", "no"])), truth) == ""
    sure = np.array([[0.9, 0.1]] * 3)
    knows = Predictions(np.array(["a"] * 3), sure, np.array(["a", "yes"]))
    assert misfit(knows, truth) == ""
    assert misfit(Predictions(np.array([0.5, 1.5])), np.array([7.5, 8.0])) == ""


def test_resamples_that_are_too_few_for_so_many_comparisons_are_said() -> None:
    from trackbook.statistics import metric_named

    rng = np.random.default_rng(0)
    truth = rng.normal(size=50)
    first, other = (Predictions(truth + rng.normal(size=50)) for _ in range(2))
    asked = Question(rows=None, evaluation=None, resamples=100)
    many = judged([
        verdict_of(metric_named("mae"), truth, other, first, asked, version=f"a@{n}")
        for n in range(5)
    ])  # fmt: skip
    assert too_few(many, 100).endswith("--resamples 200")
    assert too_few(many, 200) == ""
