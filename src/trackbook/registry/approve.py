"""Decisions about approvals: asked for, given, denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from trackbook.clock import new_id
from trackbook.errors import Conflict, NotFound, Refused
from trackbook.records import Approval
from trackbook.registry.chain import UNSEALED, when
from trackbook.registry.find import found
from trackbook.registry.rules import state_name, why_not

if TYPE_CHECKING:
    from trackbook.registry.policy import Policy
    from trackbook.registry.state import Model, Request

DAY_US = 24 * 3600 * 1_000_000


class Wish(NamedTuple):
    """An approval is asked for."""

    at: str
    to: str
    report_id: str | None
    comment: str
    expires_us: int | None
    """None for as long as the policy says."""


class Answer(NamedTuple):
    """A request is answered."""

    at: str
    to: str
    step: Literal["approved", "rejected"]
    comment: str
    actor: str


def requested(model: Model, wish: Wish, policy: Policy, at_us: int) -> Approval | None:
    """Decide to ask for an approval; None where it is asked for, with the same report."""
    version = found(model, wish.at)
    to = state_name(wish.to)
    until = wish.expires_us
    if until is None:
        until = at_us + int(policy.approval_days * DAY_US)
    if until <= at_us:
        raise Refused(f"a request that expired at {when(until)}: name a later time")
    for request in model.requests.values():
        is_same = request.asked.version_id == version.fact.version_id
        is_same = is_same and request.asked.gate_report_id == wish.report_id
        if is_same and request.asked.target == to and is_open(request, at_us):
            return None
    new = new_id()
    return Approval(
        approval_id=new,
        request_id=new,
        step="requested",
        model=model.name,
        version_id=version.fact.version_id,
        target=to,
        package_digest=version.fact.package_digest,
        gate_report_id=wish.report_id,
        comment=wish.comment,
        expires_us=until,
        **UNSEALED,
    )


def answered(model: Model, answer: Answer, policy: Policy, at_us: int) -> Approval | None:
    """Decide to answer the newest request; None where the same was answered before.

    Raises:
        NotFound: nobody asked
        Conflict: somebody said no already
        Refused: who answers may not
    """
    version = found(model, answer.at)
    to = state_name(answer.to)
    asked = [
        request
        for request in model.requests.values()
        if request.asked.version_id == version.fact.version_id
        and request.asked.target == to
    ]
    if not asked:
        raise NotFound(
            f"nobody asked for an approval of {version.name} for {to} (%track approve)"
        )
    request = asked[-1]
    must_be_open(version.name, request, at_us)
    if any((one.actor, one.step) == (answer.actor, answer.step) for one in request.answers):
        return None
    against = why_not(answer.actor, version, request.asked.actor, policy=policy)
    if answer.step == "approved" and against:
        raise Refused(f"{version.name} is not approved: {against}")
    return Approval(
        approval_id=new_id(),
        request_id=request.asked.approval_id,
        step=answer.step,
        model=model.name,
        version_id=version.fact.version_id,
        target=to,
        package_digest=request.asked.package_digest,
        gate_report_id=request.asked.gate_report_id,
        comment=answer.comment,
        expires_us=request.asked.expires_us,
        **UNSEALED,
    )


def is_open(request: Request, at_us: int) -> bool:
    """Say whether a request can still be answered."""
    return not request.is_rejected and request.asked.expires_us > at_us


def must_be_open(name: str, request: Request, at_us: int) -> None:
    """Refuse to answer what is answered or over."""
    for one in request.answers:
        if one.step == "rejected":
            raise Conflict(
                f"{one.actor} rejected {name} at {when(one.at_us)} ({one.comment}): ask anew"
            )
    if request.asked.expires_us <= at_us:
        raise Refused(
            f"the request for {name} expired at {when(request.asked.expires_us)}: ask anew"
        )
