"""Versions on the same rows: what is measured, what is told apart, and who is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from trackbook.errors import Misused
from trackbook.gates import Clock
from trackbook.packages import load
from trackbook.scan import scan_folder
from trackbook.versus import chosen, question_of, versus

QUICK = Clock(calls=40, seconds=0.2)


def compared(lab, *words, **given):
    """Compare versions as the verb does, timed for a moment only."""
    lab.book.settle()
    question = question_of(lab.book.models.policy(), **given)
    return versus(lab.book, chosen(lab.book, words), question, clock=QUICK)


@pytest.fixture(scope="module")
def three(lab):
    return compared(lab, "churn", "1.0.0", "1.1.0", "1.2.0")


@pytest.fixture(scope="module")
def rows(lab):
    return pd.read_csv(lab.folder / "eval.csv")


@pytest.fixture(scope="module")
def models(lab):
    """The models themselves, to be asked by scikit-learn."""
    found = [lab.book.models.version(f"churn@1.{n}.0") for n in range(3)]
    folders = [lab.book.models.shelf.place_of(one.package_digest) for one in found]
    return [
        load(f, one.package_digest, scan=scan_folder)
        for f, one in zip(folders, found, strict=True)
    ]


def section_of(found, key):
    (section,) = [one for one in found.sections if one.key == key]
    return section


def lines_of(found, key):
    return {line.name: line for line in section_of(found, key).lines}


def verdicts(found, metric, part=""):
    judged = found.judged.slices if part else found.judged.verdicts
    return {one.version: one for one in judged if (one.metric, one.part) == (metric, part)}


def test_measures_are_those_of_scikit_learn(three, rows, models) -> None:
    x, y = rows[["age", "visits", "fee"]], rows["left"]
    wanted = {
        "accuracy": [m.score(x, y) for m in models],
        "f1_macro": [metrics.f1_score(y, m.predict(x), average="macro") for m in models],
        "log_loss": [metrics.log_loss(y, m.predict_proba(x)) for m in models],
        "balanced_accuracy": [
            metrics.balanced_accuracy_score(y, m.predict(x)) for m in models
        ],
    }
    assert set(three.judged.metrics) == set(wanted)
    for name, values in wanted.items():
        cells = lines_of(three, "measured")[name].cells
        assert [cell.value for cell in cells] == pytest.approx(values, rel=1e-9)


def test_a_difference_that_is_there_is_told_and_one_that_is_not_is_not(lab, three) -> None:
    better = verdicts(three, "accuracy")["churn@1.1.0"]
    assert better.outcome == "better"
    assert better.low > 0.1 and better.p_holm < 0.001
    assert better.words.startswith("better by 0.2")
    back = compared(
        lab, "churn", "1.1.0", "1.2.0", "1.0.0", metrics=["accuracy", "log_loss"]
    )
    alike = verdicts(back, "accuracy")["churn@1.2.0"]
    assert alike.outcome in ("undecided", "same")
    assert "no difference can be told from 400 rows" in alike.words or "same" in alike.words
    worse = verdicts(back, "accuracy")["churn@1.0.0"]
    assert (worse.outcome, worse.gain) == ("worse", pytest.approx(-better.gain))
    assert "churn@1.0.0: worse in accuracy, log_loss" in back.headline


def test_intervals_and_p_values_are_those_of_scipy_and_statsmodels(
    three, rows, models
) -> None:
    from scipy.stats import bootstrap
    from statsmodels.stats.contingency_tables import mcnemar
    from statsmodels.stats.multitest import multipletests

    x, y = rows[["age", "visits", "fee"]], rows["left"].to_numpy()
    first, second = (models[n].predict(x) == y for n in (0, 1))
    told = verdicts(three, "accuracy")["churn@1.1.0"]
    drawn = bootstrap(
        (second.astype(float), first.astype(float)), lambda a, b: a.mean() - b.mean(),
        paired=True, vectorized=False, n_resamples=4000, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert (told.low, told.high) == pytest.approx(tuple(drawn), abs=0.012)
    table = [[(second & first).sum(), (second & ~first).sum()],
             [(~second & first).sum(), (~second & ~first).sum()]]  # fmt: skip
    assert (told.only_it, told.only_first) == (table[0][1], table[1][0])
    assert told.p_value == pytest.approx(
        mcnemar(table, exact=False, correction=True).pvalue
    )
    every = three.judged.verdicts
    wanted = multipletests([one.p_value for one in every], method="holm")[1]
    assert [one.p_holm for one in every] == pytest.approx(wanted)


def test_scorers_of_scikit_learn_are_taken_by_their_name(lab, rows, models) -> None:
    found = compared(lab, "churn", "1.0.0", "1.1.0", metrics=["roc_auc"], resamples=100)
    x, y = rows[["age", "visits", "fee"]], rows["left"]
    wanted = [metrics.roc_auc_score(y, m.predict_proba(x)[:, 1]) for m in models[:2]]
    cells = lines_of(found, "measured")["roc_auc"].cells
    assert [cell.value for cell in cells] == pytest.approx(wanted)
    assert verdicts(found, "roc_auc")["churn@1.1.0"].outcome == "better"


def test_parts_of_the_rows_that_the_gates_name_are_looked_at(three, rows) -> None:
    hostile = "region=<img src=x onerror=alert(1)>"
    weak, strong = (verdicts(three, "accuracy", part)["churn@1.1.0"]
                    for part in (hostile, "region=south"))  # fmt: skip
    assert (weak.n, strong.n) == (
        (rows["region"] != "south").sum(),
        (rows["region"] == "south").sum(),
    )
    assert strong.outcome == "better" and strong.gain > weak.gain


def test_latency_has_bounds_and_says_on_what_machine(three) -> None:
    section = section_of(three, "latency")
    lines = {line.name: line for line in section.lines}
    for name in ("one row, p50", "one row, p99", "batch, p50", "batch, p99"):
        line = lines[name]
        for at, cell in enumerate(line.cells):
            low, high = line.details["low_ms"][at], line.details["high_ms"][at]
            assert 0 < cell.value < 1000
            assert (low is None or low <= cell.value) and (
                high is None or cell.value <= high
            )
    assert lines["one row, p99"].details["high_ms"] == (None, None, None)
    assert "or more" in lines["one row, p99"].cells[0].words
    assert (
        "processors usable" in section.words[0] and "calls with one row" in section.words[0]
    )
    assert all(cell.value > 0 for cell in lines["memory at its peak"].cells)


def test_what_is_on_record_stands_side_by_side(three) -> None:
    params = lines_of(three, "params")
    assert [cell.value for cell in params["C"].cells] == ["0.0001", "1.0", "0.8"]
    assert params["<img src=x onerror=alert(1)>"].cells[1].words == "not set by its run"
    recorded = section_of(three, "metrics")
    assert recorded.words[0].startswith("not the same rows")
    code = section_of(three, "code")
    assert [one.name for one in code.code] == ["churn@1.1.0", "churn@1.2.0"]
    assert "+C = 1.0" in code.code[0].diff and "+C = 0.8" in code.code[1].diff
    about = lines_of(three, "about")
    assert [cell.value for cell in about["flavour"].cells] == ["sklearn"] * 3
    assert all(cell.value.startswith("LogisticRegression-") for cell in about["run"].cells)
    assert "signature" in [one.key for one in three.sections]
    assert lines_of(three, "signature")["for callers"].cells[1].value == "same"


def test_metrics_on_the_same_data_are_said_to_be(lab) -> None:
    found = compared(lab, "churn", "1.0.0", "1.1.0", metrics=["accuracy"])
    recorded = section_of(found, "metrics")
    assert recorded.words == ["measured on the same rows"]


def test_regressions_are_compared_by_their_errors(lab, others, rows) -> None:
    found = compared(lab, "spend", "2.0.0", "1.0.0", target="spent")
    assert "target spent" in section_of(found, "measured").words[0]
    values = lines_of(found, "measured")["rmse"].cells
    best = lab.book.models.load("spend@1.0.0").predict(rows[["age", "visits", "fee"]])
    assert values[1].value == pytest.approx(np.sqrt(np.mean((best - rows["spent"]) ** 2)))
    told = verdicts(found, "mae")["spend@1.0.0"]
    assert (told.outcome, told.test) == ("better", "paired bootstrap")
    broken = lines_of(found, "signature")["for callers"].cells[1]
    assert (broken.value, "must be given" in broken.verdict) == ("broken", True)


def test_versions_that_fail_or_are_no_longer_the_same_leave_the_others_compared(
    lab, others, tmp_path
) -> None:
    spoilt = lab.book.models.version("churn@1.2.0")
    file = lab.book.models.shelf.place_of(spoilt.package_digest) / "model" / "metadata.json"
    before, mode = file.read_bytes(), file.stat().st_mode
    file.chmod(0o644)
    file.write_bytes(before + b" ")
    try:
        found = compared(
            lab, "churn@1.0.0", "churn@1.1.0", "churn@1.2.0", others.fails.name,
            others.pickle.name, metrics=["accuracy"],
        )  # fmt: skip
    finally:
        file.write_bytes(before)
        file.chmod(mode)
    asked = dict(
        zip(found.names, lines_of(found, "measured")["could be asked"].cells, strict=True)
    )
    assert [cell.value for cell in asked.values()] == ["yes", "yes", None, None, None]
    assert "is not what was written" in asked["churn@1.2.0"].verdict
    assert "unknown categories" in asked[others.fails.name].verdict
    assert "the scanner found model/model.pkl" in asked[others.pickle.name].verdict
    told = verdicts(found, "accuracy")
    assert told["churn@1.1.0"].outcome == "better"
    assert told["churn@1.2.0"].words == "cannot be told: it was not measured"
    assert (
        f"{others.fails.name}: nothing could be compared on the same rows" in found.headline
    )


def test_a_first_version_that_fails_leaves_the_values_of_the_others(lab, others) -> None:
    found = compared(lab, others.fails.name, "churn@1.1.0", metrics=["accuracy"])
    cells = lines_of(found, "measured")["accuracy"].cells
    assert (cells[0].value, cells[0].words) == (None, "not measured")
    assert cells[1].value > 0.6
    assert (
        verdicts(found, "accuracy")["churn@1.1.0"].words
        == "cannot be told: the first was not measured"
    )


def test_different_questions_are_not_compared(lab, others) -> None:
    with pytest.raises(Misused, match=r"chooses among 0, 1, words@1\.0\.0 among no, yes"):
        compared(lab, "churn@1.0.0", "words@1.0.0")
    with pytest.raises(Misused, match=r"gives labels, spend@1\.0\.0 gives numbers"):
        compared(lab, "churn@1.0.0", "spend@1.0.0")


def test_a_run_that_was_removed_is_told_by_its_package(lab) -> None:
    row = lab.book.models.version("churn@1.2.0")
    lab.track(f"rm {row.run_id}")
    try:
        found = compared(lab, "churn", "1.1.0", "1.2.0", metrics=["accuracy"])
    finally:
        lab.track(f"rm {row.run_id} --undo")
    params = lines_of(found, "params")
    assert [cell.value for cell in params["C"].cells] == ["1.0", "0.8"]
    code = section_of(found, "code")
    assert "+C = 0.8" in code.code[0].diff
    assert "removed from the record" in lines_of(found, "about")["run"].cells[1].words
