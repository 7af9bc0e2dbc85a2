"""Decisions about versions: from how a model stands and a command to what moves, or an error.

Nothing here reads a file or the database: given the same it decides the same, but for the
ids that it makes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from trackbook.clock import new_id
from trackbook.errors import Conflict, Misused, Refused
from trackbook.registry.chain import when
from trackbook.registry.draft import WHOLE, Draft
from trackbook.registry.find import found
from trackbook.registry.names import slot_name
from trackbook.registry.rules import (
    Asked,
    must_be_allowed,
    must_fit,
    state_name,
    valid_approvals,
)
from trackbook.registry.state import take

if TYPE_CHECKING:
    from trackbook.records import Command, Transition
    from trackbook.registry.policy import Policy, Report
    from trackbook.registry.state import Model, Standing


class Move(NamedTuple):
    """A version is to go to a state."""

    at: str
    to: str
    command: Command
    reason: str = ""
    report: Report | None = None
    expected_from: str | None = None
    """The state that it must be in; None for whichever."""
    expected_champion: str | None = None
    """What must be champion of prod, as behind an `@`; empty for none; None for whichever."""
    force: bool = False
    sunset_us: int | None = None
    successor: str | None = None


def moved(model: Model, move: Move, policy: Policy, at_us: int) -> Draft | None:
    """Decide on a move; None where the version is in that state.

    Raises:
        Conflict: what was expected is no longer so
        Refused: a rule says no
    """
    version = found(model, move.at)
    to = state_name(move.to)
    must_be_as_expected(model, version, move)
    if version.state == to:
        return None
    draft = Draft(
        model=model,
        command=move.command,
        version_id=version.fact.version_id,
        reason=move.reason,
        sunset_us=move.sunset_us,
        policy_digest=policy.digest,
    )
    asked = Asked(
        model, version, to, policy, at_us, move.report, move.reason, move.sunset_us
    )
    draft.overrode = must_be_allowed(asked, force=move.force)
    draft.gate_report_id = move.report.report_id if move.report is not None else None
    draft.approval_ids = [one.approval_id for one in valid_approvals(asked)]
    draft.state(version.fact.version_id, to)
    enter(draft, version, to, move)
    return fitting(draft)


def enter(draft: Draft, version: Standing, to: str, move: Move) -> None:
    """Add what entering a state brings with it."""
    version_id = version.fact.version_id
    if to == "PRODUCTION":
        draft.champion("prod", version_id)
    if to == "DEPRECATED" and move.successor is not None:
        draft.successor_id = found(draft.model, move.successor).fact.version_id
    if to == "ARCHIVED":
        for slot in draft.model.slots_of(version_id):
            if not slot.endswith("/last_good"):
                draft.slot(slot, "")


def deployed(
    model: Model, at: str, env: str, role: str, traffic: float, reason: str
) -> Draft | None:
    """Decide to put a version into a slot; of a canary with so many percent of the traffic."""
    version = found(model, at)
    slot = slot_name(env, role)
    if not (math.isfinite(traffic) and 0 <= traffic <= WHOLE):
        raise Misused(f"traffic of {traffic} percent: between 0 and 100")
    if traffic and role != "canary":
        raise Misused(f"{role} has no share of its own: give traffic to a canary")
    draft = Draft(
        model=model, command="deploy", version_id=version.fact.version_id, reason=reason
    )
    champion = model.slots.get(f"{env}/champion")
    if role == "champion":
        draft.champion(env, version.fact.version_id)
    elif champion is not None and champion.version_id == version.fact.version_id:
        raise Refused(
            f"{version.name} is champion of {env} already: it cannot be {role} too"
        )
    else:
        draft.slot(slot, version.fact.version_id, traffic)
        draft.share(env)
    return None if draft.is_empty else fitting(draft)


def undeployed(model: Model, env: str, role: str, reason: str) -> Draft | None:
    """Decide to take out of a slot what is in it."""
    slot = slot_name(env, role)
    held = model.slots.get(slot)
    if held is None:
        return None
    if role == "champion" and not reason:
        raise Refused(
            f"{slot} of {model.name} would serve nothing: a reason is needed (reason=…)"
        )
    draft = Draft(
        model=model, command="undeploy", version_id=held.version_id, reason=reason
    )
    draft.slot(slot, "")
    if role == "canary":
        draft.share(env)
    return draft


class Back(NamedTuple):
    """A champion is to be taken back."""

    env: str
    reason: str
    to: str | None = None
    bad_to: str = "DEPRECATED"
    alerted_us: int | None = None


def target_of(model: Model, back: Back) -> Standing:
    """Return the version that a rollback leads to, refusing one that was never there."""
    slot_name(back.env, "champion")
    if not back.reason:
        raise Refused(f"a rollback of {model.name} needs a reason (reason=…)")
    if back.to is not None:
        target = found(model, back.to)
    else:
        good = model.slots.get(f"{back.env}/last_good")
        if good is None:
            raise Refused(
                f"{model.name} has no last good version in {back.env}: name one (to=…)"
            )
        target = model.standing(good.version_id)
    was_there = (back.env, target.fact.version_id) in model.champions
    if back.env == "prod":
        was_there = was_there or target.was_production
    if not was_there:
        raise Refused(f"{target.name} was never champion of {back.env}: promote it instead")
    return target


def rolled_back(model: Model, back: Back, seen: Model) -> Draft | None:
    """Decide to take a champion back: slot, states and incident at once.

    Raises:
        Conflict: since the target was verified another one became champion, or the target
    """
    target = target_of(model, back)
    slot = f"{back.env}/champion"
    if target.fact != target_of(seen, back).fact or in_slot(model, slot) != in_slot(
        seen, slot
    ):
        raise Conflict(f"{model.name} was moved in {back.env} meanwhile: {by(model.last)}")
    target_id = target.fact.version_id
    bad = in_slot(model, slot)
    if bad == target_id:
        return None
    to = state_name(back.bad_to)
    if to not in {"DEPRECATED", "STAGING"}:
        raise Misused(
            f"a version that was taken back goes to DEPRECATED or STAGING, not {to}"
        )
    draft = Draft(
        model=model,
        command="rollback",
        version_id=target_id,
        reason=back.reason,
        incident_id=new_id(),
        alerted_us=back.alerted_us,
    )
    if back.env == "prod":
        draft.state(target_id, "PRODUCTION")
    draft.champion(back.env, target_id)
    if back.env == "prod" and bad:
        draft.states.pop(bad, None)
        draft.state(bad, to)
    draft.slots.pop(f"{back.env}/last_good", None)
    draft.slot(f"{back.env}/last_good", good_before(model, back.env, target_id, bad))
    return fitting(draft)


def good_before(model: Model, env: str, target_id: str, bad: str) -> str:
    """Return who was champion before the target and never rolled back from; empty for nobody."""
    for where, version_id in reversed(model.champions):
        if where != env or version_id in {target_id, bad}:
            continue
        is_spoilt = (env, version_id) in model.spoilt
        if not is_spoilt and not model.versions[version_id].is_deleted:
            return version_id
    return ""


def deleted(model: Model, at: str, why: str, at_us: int) -> Draft:
    """Decide to delete a version: its number stays taken, its facts stay in the log."""
    version = found(model, at)
    version_id = version.fact.version_id
    against = [] if why else ["a reason is needed (reason=…)"]
    if version.state not in {"DEVELOPMENT", "ARCHIVED"}:
        against.append(f"it is {version.state}: archive it first")
    if slots := model.slots_of(version_id):
        against.append(f"it is in {', '.join(slots)}")
    names = [name for name, it in model.aliases.items() if it.version_id == version_id]
    if names:
        against.append(f"the alias {', '.join(names)} leads to it")
    for request in model.requests.values():
        is_open = request.asked.expires_us > at_us and not request.is_rejected
        if request.asked.version_id == version_id and is_open:
            against.append("an approval of it is open: reject it first")
            break
    heirs = [one.fact.semver for one in model.kept if one.fact.parent_id == version_id]
    if heirs:
        against.append(f"{', '.join(heirs)} goes on from it")
    if against:
        raise Refused(f"{version.name} is not deleted: {'; '.join(against)}")
    return Draft(
        model=model,
        command="delete",
        version_id=version_id,
        reason=why,
        deleted=[version_id],
    )


def fitting(draft: Draft) -> Draft:
    """Return a decision after which every slot holds what may be in it."""
    after = draft.model.copied()
    take(after, draft.transition())
    must_fit(after, list(draft.states))
    return draft


def must_be_as_expected(model: Model, version: Standing, move: Move) -> None:
    """Refuse a move that rests on what somebody else has changed meanwhile."""
    if move.expected_from is not None:
        expected = state_name(move.expected_from)
        if version.state != expected:
            raise Conflict(
                f"{version.name} is {version.state}, not {expected}: {by(version.moved)}"
            )
    if move.expected_champion is not None:
        must_still_be_champion(model, move.expected_champion)


def must_still_be_champion(model: Model, at: str) -> None:
    """Refuse where another version is champion of prod than somebody thought."""
    held = model.slots.get("prod/champion")
    now = in_slot(model, "prod/champion")
    expected = found(model, at).fact.version_id if at else ""
    if now != expected:
        moved_by = by(held.since if held is not None else model.last)
        raise Conflict(
            f"champion of {model.name} is {model.label(now)}, not {model.label(expected)}:"
            f" {moved_by}"
        )


def in_slot(model: Model, slot: str) -> str:
    """Return the id of the version in a slot; empty for none."""
    held = model.slots.get(slot)
    return held.version_id if held is not None else ""


def by(entry: Transition | None) -> str:
    """Say who decided, when and why."""
    if entry is None:
        return "it was never moved; look again (%track versions)"
    why = f" ({entry.reason})" if entry.reason else ""
    return (
        f"{entry.actor} was first, with {entry.command} at {when(entry.at_us)}{why}; look"
        " again (%track versions)"
    )
