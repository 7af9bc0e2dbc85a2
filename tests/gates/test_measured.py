"""Versions are measured on the policy's rows: real models, packaged, asked in processes."""

from __future__ import annotations

import hashlib
import json
import pickle
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from trackbook.errors import Misused
from trackbook.gates import Candidate, Champion, Gate, answers, ask, evaluate, gates
from trackbook.gates.loading import load
from trackbook.packages import pinned, verify, write
from trackbook.scan import scan_folder

EVALUATION = {"data": "eval.csv", "target": "left"}
FEATURES = ["age", "visits", "fee"]


def people(count: int, seed: int) -> pd.DataFrame:
    """Customers; whether they left depends on their age and their visits, in the north less."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(count, 3)), columns=FEATURES)
    table["region"] = np.where(np.arange(count) % 3 == 0, "north", "south")
    pull = np.where(table["region"] == "north", 0.4, 2.0)
    odds = pull * (table["age"] - table["visits"])
    table["left"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return table


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Packages of a model that has learned something, and of one that has not."""
    folder = tmp_path_factory.mktemp("shelf")
    rows = people(800, 1)
    x, y = rows[FEATURES], rows["left"]
    models = {
        "learned": LogisticRegression().fit(x, y),
        "guesses": DummyClassifier(strategy="stratified", random_state=0).fit(x, y),
        "numbers": LinearRegression().fit(x, y),
    }
    return {name: write(model, folder, example=x) for name, model in models.items()}


@pytest.fixture
def project(tmp_path):
    """A project with rows that no model has seen."""
    people(600, 2).to_csv(tmp_path / "eval.csv", index=False)
    return tmp_path


@pytest.fixture(scope="module")
def said():
    """What packages said of rows in this module, each in a real process, by both."""
    return {}


@pytest.fixture
def asked(shelf, project, said, monkeypatch):
    """Ask one check of a packaged model; return its result.

    A package is asked the same rows once for all tests of this module: a process that imports
    scikit-learn takes seconds, most of these tests are about what is made of its answer, and
    `test_one_process_answers_for_all_checks_of_a_gate` asks anew.
    """

    def remembered(bench, memory_mb, *, rows):
        asked_rows = hashlib.sha256(pickle.dumps(rows)).hexdigest()
        key = (bench.candidate.package_digest, str(bench.folder), memory_mb, asked_rows)
        if key not in said:
            said[key] = load(bench, memory_mb, rows=rows)
        return said[key]

    monkeypatch.setattr(answers, "load", remembered)

    def ask_one(check, model="learned", *, champion=None, baseline=None, gate=None, **keys):
        package = shelf[model]
        candidate = Candidate(
            model="churn", version="1.1.0", folder=package.folder,
            package_digest=package.package_digest, signature=package.signature,
            verify=verify, scan=scan_folder, probes=pinned,
            champion=rival(shelf, champion), baseline=rival(shelf, baseline),
        )  # fmt: skip
        wanted = Gate("staging", [ask(check, **keys)], **gate or {})
        policy = gates(wanted, evaluation=EVALUATION, folder=project)
        (result,) = evaluate(candidate, policy, "staging").results
        return result

    return ask_one


def rival(shelf, name):
    if name is None:
        return None
    one = shelf[name]
    return Champion(
        version="1.0.0", version_id="v1", package_digest=one.package_digest,
        signature=one.signature, folder=one.folder,
    )  # fmt: skip


def evidence(result):
    return json.loads(result.evidence)


def test_a_metric_is_measured_on_the_rows_and_its_bound_is_stricter(asked, project) -> None:
    rows = people(600, 2)
    found = asked("perf.threshold", metric="accuracy", min=0.7, on="point")
    assert found.outcome == "passed", found.words
    value = json.loads(found.value)
    assert 0.7 < value < 0.9
    told = evidence(found)
    assert told["rows"] == len(rows)
    assert told["sha256"] == hashlib.sha256((project / "eval.csv").read_bytes()).hexdigest()
    lower = asked("perf.threshold", metric="accuracy", min=value, on="ci_lower")
    assert lower.outcome == "failed"
    assert json.loads(lower.value) < value < evidence(lower)["high"]
    assert "the lower 95 % bound of accuracy" in lower.words
    upper = asked("perf.threshold", metric="brier", max=0.2, on="ci_upper")
    assert upper.outcome == "passed", upper.words
    assert evidence(upper)["interval"] == "bca"


