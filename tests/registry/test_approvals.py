"""Approvals: by somebody else, of these bytes and this report, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trackbook.errors import Conflict, NotFound, Refused
from trackbook.registry import Policy, approvals

TWO = Policy(approvals={"PRODUCTION": 2}, approval_days=14)
ONE = Policy(approvals={"PRODUCTION": 1}, approval_days=14)


def test_a_release_waits_for_as_many_people_as_the_policy_wants(desk_with) -> None:
    desk = desk_with(TWO)
    name = desk.staged("a")
    report = desk.report(name, "PRODUCTION")
    desk.registry.request(name, report_id=report.report_id, comment="please look")
    desk.as_("ben").approve(name)
    assert desk.as_("ben").approve(name) is None
    with pytest.raises(Refused, match="1 of 2 approvals for PRODUCTION"):
        desk.registry.promote(name, "PRODUCTION", report=report)
    desk.as_("cem").approve(name, comment="fine")
    entry = desk.registry.promote(name, "PRODUCTION", report=report)
    assert len(entry.approval_ids) == 2
    (row,) = approvals(desk.store, "churn")
    assert (row.status, row.approvers, row.answer) == ("approved", ["ben", "cem"], "fine")


@pytest.mark.parametrize("who", ["ann", "dora", "eve"])
def test_nobody_approves_their_own(desk_with, who) -> None:
    desk = desk_with(ONE)  # ann registers, dora made it, eve asks
    name = desk.new("a", author="dora")
    desk.registry.promote(name, report=desk.report(name, "STAGING"))
    desk.as_("eve").request(name)
    with pytest.raises(Refused, match="somebody else must look at it"):
        desk.as_(who).approve(name)


def test_only_those_named_approve(desk_with) -> None:
    desk = desk_with(Policy(approvals={"PRODUCTION": 1}, approvers=frozenset({"cem"})))
    name = desk.staged("a")
    desk.registry.request(name)
    with pytest.raises(Refused, match="ben is not among those who approve: cem"):
        desk.as_("ben").approve(name)
    desk.as_("cem").approve(name)


def test_an_approval_is_void_for_another_report(desk_with) -> None:
    desk = desk_with(ONE)
    name = desk.staged("a")
    old, new = desk.report(name, "PRODUCTION"), desk.report(name, "PRODUCTION")
    desk.registry.request(name, report_id=old.report_id)
    desk.as_("ben").approve(name)
    with pytest.raises(Refused, match="0 of 1 approvals"):
        desk.registry.promote(name, "PRODUCTION", report=new)
    desk.registry.request(name, report_id=new.report_id)
    assert [row.status for row in approvals(desk.store)] == ["requested", "void"]
    desk.as_("ben").approve(name)
    desk.registry.promote(name, "PRODUCTION", report=new)


def test_an_approval_expires(desk_with) -> None:
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    desk = desk_with(ONE, clock=lambda: int(now[0].timestamp() * 1e6))
    name = desk.staged("a")
    report = desk.report(name, "PRODUCTION")
    desk.registry.request(name, report_id=report.report_id)
    ben = desk.as_("ben")
    ben._clock = lambda: int(now[0].timestamp() * 1e6)
    ben.approve(name)
    now[0] += timedelta(days=15)
    with pytest.raises(Refused, match="0 of 1 approvals"):
        desk.registry.promote(name, "PRODUCTION", report=report)
    with pytest.raises(Refused, match="expired at 2026-05-15"):
        ben.approve(name)
    assert [row.status for row in approvals(desk.store)] == ["expired"]


def test_a_no_stands_and_says_who_said_it(desk_with) -> None:
    desk = desk_with(ONE)
    name = desk.staged("a")
    desk.registry.request(name)
    desk.as_("ben").reject(name, comment="too slow")
    with pytest.raises(Conflict, match=r"ben rejected churn@1\.0\.0 .*too slow"):
        desk.as_("cem").approve(name)
    (row,) = approvals(desk.store, status="rejected")
    assert (row.rejecter, row.answer) == ("ben", "too slow")
    assert desk.registry.request(name) is not None


def test_nothing_is_approved_that_nobody_asked_for(desk) -> None:
    name = desk.staged("a")
    with pytest.raises(NotFound, match="nobody asked for an approval"):
        desk.as_("ben").approve(name)
    desk.registry.request(name)
    assert desk.registry.request(name) is None
    with pytest.raises(Refused, match="expired at"):
        desk.registry.request(name, expires_at=datetime(2020, 1, 1, tzinfo=UTC))


def test_what_waits_for_an_approval_is_not_deleted(desk) -> None:
    name = desk.new("a")
    desk.registry.request(name, "STAGING")
    with pytest.raises(Refused, match="an approval of it is open"):
        desk.registry.delete(name, reason="x")
