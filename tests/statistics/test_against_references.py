"""What the statistics say is what independent implementations and published examples say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from trackbook.errors import Misused, NotFound
from trackbook.statistics import (
    Predictions,
    bca,
    bounds,
    calibration_error,
    group_rates,
    holm,
    mcnemar,
    measured,
    metric_named,
    paired_bootstrap,
    percentile,
    redrawn,
    spread_of,
    wilson,
)


def pairs(both, ours, theirs, neither):
    """Which rows two models have right, from the four counts."""
    first = [1] * (both + ours) + [0] * (theirs + neither)
    second = [1] * both + [0] * ours + [1] * theirs + [0] * neither
    return np.array(first), np.array(second)


@pytest.mark.parametrize(
    "counts", [(5, 3, 9, 2), (0, 0, 0, 4), (9, 12, 12, 1), (7, 1, 23, 0)]
)
def test_few_discordant_rows_are_counted_exactly(counts) -> None:
    a, b, c, d = counts
    found = mcnemar(*pairs(*counts))
    wanted = reference_mcnemar([[a, b], [c, d]], exact=True)
    assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-12)
    assert found.method == "exact"
    better = stats.binomtest(b, b + c, 0.5, alternative="greater").pvalue if b + c else 1.0
    assert found.p_better == pytest.approx(better, rel=1e-12)


@pytest.mark.parametrize(
    "counts", [(5, 13, 12, 2), (100, 40, 70, 9), (0, 25, 0, 0), (3, 30, 30, 1)]
)
def test_many_discordant_rows_have_the_corrected_normal_distribution(counts) -> None:
    a, b, c, d = counts
    found = mcnemar(*pairs(*counts))
    wanted = reference_mcnemar([[a, b], [c, d]], exact=False, correction=True)
    if b == c:  # the reference corrects nothing into something there
        assert found.p_value == 1.0
    else:
        assert found.p_value == pytest.approx(wanted.pvalue, rel=1e-9)
    assert found.method == "chi2"


def test_the_example_of_r_has_its_documented_result() -> None:
    """R's ?mcnemar.test: approval of the president, 794, 86, 150, 570; p-value = 4.115e-05."""
    found = mcnemar(*pairs(794, 86, 150, 570))
    assert found.p_value == pytest.approx(4.115e-05, rel=1e-3)