@pytest.mark.parametrize(
    "metric", ["roc_auc", "f1_macro", "neg_log_loss", "f1", "matthews_corrcoef"]
)
def test_scorers_of_scikit_learn_are_told_from_what_the_model_says(
    asked, shelf, metric
) -> None:
    from sklearn.metrics import get_scorer

    from trackbook.packages import load

    rows = people(600, 2)
    model = load(shelf["learned"].folder, shelf["learned"].package_digest, scan=scan_folder)
    found = asked("perf.threshold", metric=metric, min=-9, on="point", resamples=100)
    wanted = get_scorer(metric)(model, rows[FEATURES], rows["left"])
    assert json.loads(found.value) == pytest.approx(wanted, rel=1e-9)


def test_a_better_version_beats_the_champion_and_a_worse_one_does_not(asked) -> None:
    keys = {"metric": "accuracy", "mode": "superiority"}
    for test in ("paired_bootstrap", "mcnemar"):
        good = asked("perf.vs_champion", champion="guesses", test=test, **keys)
        assert good.outcome == "passed", good.words
        assert evidence(good)["p_value"] < 0.01
        bad = asked("perf.vs_champion", "guesses", champion="learned", test=test, **keys)
        assert (bad.outcome, bad.blocks) == ("failed", True)
        assert "is worse than the champion's" in bad.words
        assert evidence(bad)["champion"] == "v1"


def test_a_version_that_is_the_champion_is_not_inferior_and_not_superior(asked) -> None:
    same = {"champion": "learned", "metric": "f1_macro", "test": "paired_bootstrap"}
    assert asked("perf.vs_champion", **same, margin=0.005).outcome == "passed"
    found = asked("perf.vs_champion", **same, mode="superiority")
    assert found.outcome == "failed"
    assert "is equal to" in found.words and "is not shown (p 1" in found.words


def test_the_same_rows_and_dice_give_the_same_answer(asked) -> None:
    keys = {"champion": "guesses", "metric": "log_loss", "test": "paired_bootstrap",
            "margin": 0.1, "resamples": 500}  # fmt: skip
    first, again = (asked("perf.vs_champion", **keys, seed=3) for _ in range(2))
    assert first.evidence == again.evidence
    other = asked("perf.vs_champion", **keys, seed=4)
    assert evidence(other)["low"] != evidence(first)["low"]


def test_without_a_champion_the_skip_blocks_unless_the_policy_says_so(asked) -> None:
    keys = {"metric": "accuracy", "test": "mcnemar", "mode": "superiority"}
    found = asked("perf.vs_champion", **keys)
    assert (found.outcome, found.blocks) == ("skipped", True)
    assert found.words.startswith("first version")
    said = {"on_skip": {"perf.vs_champion": "warn"}}
    assert not asked("perf.vs_champion", **keys, gate=said).blocks
    assert not asked("perf.vs_champion", **keys, severity="warn").blocks
    assert asked("perf.vs_baseline", metric="accuracy").blocks


def test_the_baseline_is_another_version(asked) -> None:
    found = asked("perf.vs_baseline", baseline="guesses", metric="accuracy", margin=0.05)
    assert found.outcome == "passed", found.words
    assert "the baseline's" in found.words
    assert "better by more than 0.05 is shown" in found.words


