"""The area under the ROC curve is scikit-learn's, of drawn rows too, ties counting half."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from trackbook.errors import Misused
from trackbook.statistics import (
    Predictions,
    bounds,
    measured,
    metric_named,
    paired_bootstrap,
    redrawn,
)
from trackbook.statistics.ranks import area, ranked

AUC = metric_named("roc_auc")
LABELS = np.array(["no", "yes"])


def said_of(score, classes=LABELS):
    scores = np.column_stack([1 - score, score])
    return Predictions(classes[(score > 0.5).astype(int)], scores, classes)


def rows(n, seed=0, digits=9):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n)
    score = np.clip(0.3 * truth + rng.uniform(0, 0.7, n), 0, 1).round(digits)
    return LABELS[truth], score


@pytest.mark.parametrize("digits", [9, 1, 0])
def test_it_is_what_scikit_learn_says(digits) -> None:
    truth, score = rows(500, digits=digits)
    assert measured(AUC, truth, said_of(score)) == pytest.approx(
        roc_auc_score(truth == "yes", score), abs=1e-12
    )


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), min_size=2))
@settings(max_examples=200)
def test_rows_that_are_there_several_times_count_so(cells) -> None:
    truth = LABELS[[int(one) for one, _, _ in cells]]
    score = np.array([at / 4 for _, at, _ in cells])
    counts = np.array([n for _, _, n in cells], dtype=float)
    found = area(ranked(truth, said_of(score)), counts)
    both = {one for one, _, n in cells if n}
    if len(both) < 2:
        assert np.isnan(found)
        return
    wanted = roc_auc_score(truth == "yes", score, sample_weight=counts)
    assert found == pytest.approx(wanted, abs=1e-9)


def test_resamples_are_those_of_the_same_dice_drawn_row_by_row() -> None:
    truth, score = rows(80, digits=1)
    drawn = redrawn(AUC, truth, [said_of(score)], np.random.default_rng(4), 50)[:, 0]
    rng = np.random.default_rng(4)
    for value in drawn:
        at = rng.integers(0, 80, 80)
        assert value == pytest.approx(roc_auc_score(truth[at] == "yes", score[at]))


def test_the_interval_of_the_area_is_about_that_of_hanley_and_mcneil() -> None:
    truth, score = rows(2_000)
    value, found = bounds(
        AUC, truth, said_of(score), rng=np.random.default_rng(1), level=0.95
    )
    n1, n0 = (truth == "yes").sum(), (truth == "no").sum()
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value) + (n1 - 1) * (q1 - value**2) + (n0 - 1) * (q2 - value**2)
    half = 1.96 * np.sqrt(variance / (n1 * n0))
    assert found.high - found.low == pytest.approx(2 * half, rel=0.15)


def test_a_better_order_is_shown_and_an_equal_one_is_not() -> None:
    truth, score = rows(400)
    rng = np.random.default_rng(9)
    blurred = said_of(np.clip(score + rng.normal(0, 0.3, 400), 0, 1))
    dice = {"rng": np.random.default_rng(2), "resamples": 500}
    assert paired_bootstrap(AUC, truth, said_of(score), blurred, **dice).p_value < 0.01
    same = paired_bootstrap(AUC, truth, said_of(score), said_of(score), **dice)
    assert (same.gain, same.p_value) == (0, 1)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Predictions(LABELS[[0, 1]]), "no scores"),
        (Predictions(LABELS[[0, 1]], np.full((2, 3), 1 / 3), np.array(["a", "b", "c"])), "3 classes"),
        (said_of(np.array([0.2, np.nan])), "missing or infinite"),
        (said_of(np.array([0.2, 0.4]), np.array(["a", "b"])), "knows no class"),
    ],
)  # fmt: skip
def test_what_cannot_be_ordered_is_said(said, says) -> None:
    with pytest.raises(Misused, match=says):
        measured(AUC, LABELS[[0, 1]], said)


def test_rows_of_one_class_have_no_area() -> None:
    with pytest.raises(Misused, match="undefined"):
        measured(AUC, LABELS[[1, 1]], said_of(np.array([0.2, 0.4])))
