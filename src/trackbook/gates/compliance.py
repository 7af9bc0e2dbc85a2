"""Whether a version is described, and whether the right people said yes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from trackbook.gates.answer import Answer, failed, passed

if TYPE_CHECKING:
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Approval, Candidate

EMPTY = {
    "",
    "todo",
    "tbd",
    "fixme",
    "n/a",
    "na",
    "none",
    "null",
    "-",
    "?",
    "...",
    "…",
    "xxx",
}
"""What people write where they mean to write something later."""


def metadata(
    candidate: Candidate,
    _bench: Bench,
    *,
    require: tuple[str, ...] = ("description", "owner"),
    tags: tuple[str, ...] = (),
) -> Answer:
    """Every required field says something, and every required tag is set."""
    given = candidate.metadata
    known = given.get("tags")
    tagged: Mapping[str, object] = known if isinstance(known, Mapping) else {}
    missing = [name for name in require if is_empty(given.get(name))]
    missing += [f"tag {name}" for name in tags if is_empty(tagged.get(name))]
    count = len(require) + len(tags)
    if missing:
        said = f"not said: {', '.join(missing)}"
        return failed(said, count - len(missing), count, missing=missing)
    return passed(f"{count} of {count} fields say something", count, count)


def is_empty(value: object) -> bool:
    """Tell whether a field says nothing."""
    if isinstance(value, str):
        return value.strip().strip(".:").lower() in EMPTY or not value.strip()
    return value is None or value in ([], {}, ())


class Vote(NamedTuple):
    """An approval, and why it does not count."""

    approval: Approval
    objection: str | None


def approvals(
    candidate: Candidate,
    bench: Bench,
    *,
    count: int = 1,
    not_author: bool = True,
    from_: tuple[str, ...] = (),
    expires: float | None = None,
) -> Answer:
    """Enough different people approved just these bytes, and nobody of them rejected them.

    With `not_author` the author's own does not count, with `from` only those people's,
    with `expires` only what was given since so long.
    """
    allowed = {person(name) for name in from_}
    votes = []
    for approval in latest(candidate):
        who = person(approval.approver)
        objection = void_because(approval, candidate, bench, expires)
        if objection is None and not_author and who == person(candidate.author):
            objection = "is the author"
        if objection is None and allowed and who not in allowed:
            objection = "is not one of those who may"
        votes.append(Vote(approval, objection))
    valid = [vote.approval for vote in votes if vote.objection is None]
    against = sorted(a.approver for a in valid if a.decision == "rejected")
    yes = sorted(a.approver for a in valid if a.decision == "approved")
    void = {v.approval.approver: v.objection for v in votes if v.objection is not None}
    evidence = {"approved": yes, "rejected": against, "do not count": void}
    if against:
        return failed(f"rejected by {', '.join(against)}", len(yes), count, **evidence)
    if not_author and not person(candidate.author):
        return failed("its author is not known, so nobody can be another", **evidence)
    if len(yes) < count:
        why = "".join(f"; {who} {reason}" for who, reason in sorted(void.items()))
        other = f" other than {candidate.author}" if not_author else ""
        said = f"{len(yes)} of {count} approvals, each of somebody{other}{why}"
        return failed(said, len(yes), count, **evidence)
    return passed(f"approved by {', '.join(yes)}", len(yes), count, **evidence)


def latest(candidate: Candidate) -> list[Approval]:
    """Return each person's last word on these bytes, or else their last on any."""
    words: dict[str, Approval] = {}
    right = candidate.package_digest

    def rank(approval: Approval) -> tuple[bool, float]:
        return approval.package_digest == right, approval.at.timestamp()

    for approval in sorted(candidate.approvals, key=rank):
        words[person(approval.approver)] = approval
    words.pop("", None)  # a word of nobody
    return list(words.values())


def void_because(
    approval: Approval, candidate: Candidate, bench: Bench, expires: float | None
) -> str | None:
    """Say why an approval does not hold now; None where it does."""
    if approval.package_digest != candidate.package_digest:
        return "approved other bytes"
    if approval.at > bench.now:
        return "approved in the future"
    if approval.policy_digest not in (None, bench.policy_digest):
        return "approved under another policy"
    if approval.decision == "rejected":
        return None  # a no does not wear off: it is taken back by a yes
    ends = [] if approval.expires_at is None else [approval.expires_at]
    if expires is not None:
        ends.append(approval.at + timedelta(seconds=expires))
    return "approved too long ago" if any(end <= bench.now for end in ends) else None


def person(name: str) -> str:
    """Return a name so that two ways of writing it are one person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