def test_a_weak_slice_is_found_behind_a_good_whole(asked) -> None:
    whole = asked("perf.threshold", metric="accuracy", min=0.72, on="point")
    assert whole.outcome == "passed", whole.words
    found = asked("perf.slices", metric="accuracy", by=["region"], min=0.72)
    assert found.outcome == "failed", found.words
    assert "region=north" in found.words and "region=south" not in found.words
    told = evidence(found)["slices"]["region=north"]
    assert (told["n"], told["p_holm"] < 0.05) == (200, True)
    assert (
        asked("perf.slices", metric="accuracy", by=["region"], min=0.3).outcome == "passed"
    )


def test_a_slice_past_its_bound_by_chance_fails_only_as_a_point(asked) -> None:
    seen = evidence(asked("perf.slices", metric="accuracy", by=["region"], min=0.1))
    just = seen["slices"]["region=north"]["accuracy"] + 0.01
    keys = {"metric": "accuracy", "by": ["region"], "min": just}
    by_chance = asked("perf.slices", **keys)
    assert by_chance.outcome == "passed"
    assert "by no more than chance" in by_chance.words
    assert asked("perf.slices", **keys, on="point").outcome == "failed"


def test_slices_with_few_rows_are_left_out_and_said(asked, project) -> None:
    rows = people(600, 2)
    rows["plan"] = np.where(np.arange(600) < 20, "gold", "plain")
    rows.loc[50:90, "plan"] = None
    rows.to_csv(project / "eval.csv", index=False)
    found = asked("perf.slices", metric="f1_macro", by=["plan"], min=0.5, resamples=200)
    told = evidence(found)
    assert told["left_out"] == {"plan=gold": {"n": 20, "why": "fewer than 30 rows"}}
    assert set(told["slices"]) == {"plan=plain", "plan=(missing)"}
    none = asked("perf.slices", metric="accuracy", by=["plan"], min=0.5, min_rows=1000)
    assert none.outcome == "skipped"


def test_calibration_is_held_against_its_bounds(asked) -> None:
    assert asked("perf.calibration", max_ece=0.2, max_brier=0.25).outcome == "passed"
    found = asked("perf.calibration", "guesses", max_ece=0.2, max_brier=0.25)
    assert found.outcome == "failed"
    assert "ece" in found.words and "brier" in found.words
    assert sum(one["n"] for one in evidence(found)["bins"]) == 600


def test_groups_that_are_treated_unlike_are_seen(asked, shelf) -> None:
    from trackbook.packages import load

    rows = people(600, 2)
    model = load(shelf["learned"].folder, shelf["learned"].package_digest, scan=scan_folder)
    said = model.predict(rows[FEATURES])
    north = (rows["region"] == "north").to_numpy()
    true = rows["left"].to_numpy() == 1
    gap = abs(said[north & true].mean() - said[~north & true].mean())
    found = asked("fairness.equal_opportunity", group="region", max_diff=gap - 0.001)
    assert found.outcome == "failed", found.words
    assert json.loads(found.value) == pytest.approx(gap)
    groups = evidence(found)["groups"]
    assert groups["north"]["n"] == (north & true).sum()
    assert groups["north"]["low"] < groups["north"]["rate"] < groups["north"]["high"]
    good = asked("fairness.equal_opportunity", group="region", max_diff=gap + 0.001)
    assert good.outcome == "passed"


def test_every_question_of_fairness_has_an_answer(asked) -> None:
    group = {"group": "region"}
    parity = asked("fairness.demographic_parity", **group, max_diff=0.3, min_ratio=0.5)
    assert parity.outcome == "passed", parity.words
    assert asked("fairness.demographic_parity", **group, min_ratio=1).outcome == "failed"
    odds = asked("fairness.equalized_odds", **group, max_diff=0.01)
    assert odds.outcome == "failed"
    assert set(evidence(odds)) == {"true positive", "false positive"}
    assert asked("fairness.calibration", **group, max_ece=0.5).outcome == "passed"
    assert asked("fairness.calibration", **group, max_ece=0.01).outcome == "failed"
    assert asked("fairness.equalized_odds", **group, max_diff=0.9).outcome == "passed"
    for name in ("demographic_parity", "equal_opportunity", "equalized_odds"):
        one = asked(f"fairness.{name}", **group, max_diff=0.1, min_rows=9000)
        assert (one.outcome, "two are needed" in one.words) == ("skipped", True)
    few = asked("fairness.calibration", **group, max_ece=0.1, min_rows=9000)
    assert (few.outcome, "no group" in few.words) == ("skipped", True)


