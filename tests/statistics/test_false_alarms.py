"""How often a test is wrong, by simulation: seeded, so that the answer is always the same.

A test that is wrong at 5 % is so in 50 of 1,000 trials, give or take 7 (one standard deviation);
the limits are three of them.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from trackbook.statistics import (
    Predictions,
    bounds,
    holm,
    mcnemar,
    metric_named,
    paired_bootstrap,
)

TRIALS, ALPHA = 1000, 0.05


def highest(alpha: float, trials: int = TRIALS) -> int:
    """As many false alarms as a test at alpha has in all but one of a thousand tries."""
    return int(binom.ppf(0.999, trials, alpha))


def two_models(rng, rows, ours, theirs):
    """Two models that are independently right about so often."""
    truth = rng.integers(0, 2, rows)
    return truth, *(
        Predictions(np.where(rng.random(rows) < share, truth, 1 - truth))
        for share in (ours, theirs)
    )


@pytest.mark.parametrize(("ours", "beyond"), [(0.8, 0.0), (0.75, -0.05)])
def test_the_paired_bootstrap_raises_no_more_false_alarms_than_alpha(ours, beyond) -> None:
    """At the edge of what it denies: equal models, and one that is worse by just the margin."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(TRIALS):
        truth, one, two = two_models(rng, 300, ours, 0.8)
        found = paired_bootstrap(
            metric_named("accuracy"), truth, one, two, rng=rng, beyond=beyond, resamples=500
        )
        alarms += found.p_value <= ALPHA
    assert highest(ALPHA) >= alarms > TRIALS * ALPHA / 3


def test_errors_of_numbers_raise_no_more_false_alarms_than_alpha() -> None:
    rng = np.random.default_rng(12)
    alarms = 0
    for _ in range(TRIALS):
        truth = rng.normal(size=200)
        one, two = (Predictions(truth + rng.normal(size=200)) for _ in range(2))
        found = paired_bootstrap(
            metric_named("mse"), truth, one, two, rng=rng, resamples=500
        )
        alarms += found.p_value <= ALPHA
    assert highest(ALPHA) >= alarms > TRIALS * ALPHA / 3


@pytest.mark.parametrize("rows", [40, 300])
def test_mcnemar_raises_no_more_false_alarms_than_alpha(rows) -> None:
    rng = np.random.default_rng(13)
    one_sided = two_sided = 0
    for _ in range(TRIALS):
        truth, one, two = two_models(rng, rows, 0.8, 0.8)
        found = mcnemar(one.outputs == truth, two.outputs == truth)
        one_sided += found.p_better <= ALPHA
        two_sided += found.p_value <= ALPHA
    assert max(one_sided, two_sided) <= highest(ALPHA)


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(14)
    by_draws = by_counts = 0
    for _ in range(200):
        truth, one, two = two_models(rng, 400, 0.86, 0.78)
        found = paired_bootstrap(
            metric_named("accuracy"), truth, one, two, rng=rng, resamples=500
        )
        by_draws += found.p_value <= ALPHA
        by_counts += mcnemar(one.outputs == truth, two.outputs == truth).p_better <= ALPHA
    assert min(by_draws, by_counts) > 150


def test_holm_keeps_the_error_of_many_slices_together() -> None:
    rng = np.random.default_rng(15)
    alarms = bare = 0
    for _ in range(TRIALS):
        p_values = list(rng.random(20))
        alarms += min(holm(p_values)) <= ALPHA
        bare += min(p_values) <= ALPHA
    assert alarms <= highest(ALPHA)
    assert bare > TRIALS / 2


@pytest.mark.parametrize(("metric", "true"), [("accuracy", 0.8), ("mse", 1.0)])
def test_the_lower_bound_lies_above_the_truth_as_seldom_as_it_says(metric, true) -> None:
    rng = np.random.default_rng(16)
    above = 0
    for _ in range(TRIALS):
        if metric == "accuracy":
            truth, said, _ = two_models(rng, 100, true, 0.5)
        else:
            truth = rng.normal(size=100)
            said = Predictions(truth + rng.normal(size=100))
        _, interval = bounds(metric_named(metric), truth, said, rng=rng, resamples=500)
        above += interval.low > true
    # Of few rows a bootstrap is a little too sure, and shares come in steps.
    assert above <= highest(0.07)
