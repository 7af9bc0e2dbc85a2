"""Versions move from state to state as the table says, and what was forced stays forced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trackbook.errors import Conflict, Misused, NotFound, Refused
from trackbook.registry import Policy, history
from trackbook.registry.read import with_id

SOON = datetime(2027, 1, 1, tzinfo=UTC)
STATES = ("DEVELOPMENT", "STAGING", "PRODUCTION", "DEPRECATED", "ARCHIVED")
OPEN = {
    ("DEVELOPMENT", "STAGING"), ("DEVELOPMENT", "ARCHIVED"), ("STAGING", "DEVELOPMENT"),
    ("STAGING", "PRODUCTION"), ("STAGING", "ARCHIVED"), ("PRODUCTION", "STAGING"),
    ("PRODUCTION", "DEPRECATED"), ("PRODUCTION", "ARCHIVED"), ("DEPRECATED", "ARCHIVED"),
    ("ARCHIVED", "STAGING"),
}  # fmt: skip
"""The ways that need no rollback and no fast track, once all that they need is brought."""


def brought_to(desk, state: str) -> str:
    """A version in a state, in no slot."""
    if state in {"DEVELOPMENT", "ARCHIVED"}:
        name = desk.new("a")
        if state == "ARCHIVED":
            desk.registry.archive(name, reason="old")
        return name
    name = desk.staged("a")
    if state == "STAGING":
        return name
    desk.release(name)
    desk.registry.undeploy("churn", "prod", "champion", reason="quiet")
    if state == "DEPRECATED":
        desk.registry.deprecate(name, sunset=SOON)
    return name


@pytest.mark.parametrize("here", STATES)
def test_every_way_of_the_table_is_open_or_closed(desk, here) -> None:
    name = brought_to(desk, here)
    assert desk.state(name) == here
    choices = {"reason": "because", "sunset": SOON}
    for to in STATES:
        if (here, to) in OPEN or to == here:
            continue
        with pytest.raises(Refused, match=f"stays {here}"):
            desk.registry.move(name, to, report=desk.report(name, to), **choices)
    assert desk.registry.move(name, here, **choices) is None
    ways = [to for to in STATES if (here, to) in OPEN]
    desk.registry.move(name, ways[0], report=desk.report(name, ways[0]), **choices)
    assert desk.state(name) == ways[0]


def test_the_champion_that_is_replaced_is_deprecated_in_the_same_entry(desk) -> None:
    desk.live("a")
    name = desk.staged("b")
    entry = desk.release(name, reason="better")
    assert entry.slots == ["prod/champion", "prod/last_good"]
    first, second = desk.at("churn@1.0.0"), desk.at(name)
    assert (first.state, first.slots, first.successor) == (
        "DEPRECATED", ["prod/last_good"], "1.1.0",
    )  # fmt: skip
    assert (second.state, second.slots, second.aliases) == (
        "PRODUCTION", ["prod/champion"], ["champion"],
    )  # fmt: skip
    assert first.warning == "churn@1.0.0 is deprecated: use churn@1.1.0"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"verdict": "failed"}, "says failed"),
        ({"target": "staging"}, "is for staging"),
        ({"package_digest": "0" * 64}, "of another package"),
        ({"champion_id": "someone"}, "compared with someone, and champion is nothing"),
        ({"policy_digest": "old"}, "under another policy"),
    ],
)
def test_a_report_that_does_not_fit_opens_no_gate(desk_with, change, says) -> None:
    desk = desk_with(Policy(digest="new", gated=frozenset({"PRODUCTION"})))
    name = desk.staged("a")
    good = {"policy_digest": "new"}
    with pytest.raises(Refused, match=says):
        desk.registry.promote(
            name, "PRODUCTION", report=desk.report(name, "production", **{**good, **change})
        )
    desk.registry.promote(
        name, "PRODUCTION", report=desk.report(name, "production", **good)
    )


def test_without_a_report_a_gate_stays_shut(desk) -> None:
    with pytest.raises(Refused, match="no gate report for STAGING was brought"):
        desk.registry.promote(desk.new("a"))
    assert desk.state("churn@1.0.0") == "DEVELOPMENT"


def test_what_was_forced_stays_on_record(desk) -> None:
    name = desk.new("a")
    with pytest.raises(Refused, match="a reason is needed"):
        desk.registry.promote(name, "PRODUCTION", force=True)
    entry = desk.registry.promote(name, "PRODUCTION", force=True, reason="the site is down")
    assert entry.forced and "leads through STAGING" in " ".join(entry.overrode)
    desk.live("b")
    row = desk.at(name)
    assert row.state == "DEPRECATED" and row.forced
    assert not desk.at("churn@1.1.0").forced
    moves = [
        m for m in history(desk.store, "churn").moves if m.forced and m.what == "state"
    ]
    assert [(m.version, m.actor, m.reason) for m in moves] == [
        ("1.0.0", "ann", "the site is down")
    ]


def test_force_that_was_not_needed_is_not_recorded_as_force(desk) -> None:
    name = desk.new("a")
    report = desk.report(name, "STAGING")
    entry = desk.registry.promote(name, report=report, force=True, reason="to be sure")
    assert not entry.forced


def test_a_champion_is_not_taken_away_by_force_either(desk) -> None:
    name = desk.live("a")
    for move in (
        lambda: desk.registry.demote(name, reason="x", force=True),
        lambda: desk.registry.archive(name, reason="x", force=True),
        lambda: desk.registry.deprecate(name, sunset=SOON, reason="x", force=True),
    ):
        with pytest.raises(Refused, match="champion"):
            move()
    assert desk.at("churn@champion").name == name


def test_the_second_of_two_who_expected_the_same_is_told_who_was_first(desk) -> None:
    desk.live("a")
    one, other = desk.staged("b"), desk.staged("c")
    expected = {"expected_champion": "1.0.0", "expected_from": "STAGING"}
    ben = desk.as_("ben")
    ben.promote(
        one, "PRODUCTION", report=desk.report(one, "PRODUCTION"), reason="mine", **expected
    )
    with pytest.raises(
        Conflict, match=r"churn@1\.1\.0, not churn@1\.0\.0: ben .* \(mine\)"
    ):
        desk.release(other, **expected)
    with pytest.raises(Conflict, match=r"is PRODUCTION, not STAGING: ben was first"):
        desk.registry.promote(one, "PRODUCTION", expected_from="staging")
    assert desk.at("churn@champion").name == one


def test_a_state_that_there_is_not_moves_nothing(desk) -> None:
    name = desk.new("a")
    for wrong in ("LIVE", "", "production "):
        with pytest.raises(Misused):
            desk.registry.move(name, wrong)
    with pytest.raises(Misused, match="STAGING or PRODUCTION"):
        desk.registry.promote(name, "ARCHIVED")


def test_a_deprecated_version_says_until_when_it_serves(desk) -> None:
    name = brought_to(desk, "PRODUCTION")
    desk.new("b")
    with pytest.raises(Misused, match="no time zone"):
        desk.registry.deprecate(name, sunset=datetime(2027, 1, 1))  # noqa: DTZ001
    desk.registry.deprecate(name, sunset=SOON, successor="1.1.0")
    row = desk.at(name)
    assert row.sunset_at == SOON
    assert (
        row.warning
        == "churn@1.0.0 is deprecated, it serves until 2027-01-01: use churn@1.1.0"
    )


def test_what_is_needed_is_not_deleted(desk) -> None:
    live = desk.live("a")
    spare = desk.new("b")
    child = desk.new("c", parent_id=desk.at(spare).version_id)
    desk.registry.alias(spare, "spare")
    with pytest.raises(Refused, match=r"PRODUCTION.*prod/champion"):
        desk.registry.delete(live, reason="x")
    with pytest.raises(Refused, match=r"alias spare leads to it; 1\.2\.0 goes on from it"):
        desk.registry.delete(spare, reason="x")
    with pytest.raises(Refused, match="a reason is needed"):
        desk.registry.delete(child, reason=" ")
    desk.registry.delete(child, reason="nobody wants it")
    assert [m.command for m in history(desk.store, "churn").moves][-1] == "delete"


def test_fast_track_needs_the_policy_the_gates_and_a_reason(desk_with) -> None:
    desk = desk_with(Policy(fast_track=True))
    name = desk.new("a")
    report = desk.report(name, "PRODUCTION")
    with pytest.raises(Refused, match="a reason is needed"):
        desk.registry.promote(name, "PRODUCTION", report=report)
    assert not desk.registry.promote(
        name, "PRODUCTION", report=report, reason="hot fix"
    ).forced


def test_history_answers_what_was_in_production_then_who_moved_it_and_why(
    desk_with,
) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    now = [start]
    desk = desk_with(clock=lambda: int(now[0].timestamp() * 1e6))
    desk.live("a", reason="first")
    now[0] = start + timedelta(days=4)
    desk.live("b", reason="better")
    then = history(desk.store, "churn", at=datetime(2026, 5, 3, tzinfo=UTC))
    told = then.production
    assert (told.version, told.actor, told.reason, told.since) == (
        "1.0.0",
        "ann",
        "first",
        start,
    )
    assert then.states == {"1.0.0": "PRODUCTION"}
    assert history(desk.store, "churn").production.version == "1.1.0"
    now[0] = start  # a clock that was set back does not turn the log around
    desk.new("c")
    times = [move.moved_at for move in history(desk.store, "churn").moves]
    assert times == sorted(times)


def test_a_version_that_was_deleted_since_its_id_was_read_is_not_found(desk) -> None:
    name = desk.new("gone")
    version_id = desk.at(name).version_id
    desk.registry.delete(name, reason="not needed")
    with pytest.raises(NotFound, match="deleted meanwhile"):
        with_id(desk.store, version_id)