def test_a_model_that_gives_no_probabilities_is_an_error_and_blocks(asked) -> None:
    found = asked("perf.calibration", "numbers", max_ece=0.5)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "no probabilities" in found.words
    labels = asked("perf.threshold", "numbers", metric="accuracy", min=0, on="point")
    assert (labels.outcome, "fractions" in labels.words) == ("errored", True)
    assert (
        asked("perf.threshold", "numbers", metric="rmse", max=0.6, on="point").outcome
        == "passed"
    )


def test_columns_that_are_missing_are_an_error_with_their_name(asked, project) -> None:
    people(100, 2).drop(columns="fee").to_csv(project / "eval.csv", index=False)
    found = asked("perf.threshold", metric="accuracy", min=0, on="point")
    assert (found.outcome, "no column named 'fee'" in found.words) == ("errored", True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "cannot read eval.csv"),
        ("age,visits,fee,left\n", "has no rows"),
        ("age,visits,fee\n1,2,3\n", "no column named 'left'"),
        ("age,visits,fee,left\n1,2,3,\n1,2,3,1\n", "1 of 2 values of the target"),
        (b"\xff\xfe\x00age,left\n1,2\n", "cannot read eval.csv"),
    ],
)
def test_rows_that_cannot_be_used_are_an_error(asked, project, content, says) -> None:
    file = project / "eval.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = asked("perf.threshold", metric="accuracy", min=0, on="point")
    assert (found.outcome, found.blocks, says in found.words) == ("errored", True, True), (
        found.words
    )


def test_a_link_out_of_the_project_is_not_followed(
    asked, project, tmp_path_factory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "eval.csv"
    people(100, 2).to_csv(outside, index=False)
    (project / "eval.csv").unlink()
    (project / "eval.csv").symlink_to(outside)
    found = asked("perf.threshold", metric="accuracy", min=0, on="point")
    assert (found.outcome, "leads out of the project" in found.words) == ("errored", True)


def test_parquet_gives_the_same_as_csv(asked, project) -> None:
    keys = {"metric": "brier", "max": 1, "on": "point"}
    first = asked("perf.threshold", **keys)
    people(600, 2).to_parquet(project / "eval.parquet")
    other = {"data": "eval.parquet", "target": "left"}
    again = asked("perf.threshold", **keys, evaluation=other)
    assert json.loads(again.value) == pytest.approx(json.loads(first.value), rel=1e-12)
    assert evidence(again)["data"] == "eval.parquet"


HANGS = "import time\ndef load_model(folder):\n    return None\ndef predict(model, rows):\n    time.sleep(99)\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (HANGS, "not done after"),
        ("def load_model(folder):\n    raise OSError('gone')\n", "gone"),
        ("load_model = lambda folder: lambda rows: [1] * 3", "predicted (3,) for 600 rows"),
        (
            "load_model = lambda folder: lambda rows: [float('nan')] * 600",
            "no number for 600",
        ),
        (
            "load_model = lambda folder: lambda rows: rows",
            "predicted (600, 4) for 600 rows",
        ),
    ],
)
def test_a_model_that_does_not_say_of_every_row_is_an_error(
    packed, project, code, says
) -> None:
    packed.write("code/predict.py", code)
    wanted = ask("perf.threshold", metric="accuracy", min=0, on="point", time_limit="4s")
    policy = gates(Gate("staging", [wanted]), evaluation=EVALUATION, folder=project)
    began = time.monotonic()
    (found,) = evaluate(packed.candidate(signature=None), policy, "staging").results
    assert time.monotonic() - began < 20
    assert (found.outcome, found.blocks) == ("errored", True)
    assert says in found.words


