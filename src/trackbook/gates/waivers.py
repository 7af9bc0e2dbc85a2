"""What a policy lets pass for once: by whom, why, until when; it stays visible in every report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

KEYS = ("check", "by", "reason", "until")
NEVER = ("package.intact", "compliance.approvals")
"""These are never let pass: other bytes are another version, and nobody else can agree."""
LEAST_REASON = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One check that a version need not pass, until the end of a day (UTC)."""

    label: str
    by: str
    reason: str
    until: date

    def holds(self, now: datetime) -> bool:
        """Tell whether it does at a time, which is aware."""
        return now.date() <= self.until

    def told(self, now: datetime) -> str:
        """Return what a report says of it."""
        word = "waived by" if self.holds(now) else "no longer waived: ended, by"
        return f"{word} {self.by} until {self.until}: {self.reason}"


def waivers_of(given: object, labels: Mapping[str, str], where: str) -> dict[str, Waiver]:
    """Return the waivers of a target, by the check's label.

    Args:
        given: a list of tables
        labels: the check behind each label of the target
        where: what errors begin with

    Raises:
        Misused: something in them cannot be meant
    """
    if not isinstance(given, list):
        raise Misused(f"{where}: waivers is no list: write [[targets.NAME.waivers]]")
    found: dict[str, Waiver] = {}
    for one in given:
        waiver = waiver_of(one, labels, f"{where}: a waiver")
        if waiver.label in found:
            raise Misused(f"{where}: {waiver.label} is waived twice: leave one out")
        found[waiver.label] = waiver
    return found


def waiver_of(given: object, labels: Mapping[str, str], where: str) -> Waiver:
    """Return one waiver."""
    if not isinstance(given, dict):
        raise Misused(f"{where} is {given!r}: it has to be a table")
    must_be_known(given, KEYS, where)
    missing = [key for key in KEYS if not given.get(key)]
    if missing:
        raise Misused(f"{where} needs {', '.join(missing)}")
    label, by, reason = (text_at(given, key, where) for key in KEYS[:3])
    if label not in labels:
        hint = NotFound.named("check", label, known=labels)
        raise Misused(f"{where}: {hint} (the target asks {', '.join(labels)})")
    if labels[label] in NEVER:
        raise Misused(f"{where}: {label} is never waived: --force goes past it, on record")
    if len(reason.strip()) < LEAST_REASON:
        raise Misused(f"{where}: {reason!r} is no reason: say why, in a sentence")
    return Waiver(label=label, by=by, reason=reason, until=day_of(given["until"], where))


def must_be_known(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse a key that nobody reads."""
    for key in given:
        if key not in known:
            raise Misused(f"{where}: {NotFound.named('key', key, known=known)}")


def text_at(given: Mapping[str, Any], key: str, where: str) -> str:
    """Return a text, on one line."""
    found = given[key]
    if not isinstance(found, str) or not found.isprintable():
        raise Misused(f"{where}: {key} is {found!r}: it has to be a text on one line")
    return found


def day_of(given: object, where: str) -> date:
    """Return a day: TOML's own, or as a text such as 2026-12-31."""
    if type(given) is date:
        return given
    try:
        return date.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        raise Misused(
            f"{where}: until is {given!r}: write a day such as 2026-12-31"
        ) from None