@pytest.mark.parametrize(
    ("count", "total"), [(0, 10), (10, 10), (1, 30), (81, 263), (500, 1000)]
)
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_a_share_has_wilsons_interval(count, total, level) -> None:
    found = wilson(count, total, level)
    low, high = proportion_confint(count, total, alpha=1 - level, method="wilson")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_newcombes_published_intervals_are_met() -> None:
    """Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    table = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605),
             (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}  # fmt: skip
    for (count, total), wanted in table.items():
        found = wilson(count, total, 0.95)
        assert (found.low, found.high) == pytest.approx(wanted, abs=5e-5)


def test_holms_values_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(0)
    for count in (1, 2, 5, 40):
        given = list(rng.random(count) ** 3)
        wanted = multipletests(given, method="holm")[1]
        assert holm(given) == pytest.approx(list(wanted), rel=1e-12)
    assert holm([]) == []


def test_intervals_of_given_draws_are_those_of_scipy() -> None:
    """The same draws are given to both: no dice between them."""
    rng = np.random.default_rng(1)
    rows = rng.exponential(size=80)
    wanted = stats.bootstrap((rows,), np.mean, n_resamples=3000, method="BCa", rng=rng)
    draws = wanted.bootstrap_distribution
    without = (rows.sum() - rows) / (len(rows) - 1)
    found = bca(draws, float(rows.mean()), without, 0.95)
    interval = wanted.confidence_interval
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-9)
    plain = stats.bootstrap(
        (rows,), np.mean, n_resamples=0, method="percentile", bootstrap_result=wanted
    ).confidence_interval
    found = percentile(draws, 0.95)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), rel=1e-12)


def many(seed=3, count=400):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, count)
    said = np.where(rng.random(count) < 0.6, truth, rng.integers(0, 3, count))
    scores = rng.dirichlet(np.ones(3), count)
    return truth, Predictions(said, scores, np.array([0, 1, 2]))


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("accuracy", lambda y, p: sk.accuracy_score(y, p.outputs)),
        ("error_rate", lambda y, p: 1 - sk.accuracy_score(y, p.outputs)),
        ("mse", lambda y, p: sk.mean_squared_error(y, p.outputs)),
        ("rmse", lambda y, p: sk.root_mean_squared_error(y, p.outputs)),
        ("mae", lambda y, p: sk.mean_absolute_error(y, p.outputs)),
        ("log_loss", lambda y, p: sk.log_loss(y, p.scores)),
        ("brier", lambda y, p: sk.brier_score_loss(y, p.scores, labels=[0, 1, 2])),
        ("f1_macro", lambda y, p: sk.f1_score(y, p.outputs, average="macro")),
        ("f1_weighted", lambda y, p: sk.f1_score(y, p.outputs, average="weighted")),
        ("precision_macro", lambda y, p: sk.precision_score(y, p.outputs, average="macro")),
        ("recall_macro", lambda y, p: sk.recall_score(y, p.outputs, average="macro")),
        ("balanced_accuracy", lambda y, p: sk.balanced_accuracy_score(y, p.outputs)),
    ],
)
def test_our_own_metrics_are_scikit_learns(name, reference) -> None:
    for seed in range(3):
        truth, said = many(seed)
        assert measured(metric_named(name), truth, said) == pytest.approx(
            reference(truth, said), rel=1e-9
        )


def test_the_brier_score_of_two_classes_is_the_usual_one() -> None:
    rng = np.random.default_rng(0)
    truth, share = rng.integers(0, 2, 300), rng.random(300)
    said = Predictions(truth, np.column_stack([1 - share, share]), np.array([0, 1]))
    wanted = sk.brier_score_loss(truth, share)
    assert measured(metric_named("brier"), truth, said) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    "name",
    ["accuracy", "rmse", "brier", "f1_macro", "balanced_accuracy", "matthews_corrcoef"],
)
@pytest.mark.parametrize("is_stratified", [False, True])
def test_every_short_cut_draws_the_same_distribution_as_drawing_rows(
    name, is_stratified
) -> None:
    """Two samples of 1,500 resamples each, of which neither mean nor spread is another."""
    truth, said = many()
    strata = truth if is_stratified else None
    metric = metric_named(name)
    quick = redrawn(metric, truth, [said], np.random.default_rng(5), 1500, strata)[:, 0]
    rng = np.random.default_rng(6)
    groups = [np.flatnonzero(truth == one) for one in range(3)]
    slow = []
    for _ in range(1500):
        at = rng.integers(0, len(truth), len(truth))
        if is_stratified:
            at = np.concatenate([rng.choice(one, len(one)) for one in groups])
        slow.append(measured(metric, truth[at], said.of(at)))
    assert stats.ks_2samp(quick, slow).pvalue > 0.001
    assert quick.std() == pytest.approx(np.std(slow), rel=0.1)


def test_rows_of_both_models_are_drawn_together() -> None:
    """Of nearly the same models the difference varies far less than either."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=500)
    one = truth + rng.normal(size=500)
    two = Predictions(one + rng.normal(scale=0.01, size=500))
    for name in ("mae", "rmse"):
        draws = redrawn(metric_named(name), truth, [Predictions(one), two], rng, 500)
        assert (draws[:, 0] - draws[:, 1]).std() < draws[:, 0].std() / 20


def test_the_calibration_error_is_told_by_hand() -> None:
    """Guo's definition: |0.95 - 0.5| of two rows, |0.65 - 1| of two rows, of four."""
    sure, right = np.array([0.9, 1.0, 0.65, 0.65]), np.array([1, 0, 1, 1])
    error, bins = calibration_error(sure, right, 5)
    assert error == pytest.approx((0.45 * 2 + 0.35 * 2) / 4)
    assert [one.n for one in bins] == [2, 2]
    assert calibration_error(np.zeros(4), np.zeros(4))[0] == 0


