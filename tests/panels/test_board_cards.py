"""Cards of versions: what they say, and which buttons there are."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sample_registry import HOSTILE

from trackbook.code import direction_of
from trackbook.panels.board_cards import (
    actions_of,
    card_of,
    found_badges,
    metric_lines,
    standing_badges,
)
from trackbook.panels.board_still import still_board
from trackbook.registry import ApprovalRow, Board, BoardRow

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def row(**given):
    """A version in STAGING, measured, with a champion before it."""
    facts = {
        "version_id": "v2", "model": "churn", "version": "1.1.0", "state": "STAGING",
        "slots": [], "aliases": [], "flavour": "sklearn", "is_unsafe": False,
        "size_bytes": 10, "run_id": "r", "registered_at": NOON, "registered_by": "ann",
        "state_since": NOON, "moved_by": "bob", "reason": "", "forced": False,
        "sunset_at": None, "successor": None, "metrics": {"accuracy": 0.9},
        "champion": "1.0.0", "champion_metrics": {"accuracy": 0.8},
    }  # fmt: skip
    return BoardRow(**(facts | given))


def asked(status, **given):
    """A request for an approval."""
    facts = {
        "request_id": "q", "model": "churn", "version": "1.1.0", "version_id": "v2",
        "target": "PRODUCTION", "status": status, "approvers": [], "rejecter": None,
        "requester": "ann", "comment": "look", "answer": None, "gate_report_id": None,
        "requested_at": NOON, "expires_at": NOON,
    }  # fmt: skip
    return ApprovalRow(**(facts | given))


def stood(target, **outcomes):
    """A gate report, as far as badges read it."""
    results = [
        SimpleNamespace(
            check=check.replace("_", "."), label=check, outcome=outcome, words="words",
            blocks=outcome == "failed",
        )
        for check, outcome in outcomes.items()
    ]  # fmt: skip
    blocking = [one for one in results if one.blocks]
    counts = SimpleNamespace(most_common=lambda: [("passed", 1)])
    return SimpleNamespace(
        target=target,
        results=results,
        blocking=blocking,
        passed=not blocking,
        counts=counts,
    )


@pytest.mark.parametrize(
    ("metric", "mine", "champions", "step", "word", "tone"),
    [
        ("accuracy", 0.9, 0.8, "▲ +0.1", "better", "ok"),
        ("accuracy", 0.7, 0.8, "▼ -0.1", "worse", "bad"),
        ("loss", 0.2, 0.3, "▼ -0.1", "better", "ok"),
        ("loss", 0.4, 0.3, "▲ +0.1", "worse", "bad"),
        ("accuracy", 0.8, 0.8, "=", "same", "quiet"),
        ("zorp", 2.0, 1.0, "▲ +1", "differs", "quiet"),
        ("accuracy", math.nan, 0.8, "", "", "quiet"),
    ],
)
def test_a_metric_says_by_sign_and_word_how_it_stands(
    metric, mine, champions, step, word, tone
):
    one = row(metrics={metric: mine}, champion_metrics={metric: champions})
    (line,) = metric_lines(one, direction_of)
    assert (line["step"], line["word"], line["tone"]) == (step, word, tone)


def test_the_champion_is_not_compared_with_itself():
    one = row(slots=["prod/champion"], champion="1.1.0")
    (line,) = metric_lines(one, direction_of)
    assert (line["value"], line["champion"], line["step"]) == ("0.9", "", "")


def test_metrics_that_can_be_better_or_worse_come_first_and_few_are_on_a_card():
    metrics = {"a_count": 3.0, "zorp": 1.0, "accuracy": 0.9, "loss": 0.2, "auc": 0.7}
    card = card_of(row(metrics=metrics, champion_metrics=metrics), direction_of)
    assert {line["name"] for line in card["metrics"]} == {"accuracy", "loss", "auc"}
    assert card["metrics_more"] == 2


def test_a_card_is_strict_json_and_hides_nothing_that_turns_text_around():
    one = row(
        model=HOSTILE, moved_by=HOSTILE, metrics={HOSTILE: math.inf}, aliases=[HOSTILE]
    )
    text = json.dumps(card_of(one, direction_of), allow_nan=False, ensure_ascii=False)
    assert "\u202e" not in text
    assert "<img src=x" in text


def test_an_alias_that_its_slot_says_already_is_left_out():
    card = card_of(
        row(slots=["prod/champion"], aliases=["champion", "stable"]), direction_of
    )
    assert card["aliases"] == ["stable"]


def test_what_is_dangerous_is_said_on_the_card():
    one = row(
        is_unsafe=True, forced=True, state="DEPRECATED", sunset_at=NOON, successor="2.0.0"
    )
    words = [(badge.words, badge.tone) for badge in standing_badges(one)]
    assert words == [
        ("unsafe pickle", "warn"),
        ("forced", "bad"),
        ("deprecated until 2026-11-27, use 2.0.0", "warn"),
    ]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("identical", "reproduced"), ("within tolerance", "reproduced"), ("different", "not reproduced"), ("failed", "not reproduced")],
)  # fmt: skip
def test_a_reproduction_is_told_with_its_verdict(verdict, words):
    (badge,) = found_badges(row(), reproduced=verdict, reports=[], approvals=[])
    assert badge.words == words
    assert verdict in badge.title


def test_the_last_report_of_each_target_counts():
    reports = [
        stood("production", security_scan="passed", perf_threshold="failed"),
        stood("staging", security_scan="failed"),
        stood("production", perf_threshold="passed"),
    ]
    found = found_badges(row(), reproduced=None, reports=reports, approvals=[])
    assert [(badge.words, badge.tone) for badge in found] == [
        ("scanned", "ok"),
        ("production gate failed (1)", "bad"),
        ("staging gate failed (1)", "bad"),
    ]


def test_people_who_approved_are_counted_once_each():
    given = [
        asked("approved", approvers=["bob", "cyd"]),
        asked("approved", approvers=["bob"]),
        asked("approved", approvers=["eve"], version_id="other"),
    ]
    (badge,) = found_badges(row(), reproduced=None, reports=[], approvals=given)
    assert (badge.words, badge.title) == ("approved 2", "by bob, cyd")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("rejected", "rejected for PRODUCTION"),
        ("requested", "approval asked for PRODUCTION"),
    ],
)
def test_what_became_of_the_last_request_is_said(status, words):
    given = [asked(status, rejecter="bob", answer="no")]
    (badge,) = found_badges(row(), reproduced=None, reports=[], approvals=given)
    assert badge.words == words


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("DEVELOPMENT", ["Promote to STAGING", "Archive"]),
        ("STAGING", ["Promote to PRODUCTION", "Approve for PRODUCTION", "Reject for PRODUCTION", "Back to DEVELOPMENT", "Archive"]),
        ("PRODUCTION", ["Back to STAGING", "Deprecate", "Archive"]),
        ("DEPRECATED", ["Archive"]),
        ("ARCHIVED", ["Restore to STAGING"]),
    ],
)  # fmt: skip
def test_each_state_has_the_buttons_that_lead_out_of_it(state, labels):
    actions = actions_of(row(state=state))
    assert [action.label for action in actions] == labels
    unasked = {action.do for action in actions if "nobody asked" in action.why_not}
    assert unasked == ({"approve", "reject"} if state == "STAGING" else set())
    assert not any(a.why_not for a in actions if a.do not in unasked)


@pytest.mark.parametrize("status", ["requested", "approved", "rejected"])
def test_what_nobody_asked_for_cannot_be_answered_until_somebody_did(status):
    actions = actions_of(row(state="STAGING"), [asked(status)])
    why = {a.why_not for a in actions if a.do in ("approve", "reject")}
    assert all(bool(each) == (status == "rejected") for each in why)


def test_a_champion_is_rolled_back_and_its_other_buttons_say_why_not():
    actions = actions_of(row(state="PRODUCTION", slots=["prod/champion"]))
    assert (actions[0].label, actions[0].why_not) == ("Roll churn back", "")
    assert all("champion of prod" in action.why_not for action in actions[1:])


def test_what_was_asked_for_can_be_answered_in_any_state():
    one = row(state="DEVELOPMENT")
    labels = [a.label for a in actions_of(one, [asked("requested", target="STAGING")])]
    assert "Approve for STAGING" in labels
    assert "Reject for STAGING" in labels


def test_where_no_way_leads_up_nothing_is_to_be_approved():
    one = row(state="DEPRECATED")
    labels = [a.label for a in actions_of(one, [asked("approved", approvers=["bob"])])]
    assert labels == ["Archive"]


def test_the_table_left_behind_shows_the_newest_few_of_each_state():
    rows = [row(version_id=str(n), version=f"1.{n}.0") for n in range(20)]
    live = row(
        version_id="live", version="9.0.0", state="PRODUCTION", slots=["prod/champion"]
    )
    states = {"STAGING": rows, "PRODUCTION": [live]}
    table = still_board(
        Board(rows=[*rows, live], states=states, slots={}), direction=direction_of, found={}
    )
    assert len(table) == 7
    assert table[0]["version"] == "churn@9.0.0"
    assert "20 in STAGING" in table.note
    assert "accuracy 0.9 ▲ +0.1 better" in table[1]["metrics against the champion"]
