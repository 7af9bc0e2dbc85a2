"""What is said of a picked version, and of its model's past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trackbook.panels.board_detail import bytes_of, check_of, short, timeline
from trackbook.registry import History, MoveRow

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def move(**given):
    facts = {
        "entry": 1, "moved_at": NOON, "model": "churn", "command": "promote", "what": "state",
        "name": "", "version": "1.0.0", "before": "STAGING", "after": "PRODUCTION",
        "actor": "ann", "actor_from": "given", "reason": "", "forced": False, "overrode": [],
        "gate_report_id": None, "incident_id": None, "alerted_at": None, "alert_to_move_s": None,
    }  # fmt: skip
    return MoveRow(**(facts | given))


def told(*moves):
    return timeline(History(model="churn", at=None, moves=moves, slots={}, states={}))


def test_one_decision_is_one_point_with_all_that_it_moved():
    (one,) = told(
        move(),
        move(version="0.9.0", before="PRODUCTION", after="DEPRECATED"),
        move(what="slot", name="prod/champion", before="0.9.0", after="1.0.0"),
        move(what="alias", name="stable", before="", after="1.0.0"),
    )
    assert one["versions"] == ["1.0.0", "0.9.0"]
    assert one["moves"] == [
        "1.0.0 is PRODUCTION, was STAGING",
        "0.9.0 is DEPRECATED, was PRODUCTION",
        "prod/champion: 1.0.0, was 0.9.0",
        "stable: 1.0.0",
    ]


def test_the_newest_decision_comes_first_and_what_was_forced_is_said():
    newest, oldest = told(
        move(entry=1), move(entry=5, forced=True, overrode=["no gate report", "no reason"])
    )
    assert oldest["forced"] == ""
    assert newest["forced"] == "forced past: no gate report; no reason"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"what": "slot", "name": "prod/canary", "before": "1.0.0", "after": ""}, "prod/canary: nothing, was 1.0.0"),
        ({"what": "slot", "name": "prod/canary", "before": "1.0.0", "after": "1.0.0"}, "traffic of prod/canary (1.0.0) changed"),
        ({"what": "deleted", "before": "", "after": ""}, "1.0.0 deleted"),
        ({"before": "", "after": "DEVELOPMENT"}, "1.0.0 is DEVELOPMENT"),
    ],
)  # fmt: skip
def test_every_move_has_its_words(given, words):
    assert told(move(**given))[0]["moves"] == [words]


def test_what_a_check_saw_and_asked_for_stands_beside_its_words(sample_result):
    shown = check_of(
        sample_result(words="a\x1b[31m", value="0.5", threshold='{"min": 0.8}')
    )
    assert shown["held"] == "found 0.5, asked for min=0.8"
    assert "\x1b" not in shown["words"]


@pytest.fixture
def sample_result():
    from trackbook.gates import Result

    def make(**given):
        facts = {
            "label": "perf", "check": "perf", "outcome": "failed", "severity": "fail",
            "blocks": True, "value": None, "threshold": None, "evidence": "{}", "duration_s": 0.1,
        }  # fmt: skip
        return Result(**(facts | given))

    return make


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 bytes"), (12_345, "12.3 KB"), (2_500_000, "2.5 MB")]
)
def test_sizes_are_read_easily(count, words):
    assert bytes_of(count) == words


def test_a_text_of_any_length_is_cut():
    assert len(short("x" * 10_000)) == 400