def test_the_model_is_not_told_what_is_true(packed, project) -> None:
    code = "def load_model(folder):\n    return lambda rows: [list(rows)] and 0\n"
    code = code.replace("[list(rows)] and 0", "[','.join(rows.columns)] * len(rows)")
    packed.write("code/predict.py", code)
    wanted = ask("perf.threshold", metric="error_rate", max=1, on="point")
    policy = gates(Gate("a", [wanted]), evaluation=EVALUATION, folder=project)
    candidate = packed.candidate(signature=None)
    (found,) = evaluate(candidate, policy, "a").results
    assert (found.outcome, json.loads(found.value)) == ("passed", 1.0)


def test_a_champion_that_was_changed_is_not_asked(packed, project, tmp_path) -> None:
    packed.write(
        "code/predict.py", "load_model = lambda folder: lambda rows: [1] * len(rows)"
    )
    candidate = packed.candidate(signature=None)
    champion = Champion(version="1.0.0", package_digest="0" * 64, folder=packed.folder)
    wanted = ask("perf.vs_champion", metric="accuracy", test="mcnemar", mode="superiority")
    policy = gates(Gate("a", [wanted]), evaluation=EVALUATION, folder=project)
    from dataclasses import replace

    (found,) = evaluate(replace(candidate, champion=champion), policy, "a").results
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "is not what was registered" in found.words


def test_one_process_answers_for_all_checks_of_a_gate(shelf, project) -> None:
    package = shelf["learned"]
    candidate = Candidate(
        model="churn", version="1.1.0", folder=package.folder,
        package_digest=package.package_digest, signature=package.signature,
    )  # fmt: skip
    many = [ask("perf.threshold", metric="accuracy", min=0.1, on="point"),
            ask("perf.threshold", metric="f1_macro", min=0.1, on="ci_lower"),
            ask("perf.calibration", max_ece=0.9)]  # fmt: skip
    policy = gates(Gate("a", many), evaluation=EVALUATION, folder=project)
    report = evaluate(candidate, policy, "a")
    assert report.passed, report.text()
    first, *others = (one.duration_s for one in report.results)
    assert max(others) < first / 2


@pytest.mark.parametrize(
    ("metrics", "outcome", "says"),
    [
        ({"train_auc": 0.99, "val_auc": 0.80}, "failed", "val_auc 0.8 is 0.19 worse than train_auc"),
        ({"train_auc": 0.85, "val_auc": 0.80}, "passed", "0.05 worse"),
        ({"auc_train": 0.7, "auc": 0.80}, "passed", "auc 0.8 is 0.1 better than auc_train 0.7"),
        ({"val_auc": 0.80}, "failed", "no train auc was recorded: there are val_auc"),
        ({"train_auc": float("nan"), "val_auc": 0.8}, "failed", "no gap"),
    ],
)  # fmt: skip
def test_the_gap_to_training_is_told_from_what_was_recorded(
    judged, metrics, outcome, says
) -> None:
    keys = {"metric": "auc", "max_gap": 0.05}
    found = judged("perf.overfit", keys=keys, metrics=metrics)
    assert (found.outcome, says in found.words) == (outcome, True), found.words


def test_a_gap_of_a_loss_goes_the_other_way(judged) -> None:
    keys = {"metric": "loss", "max_gap": 0.1, "train": "fit", "validation": "unseen"}
    found = judged("perf.overfit", keys=keys, metrics={"fit": 0.2, "unseen": 0.5})
    assert (found.outcome, "0.3 worse than fit 0.2" in found.words) == ("failed", True)
    assert (
        judged("perf.overfit", keys=keys, metrics={"fit": 0.5, "unseen": 0.2}).outcome
        == "passed"
    )


