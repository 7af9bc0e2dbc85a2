"""From which state a version may go to which, and what must be brought for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trackbook.errors import Misused, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.records import Approval
    from trackbook.registry.policy import Policy, Report
    from trackbook.registry.state import Model, Standing

STATES = ("DEVELOPMENT", "STAGING", "PRODUCTION", "DEPRECATED", "ARCHIVED")
WAYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("DEVELOPMENT", "STAGING"): ("gates",),
    ("DEVELOPMENT", "PRODUCTION"): ("fast track", "gates", "reason"),
    ("DEVELOPMENT", "ARCHIVED"): ("reason", "no traffic"),
    ("STAGING", "DEVELOPMENT"): ("reason",),
    ("STAGING", "PRODUCTION"): ("gates",),
    ("STAGING", "ARCHIVED"): ("reason", "no traffic"),
    ("PRODUCTION", "STAGING"): ("reason", "no champion"),
    ("PRODUCTION", "DEPRECATED"): ("sunset", "no champion"),
    ("PRODUCTION", "ARCHIVED"): ("reason", "no traffic", "no champion"),
    ("DEPRECATED", "PRODUCTION"): ("rollback only",),
    ("DEPRECATED", "ARCHIVED"): ("no traffic",),
    ("ARCHIVED", "STAGING"): ("gates",),
    ("ARCHIVED", "PRODUCTION"): ("rollback only",),
}
"""What each way needs; a way that is not here is closed."""
UNBENT = {"reason", "no champion", "no traffic"}
"""Rules that hold also where a decision is forced: what they keep would be broken at once."""
FITTING = {
    "champion": {"PRODUCTION"},
    "challenger": {"STAGING", "PRODUCTION"},
    "canary": {"STAGING", "PRODUCTION"},
    "shadow": {"DEVELOPMENT", "STAGING", "PRODUCTION", "DEPRECATED"},
}
"""In which state a version may be in each slot of prod."""
ANYWHERE = FITTING["shadow"]
UNSIGNED = "unsigned"
"""What is said of a version that came in a bundle without a signature."""


class Asked(NamedTuple):
    """A version that is to enter a state, with all that is brought."""

    model: Model
    version: Standing
    to: str
    policy: Policy
    at_us: int
    report: Report | None = None
    reason: str = ""
    sunset_us: int | None = None


def state_name(text: str) -> str:
    """Return a state by its name, in capitals or not.

    Raises:
        Misused: there is none of that name; nothing is moved by a guess
    """
    if text.upper() in STATES:
        return text.upper()
    raise Misused(f"no state {text[:40]!r}: there are {', '.join(STATES)}")


def objections(asked: Asked) -> tuple[list[str], list[str]]:
    """Return what speaks against a move: what may be overruled, and what may not."""
    here, to = asked.version.state, asked.to
    needs = WAYS.get((here, to))
    if needs is None:
        ways = [after for before, after in WAYS if before == here]
        return [f"there is no way from {here} to {to} (there is to {', '.join(ways)})"], []
    soft: list[str] = []
    hard: list[str] = []
    for need in needs:
        (hard if need in UNBENT else soft).extend(CHECKS[need](asked))
    return soft, hard


def gates(asked: Asked) -> list[str]:
    """A gate report that passed, of these bytes; and as many approvals as are asked for."""
    if asked.to not in asked.policy.gated:
        return approvals(asked)
    report = asked.report
    if report is None:
        return [f"no gate report for {asked.to} was brought", *approvals(asked)]
    wrong = []
    if report.verdict != "passed":
        wrong.append(f"gate report {report.report_id} says {report.verdict}, not passed")
    if report.target.upper() != asked.to:
        wrong.append(f"gate report {report.report_id} is for {report.target}")
    if report.package_digest != asked.version.fact.package_digest:
        wrong.append(f"gate report {report.report_id} is of another package")
    if asked.policy.digest and report.policy_digest != asked.policy.digest:
        wrong.append(f"gate report {report.report_id} was made under another policy")
    if report.outdated:
        wrong.append(f"gate report {report.report_id} is out of date: {report.outdated}")
    champion = asked.model.slots.get("prod/champion")
    now = champion.version_id if champion is not None else ""
    if report.champion_id is not None and report.champion_id != now:
        wrong.append(
            f"gate report {report.report_id} compared with"
            f" {asked.model.label(report.champion_id)}, and champion is"
            f" {asked.model.label(now)}"
        )
    return wrong + approvals(asked)


def approvals(asked: Asked) -> list[str]:
    """As many different people as the policy wants have approved these bytes."""
    wanted = asked.policy.approvals.get(asked.to, 0)
    have = len({one.actor for one in valid_approvals(asked)})
    if have >= wanted:
        return []
    return [f"{have} of {wanted} approvals for {asked.to} (%track approve)"]


def valid_approvals(asked: Asked) -> list[Approval]:
    """Return the approvals that count: of these bytes, this report, in time, by others."""
    report_id = asked.report.report_id if asked.report is not None else None
    return [
        answer
        for request in asked.model.requests.values()
        if request.asked.version_id == asked.version.fact.version_id
        and request.asked.target == asked.to
        and request.asked.package_digest == asked.version.fact.package_digest
        and request.asked.gate_report_id == report_id
        and request.asked.expires_us > asked.at_us
        and not request.is_rejected
        for answer in request.answers
        if answer.step == "approved"
        and not why_not(
            answer.actor, asked.version, request.asked.actor, policy=asked.policy
        )
    ]


def why_not(actor: str, version: Standing, requester: str, *, policy: Policy) -> str:
    """Return why somebody may not approve; empty where they may."""
    if policy.approvers and actor not in policy.approvers:
        return f"{actor} is not among those who approve: {', '.join(policy.approvers)}"
    if not policy.four_eyes:
        return ""
    if actor in {version.fact.actor, version.fact.author}:
        return f"{actor} made or registered {version.name}: somebody else must look at it"
    if actor == requester:
        return f"{actor} asked for it: somebody else must look at it"
    return ""


def fast_track(asked: Asked) -> list[str]:
    """The policy lets a version pass STAGING by, or it was there where it came from."""
    was_staged = asked.version.fact.origin_state in {"STAGING", "PRODUCTION"}
    if asked.policy.fast_track or was_staged:
        return []
    return ["the way from DEVELOPMENT to PRODUCTION leads through STAGING"]


def reason(asked: Asked) -> list[str]:
    """Somebody said why."""
    return [] if asked.reason else ["a reason is needed (reason=…)"]


def sunset(asked: Asked) -> list[str]:
    """It is said until when it serves."""
    return [] if asked.sunset_us is not None else ["a day is needed (sunset=…)"]


def no_champion(asked: Asked) -> list[str]:
    """It is nobody's champion in prod."""
    champion = asked.model.slots.get("prod/champion")
    if champion is None or champion.version_id != asked.version.fact.version_id:
        return []
    return [
        f"{asked.version.name} is champion of prod: promote another, roll back or undeploy it"
    ]


