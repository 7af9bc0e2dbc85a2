"""What is waived passes for a time, by somebody, for a reason, and every report says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, evaluate, gates, read_policy

TODAY = datetime.now(UTC).date()
ANN = {"by": "ann", "reason": "two regions have 31 rows, ticket 12"}
LABEL = "perf.threshold(f1)"


def until(days: int) -> str:
    return str(TODAY + timedelta(days=days))


@pytest.fixture
def asked(packed):
    """Ask a gate with one waiver whether a version with a poor f1 may enter."""

    def ask_one(waivers, check=None, **known):
        one = check or ask("perf.threshold", metric="f1", min=0.9)
        policy = gates(Gate("staging", [one], waivers=waivers))
        candidate = packed.candidate(**{"metrics": {"f1": 0.5}, **known})
        return evaluate(candidate, policy, "staging")

    return ask_one


@pytest.mark.parametrize("days", [0, 30])
def test_what_is_waived_does_not_keep_it_out_and_is_seen(asked, days) -> None:
    report = asked([{"check": LABEL, "until": until(days), **ANN}])
    (result,) = report.results
    assert report.passed
    assert (result.outcome, result.blocks) == ("warned", False)
    assert f"waived by ann until {until(days)}: two regions have 31 rows" in result.words
    assert "waived by ann" in report.markdown()
    assert "waived by ann" in report.sarif()


def test_a_waiver_ends(asked) -> None:
    report = asked([{"check": LABEL, "until": until(-1), **ANN}])
    (result,) = report.results
    assert not report.passed
    assert (result.outcome, result.blocks) == ("failed", True)
    assert "no longer waived: ended, by ann" in result.words


def test_what_passes_says_nothing_of_a_waiver(asked) -> None:
    report = asked([{"check": LABEL, "until": until(9), **ANN}], metrics={"f1": 0.95})
    assert (report.results[0].outcome, "waived" in report.results[0].words) == (
        "passed",
        False,
    )


def test_an_error_that_is_waived_stays_an_error_and_does_not_block(asked, tmp_path) -> None:
    waivers = [{"check": "size.package", "until": until(9), **ANN}]
    report = asked(waivers, ask("size.package"), folder=tmp_path / "gone")
    (result,) = report.results
    assert (result.outcome, result.blocks, report.passed) == ("errored", False, True)
    assert "waived by ann" in result.words


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"check": "perf.thresold(f1)"}, "did you mean"),
        ({"by": ""}, "needs by"),
        ({"reason": "ok"}, "no reason"),
        ({"reason": "one\ntwo is a long reason"}, "on one line"),
        ({"until": "tomorrow"}, "such as 2026-12-31"),
        ({"until": ""}, "needs until"),
        ({"since": "2026-01-01"}, "since"),
    ],
)
def test_a_waiver_that_cannot_be_meant_is_refused(asked, change, says) -> None:
    with pytest.raises(Misused, match=says) as said:
        asked([{"check": LABEL, "until": until(9), **ANN, **change}])
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("check", ["package.intact", "compliance.approvals"])
def test_bytes_and_people_are_never_waived(asked, check) -> None:
    with pytest.raises(Misused, match="never waived"):
        asked([{"check": check, "until": until(9), **ANN}], ask(check))


def test_one_check_is_waived_once(asked) -> None:
    one = {"check": LABEL, "until": until(9), **ANN}
    with pytest.raises(Misused, match="waived twice"):
        asked([one, one])


def test_a_file_says_it_with_a_day_and_production_does_not_take_it_over(tmp_path) -> None:
    (tmp_path / "trackbook.gates.toml").write_text(
        f"""
[targets.staging]
require = ["signature.present"]
[[targets.staging.waivers]]
check = "signature.present"
by = "ann"
reason = "the old caller sends JSON"
until = {until(3)}
[targets.production]
extends = "staging"
"""
    )
    policy = read_policy(tmp_path)
    assert policy.targets["staging"].waivers[
        "signature.present"
    ].until == TODAY + timedelta(3)
    assert not policy.targets["production"].waivers