@pytest.mark.parametrize(
    ("evaluation", "says"),
    [
        ({"data": "/etc/passwd.csv", "target": "y"}, "no file below the project"),
        ({"data": "../x.csv", "target": "y"}, "no file below the project"),
        ({"data": "a/../../x.csv", "target": "y"}, "no file below the project"),
        ({"data": "..\\x.csv", "target": "y"}, "no file below the project"),
        ({"data": "~/x.csv", "target": "y"}, "no file below the project"),
        ({"data": "s3://b/x.csv", "target": "y"}, "no file below the project"),
        ({"data": "x\x00.csv", "target": "y"}, "no file below the project"),
        ({"data": "x.pkl", "target": "y"}, ".csv and .parquet can be read"),
        ({"data": "x.csv"}, "target"),
        ({"data": "x.csv", "tagret": "y"}, "did you mean 'target'"),
        ({"data": "x.csv", "target": "y", "columns": ["y"]}, "among the columns"),
        ({"data": 3, "target": "y"}, "evaluation: expected `str`"),
        ("x.csv", "has to be a table"),
    ],
)  # fmt: skip
def test_an_evaluation_set_that_cannot_be_meant_is_refused(evaluation, says) -> None:
    wanted = ask(
        "perf.threshold", metric="accuracy", min=0, on="point", evaluation=evaluation
    )
    with pytest.raises(Misused) as told:
        gates(Gate("a", [wanted]))
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("check", "keys", "says"),
    [
        ("perf.threshold", {"metric": "acuracy", "min": 0, "on": "point"}, "did you mean 'accuracy'"),
        ("perf.threshold", {"metric": "f1_macr", "min": 0, "on": "point"}, "did you mean 'f1_macro'"),
        ("perf.threshold", {"metric": "mse", "min": 0, "on": "ci_upper"}, "the upper one against max"),
        ("perf.threshold", {"metric": "mse", "max": 0, "on": "ci_upper", "level": 0.4}, "between 0.5"),
        ("perf.threshold", {"metric": "mse", "max": 0, "on": "point", "resamples": 5}, "100 to"),
        ("perf.threshold", {"metric": "mse", "max": 0, "on": "point", "seed": -5}, "negative"),
        ("perf.vs_champion", {"test": "mcnemar"}, "name one metric"),
        ("perf.vs_champion", {"test": "paired_bootstrap", "metric": "mse"}, "needs a margin"),
        ("perf.vs_champion", {"test": "mcnemar", "metric": "mse"}, "compares accuracy"),
        ("perf.vs_champion", {"test": "mcnemar", "metric": "accuracy"}, 'mode = "superiority"'),
        ("perf.vs_champion", {"metric": "f1", "alpha": 0.1}, "alpha goes with test"),
        ("perf.vs_baseline", {"metric": "mse", "alpha": 0.001, "resamples": 100}, "nothing could pass"),
        ("perf.vs_baseline", {"metric": "mse", "margin": -1.0}, "not negative"),
        ("perf.slices", {"metric": "mse", "by": ["a"], "min": 1}, "give max"),
        ("perf.slices", {"metric": "mse", "by": [], "max": 1}, "names no column"),
        ("perf.calibration", {}, "give max_ece or max_brier"),
        ("perf.calibration", {"max_ece": 0.1, "bins": 0}, "bins is 0"),
        ("fairness.demographic_parity", {"group": "a"}, "give max_diff or min_ratio"),
        ("perf.overfit", {"metric": "zap", "max_gap": 1}, 'give direction = "max"'),
        ("perf.overfit", {"metric": "auc", "max_gap": -1}, "not negative"),
    ],
)  # fmt: skip
def test_what_no_test_can_be_held_with_is_refused_before_anything_runs(
    check, keys, says
) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask(check, **keys)]), evaluation=EVALUATION)
    assert says in str(told.value)


def test_a_check_on_rows_needs_to_know_which() -> None:
    with pytest.raises(Misused, match="no evaluation set"):
        gates(Gate("a", [ask("perf.threshold", metric="accuracy", min=0, on="point")]))