def no_traffic(asked: Asked) -> list[str]:
    """It has traffic in no slot."""
    busy = [
        slot
        for slot in asked.model.slots_of(asked.version.fact.version_id)
        if asked.model.slots[slot].traffic > 0
    ]
    if not busy:
        return []
    return [f"{asked.version.name} has traffic in {', '.join(busy)}: undeploy it there"]


def rollback_only(asked: Asked) -> list[str]:
    """That way leads through a rollback."""
    return [f"from {asked.version.state} to {asked.to} leads only a rollback"]


CHECKS: dict[str, Callable[[Asked], list[str]]] = {
    "gates": gates,
    "fast track": fast_track,
    "reason": reason,
    "sunset": sunset,
    "no champion": no_champion,
    "no traffic": no_traffic,
    "rollback only": rollback_only,
}


def must_be_allowed(asked: Asked, *, force: bool) -> list[str]:
    """Return the rules that a forced move goes past, refusing what may not be.

    Raises:
        Refused: with everything that speaks against it
    """
    soft, hard = objections(asked)
    if force and soft and not asked.reason:
        hard = list(dict.fromkeys([*hard, *reason(asked)]))
    against = hard if force else [*soft, *hard]
    if against:
        way = "; force=True with a reason overrules it, and that stays on record"
        raise Refused(
            f"{asked.version.name} stays {asked.version.state}: {'; '.join(against)}"
            + (way if soft and not force and not hard else "")
        )
    return soft


def must_fit(model: Model, changed: Sequence[str]) -> None:
    """Refuse a decision after which a slot would hold what must not be in it."""
    for slot, placed in model.slots.items():
        env, _, role = slot.partition("/")
        standing = model.versions[placed.version_id]
        if role == "last_good":
            continue
        fitting = FITTING[role] if env == "prod" else ANYWHERE
        if standing.state not in fitting or standing.is_deleted:
            what = "it would be" if placed.version_id in changed else "it is"
            raise Refused(
                f"{slot} of {model.name} takes versions in {', '.join(sorted(fitting))};"
                f" {standing.fact.semver} is there, and {what} {standing.state}: undeploy"
                " it, or move it first"
            )
