"""Several tests of one gate are held together, and a report knows on what it rests."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from trackbook.errors import Misused
from trackbook.gates import Champion, Gate, ask, evaluate, gates
from trackbook.gates.answer import Answer, passed
from trackbook.gates.family import together
from trackbook.statistics import holm

EVALUATION = {"data": "eval.csv", "target": "y"}
SAYS = "load_model = lambda folder: lambda rows: rows[{column!r}].to_numpy()"


def shown(p_value: float, alpha: float = 0.05) -> Answer:
    outcome = "passed" if p_value <= alpha else "failed"
    return Answer(outcome=outcome, words="w", p_value=p_value, alpha=alpha)


def test_a_test_alone_stands_as_it_is() -> None:
    assert together({"a": shown(0.04), "b": passed("fine"), "c": ValueError("no")}) == {}


def test_of_several_tests_only_what_holm_lets_stand_stands() -> None:
    found = together(
        {"a": shown(0.01), "b": shown(0.04), "c": passed("x"), "d": shown(0.03)}
    )
    assert set(found) == {"a", "b", "d"}
    assert [found[name].evidence["p_holm"] for name in "abd"] == pytest.approx(
        holm([0.01, 0.04, 0.03])
    )
    assert [found[name].outcome for name in "abd"] == ["passed", "failed", "failed"]
    assert found["b"].words.endswith("p is 0.06 (Holm): that is not enough")
    assert found["a"].evidence["comparisons"] == ["a", "b", "d"]


def test_each_test_keeps_its_own_alpha() -> None:
    found = together({"a": shown(0.01), "b": shown(0.06, alpha=0.2)})
    assert [one.outcome for one in found.values()] == ["passed", "passed"]
    assert together({"a": shown(0.2), "b": shown(0.9)})["a"].outcome == "failed"


@pytest.fixture
def rivals(tmp_path, packed):
    """Packages of which one says what is true more often, and rows to ask them."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 200)
    table = pd.DataFrame({"y": truth})
    for name, wrong in (("ours", 20), ("theirs", 33), ("base", 33)):
        said = truth.copy()
        at = rng.permutation(200)[:wrong]
        said[at] = 1 - said[at]
        table[name] = said
    table.to_csv(tmp_path / "eval.csv", index=False)
    made = {name: type(packed)(tmp_path / name) for name in ("ours", "theirs", "base")}
    for name, one in made.items():
        one.write("code/predict.py", SAYS.format(column=name))
    candidates = {name: one.candidate(signature=None) for name, one in made.items()}
    others = {
        name: Champion(version="1.0.0", version_id=f"v-{name}", folder=one.folder,
                       package_digest=one.package_digest)
        for name, one in candidates.items()
    }  # fmt: skip
    return replace(candidates["ours"], champion=others["theirs"], baseline=others["base"])


WANTED = [
    ask("perf.vs_champion", metric="accuracy", test="mcnemar", mode="superiority"),
    ask("perf.vs_baseline", metric="accuracy", test="mcnemar"),
]


def test_a_gate_holds_its_comparisons_together_unless_it_says_not_to(
    rivals, tmp_path
) -> None:
    plain = gates(Gate("a", WANTED, holm=False), evaluation=EVALUATION, folder=tmp_path)
    alone = evaluate(rivals, plain, "a")
    p_values = [json.loads(one.evidence)["p_value"] for one in alone.results]
    assert all("Holm" not in one.words for one in alone.results)
    alpha = max(p_values)  # shown alone, and not beside another
    wanted = [one | {"alpha": min(0.49, alpha * 1.01)} for one in WANTED]
    steps = []
    for holds in (True, False):
        gate = Gate("a", wanted, holm=holds)
        policy = gates(gate, evaluation=EVALUATION, folder=tmp_path)
        report = evaluate(
            rivals, policy, "a", progress=steps.append if holds else lambda _: None
        )
        assert report.passed is not holds, report.text()
    assert [one.result.outcome for one in steps if one.result][:2] == ["passed", "passed"]
    assert steps[-1].result.outcome == "failed"


def test_holm_is_inherited_and_has_to_be_true_or_false() -> None:
    from trackbook.gates.policy_text import policy_of

    text = (
        '[targets.a]\nrequire = ["deps.pinned"]\nholm = false\n[targets.b]\nextends = "a"\n'
        '[targets.c]\nextends = "a"\nholm = true\n'
    )
    policy = policy_of(text, source="x")
    assert [policy.target(name).holm for name in "abc"] == [False, False, True]
    with pytest.raises(Misused, match="true or false"):
        policy_of(text.replace("holm = false", 'holm = "no"'), source="x")


def test_a_report_is_out_of_date_when_rows_or_baseline_are_others(rivals, tmp_path) -> None:
    policy = gates(Gate("a", WANTED), evaluation=EVALUATION, folder=tmp_path)
    report = evaluate(rivals, policy, "a")
    now = {
        "package_digest": report.package_digest,
        "policy_digest": report.policy_digest,
        "champion": "v-theirs",
        "baseline": "v-base",
        "project": tmp_path,
    }
    assert report.stale_because(**now) is None
    (file,) = report.files
    assert file.endswith(" eval.csv") and len(file) == 64 + len(" eval.csv")
    assert report.baseline == "v-base"
    assert "baseline" in report.stale_because(**now | {"baseline": None})
    rows = tmp_path / "eval.csv"
    rows.write_text(rows.read_text() + "1,1,1,1\n")
    assert report.stale_because(**now) == "eval.csv is another one now"
    assert report.stale_because(**now | {"project": None}) is None
    rows.unlink()
    assert "cannot read the table eval.csv" in report.stale_because(**now)


def test_a_report_that_compared_with_no_baseline_does_not_rest_on_one(
    packed, tmp_path
) -> None:
    report = evaluate(packed.candidate(), gates(Gate("a", ["deps.pinned"])), "a")
    assert (report.baseline, report.files) == (None, ())
    assert report.rests_on_other(baseline="v9", project=tmp_path) is None
    none = evaluate(
        packed.candidate(), gates(Gate("a", [WANTED[1]]), evaluation=EVALUATION), "a"
    )
    assert none.baseline == ""
    assert "baseline" in none.rests_on_other(baseline="v9", project=None)


@pytest.mark.parametrize(
    ("check", "keys", "says"),
    [
        ("perf.threshold", {"metric": "f1", "min": 0.5, "evaluation": EVALUATION}, "evaluation goes with on"),
        ("perf.threshold", {"metric": "f1", "min": 0.5, "seed": 3}, "seed goes with on"),
        ("perf.threshold", {"metric": "f1", "min": 0.5, "on": "recorded", "level": 0.9}, "level goes with on"),
        ("perf.vs_champion", {"metric": "f1", "evaluation": EVALUATION}, "evaluation goes with test"),
    ],
)  # fmt: skip
def test_rows_for_a_check_that_looks_at_none_are_refused(check, keys, says) -> None:
    with pytest.raises(Misused, match=says):
        gates(Gate("a", [ask(check, **keys)]))


def test_the_rows_of_all_checks_are_no_objection_to_one_that_looks_at_none() -> None:
    wanted = [ask("perf.threshold", metric="f1", min=0.5), "perf.vs_champion"]
    policy = gates(Gate("a", wanted), evaluation=EVALUATION)
    assert all("evaluation" not in want.params for want in policy.target("a").wants)