def test_rates_of_groups_are_told_by_hand() -> None:
    true = np.array([1, 1, 0, 0, 1, 1, 0, 0])
    said = np.array([1, 1, 1, 0, 1, 0, 0, 0])
    group = np.array(["a"] * 4 + ["b"] * 4)
    found = group_rates(true, said, group)
    assert (found["a"].selected.share, found["b"].selected.share) == (0.75, 0.25)
    parity = spread_of({name: one.selected for name, one in found.items()})
    assert (parity.difference, parity.ratio) == pytest.approx((0.5, 1 / 3))
    assert (parity.lowest, parity.highest) == ("b", "a")
    assert found["a"].true_positive.share - found["b"].true_positive.share == 0.5
    assert found["a"].false_positive.share - found["b"].false_positive.share == 0.5


def test_what_cannot_be_told_is_said() -> None:
    truth, said = many()
    rng = np.random.default_rng(0)
    with pytest.raises(NotFound, match="did you mean 'accuracy'"):
        metric_named("acuracy")
    with pytest.raises(Misused, match="no probabilities"):
        measured(metric_named("brier"), truth, Predictions(said.outputs))
    with pytest.raises(Misused, match="fractions"):
        measured(metric_named("accuracy"), truth, Predictions(said.outputs + 0.5))
    with pytest.raises(Misused, match="these are labels"):
        measured(metric_named("mae"), truth.astype(str), said)
    with pytest.raises(Misused, match="knows no class '3'"):
        measured(metric_named("log_loss"), truth + 1, said)
    with pytest.raises(Misused, match="level is 1"):
        bounds(metric_named("mae"), truth, said, rng=rng, level=1)
    with pytest.raises(Misused, match="one per row"):
        paired_bootstrap(metric_named("mae"), truth, said, said, rng=rng, strata=truth[:5])
    with pytest.raises(Misused, match="0 of 0 is no share"):
        wilson(0, 0)


@pytest.mark.parametrize(
    ("count", "share"),
    [(100, 0.9), (367, 0.99), (368, 0.99), (5, 0.5), (1000, 0.99), (6, 0.5)],
)
def test_a_quantile_lies_between_the_innermost_values_that_its_level_allows(
    count, share
) -> None:
    from math import comb

    from trackbook.statistics import quantile

    rest = 0.025
    chance = [
        comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(count + 1)
    ]
    below = [at for at in range(1, count + 1) if sum(chance[:at]) <= rest]
    above = [at for at in range(1, count + 1) if sum(chance[at:]) <= rest]
    values = np.arange(1, count + 1, dtype=float)
    found = quantile(values[::-1], share)
    assert found.low == (max(below) if below else None)
    assert found.high == (min(above) if above else None)
    assert found.value == np.quantile(values, share)


def test_the_interval_of_a_quantile_holds_it_as_often_as_it_says() -> None:
    from trackbook.statistics import quantile

    rng = np.random.default_rng(0)
    wanted = stats.lognorm.ppf(0.9, 1)
    held = 0
    for _ in range(1000):
        found = quantile(rng.lognormal(size=200), 0.9)
        held += found.low <= wanted <= found.high
    assert 0.945 < held / 1000 < 0.985


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, 1]])
def test_a_quantile_of_no_numbers_is_refused(values) -> None:
    from trackbook.statistics import quantile

    with pytest.raises(Misused):
        quantile(np.array(values), 0.5)


def test_a_two_sided_p_of_the_bootstrap_is_the_same_whoever_is_called_ours() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=120)
    first = Predictions(truth + rng.normal(size=120))
    other = Predictions(truth + 1.1 * rng.normal(size=120))
    metric = metric_named("mae")
    there, back = (
        paired_bootstrap(metric, truth, *pair, rng=np.random.default_rng(7), resamples=1000)
        for pair in ((first, other), (other, first))
    )
    assert there.p_value == pytest.approx(back.p_worse, abs=0.03)
    assert there.p_value + there.p_worse == pytest.approx(1.0, abs=0.002)
    assert there.p_different == 2 * min(there.p_value, there.p_worse)
    same = paired_bootstrap(metric, truth, first, first, rng=np.random.default_rng(7))
    assert same.p_different == 1.0
