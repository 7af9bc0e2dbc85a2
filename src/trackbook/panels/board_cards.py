"""A version as its card on the board says it: numbers, badges, and what can be done."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, get_args

from trackbook.table import SIGNS, MetricLine, compared, in_short, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from trackbook.gates import Report
    from trackbook.registry import ApprovalRow, BoardRow

    Direction = Callable[[str], Literal["max", "min"] | None]

Tone = Literal["ok", "bad", "warn", "quiet"]
Deed = Literal["promote", "demote", "deprecate", "archive", "approve", "reject", "rollback"]
DEEDS = get_args(Deed)
ON_A_CARD = 3
TONES: dict[str, Tone] = {"better": "ok", "worse": "bad"}
CHAMPION = "prod/champion"
SCAN = "security.scan"
NEXT = {"DEVELOPMENT": "STAGING", "STAGING": "PRODUCTION", "ARCHIVED": "STAGING"}
UNASKED = "nobody asked for an approval: to promote it does, where one is needed"
DOWN = {"STAGING": "DEVELOPMENT", "PRODUCTION": "STAGING"}


@dataclass(frozen=True, slots=True)
class Badge:
    """One thing to know of a version, in few words."""

    words: str
    tone: Tone
    sign: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button."""

    do: Deed
    label: str
    to: str = ""
    why_not: str = ""
    """Why it cannot be pressed just now; empty where it can."""


def card_of(row: BoardRow, direction: Direction) -> dict[str, object]:
    """Return what a card shows of a version; all texts are harmless to show."""
    lines = metric_lines(row, direction)
    return {
        "id": row.version_id,
        "name": name_of(row),
        "model": visible(row.model),
        "state": row.state,
        "slots": [visible(slot) for slot in row.slots],
        "aliases": [visible(alias) for alias in own_aliases(row)],
        "since_ms": ms_of(row.state_since),
        "since": in_short(row.state_since),
        "by": visible(row.moved_by),
        "metrics": lines[:ON_A_CARD],
        "metrics_more": max(0, len(lines) - ON_A_CARD),
        "champion": visible(row.champion or ""),
        "badges": [asdict(badge) for badge in standing_badges(row)],
    }


def name_of(row: BoardRow) -> str:
    """Return a version's name for showing."""
    return visible(f"{row.model}@{row.version}")


def own_aliases(row: BoardRow) -> list[str]:
    """Return the aliases that say more than the slots do."""
    slots = {slot.partition("/")[2] for slot in row.slots}
    return [alias for alias in row.aliases if alias not in slots]


def ms_of(when: datetime) -> int:
    """Return a time as JavaScript counts it."""
    return int(when.timestamp() * 1000)


def metric_lines(row: BoardRow, direction: Direction) -> list[dict[str, object]]:
    """Return the metrics against the champion's, those first that can be better or worse."""
    is_champion = CHAMPION in row.slots
    lines: list[dict[str, object]] = []
    for name, value in row.metrics.items():
        other = None if is_champion else row.champion_metrics.get(name)
        way = direction(name)
        number = math.nan if value is None else float(value)
        step, word = compared(MetricLine(name, number, direction=way), other)
        lines.append(
            {
                "name": visible(name),
                "value": in_short(number),
                "champion": "" if other is None else in_short(other),
                "step": step,
                "word": word or ("differs" if step else ""),
                "tone": TONES.get(word, "quiet"),
                "way": {"max": "higher is better", "min": "lower is better"}.get(way or "", ""),
            }
        )  # fmt: skip
    return sorted(
        lines, key=lambda line: (line["word"] in {"", "differs"}, not line["way"])
    )


def standing_badges(row: BoardRow) -> list[Badge]:
    """Return the badges that the version's own row gives."""
    found = []
    if row.is_unsafe:
        why = "loading it executes code that its package brings"
        found.append(Badge("unsafe pickle", "warn", "⚠", why))
    if row.forced:
        why = f"a decision on it went past a rule; last reason: {visible(row.reason) or 'none'}"
        found.append(Badge("forced", "bad", "‼", why))
    if row.state == "DEPRECATED":
        until = f" until {row.sunset_at:%Y-%m-%d}" if row.sunset_at else ""
        use = f", use {visible(row.successor)}" if row.successor else ""
        found.append(Badge(f"deprecated{until}{use}", "warn", "◷"))
    return found


def found_badges(
    row: BoardRow,
    *,
    reproduced: str | None,
    reports: Sequence[Report],
    approvals: Sequence[ApprovalRow],
) -> list[Badge]:
    """Return the badges that reproduction, gates and approvals give.

    Args:
        row: the version
        reproduced: the verdict on its run
        reports: of the version, the last one first
        approvals: of its model
    """
    found = []
    if reproduced is not None:
        tone: Tone = "ok" if reproduced in {"identical", "within tolerance"} else "bad"
        said = "reproduced" if tone == "ok" else "not reproduced"
        sign = SIGNS.get(reproduced, "·")
        found.append(
            Badge(said, tone, sign, f"its run executed again: {visible(reproduced)}")
        )
    found += [*scan_badge(reports), *gate_badges(reports), *approval_badges(row, approvals)]
    return found


def scan_badge(reports: Sequence[Report]) -> list[Badge]:
    """Return what the last scan found of a version's files."""
    for report in reports:
        for one in report.results:
            if one.check == SCAN and one.outcome != "skipped":
                if one.outcome == "passed":
                    return [Badge("scanned", "ok", "✓", visible(one.words))]
                return [Badge(f"scan {one.outcome}", "bad", "✗", visible(one.words))]
    return []


def gate_badges(reports: Sequence[Report]) -> list[Badge]:
    """Return a badge for the last report of each target."""
    last: dict[str, Report] = {}
    for report in reports:
        last.setdefault(report.target.lower(), report)
    found = []
    for report in last.values():
        target = visible(report.target.lower())
        why = "; ".join(visible(one.label) for one in report.blocking) or said_of(report)
        if report.passed:
            found.append(Badge(f"{target} gate passed", "ok", "✓", why))
        else:
            words = f"{target} gate failed ({len(report.blocking)})"
            found.append(Badge(words, "bad", "✗", f"kept out by {why}"))
    return found


def said_of(report: Report) -> str:
    """Return how many checks of a report had which outcome, in words."""
    return ", ".join(f"{count} {outcome}" for outcome, count in report.counts.most_common())


def approval_badges(row: BoardRow, approvals: Sequence[ApprovalRow]) -> list[Badge]:
    """Return who approved or rejected a version, or that an answer is waited for."""
    own = [one for one in approvals if one.version_id == row.version_id]
    people = sorted(
        {who for one in own if one.status == "approved" for who in one.approvers}
    )
    found = []
    if people:
        who = ", ".join(map(visible, people))
        found.append(Badge(f"approved {len(people)}", "ok", "✓", f"by {who}"))
    for one in own[:1]:
        if one.status == "rejected":
            why = f"{visible(one.rejecter or '')}: {visible(one.answer or '')}"
            found.append(Badge(f"rejected for {one.target}", "bad", "✗", why))
        elif one.status == "requested":
            why = f"{visible(one.requester)} asked: {visible(one.comment)}"
            found.append(Badge(f"approval asked for {one.target}", "quiet", "?", why))
    return found


def actions_of(row: BoardRow, approvals: Sequence[ApprovalRow] = ()) -> list[Action]:
    """Return the buttons of a version, the way up first."""
    found = []
    busy = ""
    if CHAMPION in row.slots:
        busy = "it is champion of prod: promote another version, or roll back"
        found.append(Action("rollback", f"Roll {visible(row.model)} back"))
    if up := NEXT.get(row.state):
        verb = "Restore" if row.state == "ARCHIVED" else "Promote"
        found.append(Action("promote", f"{verb} to {up}", up))
    for target, unasked in answerable(row, approvals).items():
        found.append(Action("approve", f"Approve for {target}", target, unasked))
        found.append(Action("reject", f"Reject for {target}", target, unasked))
    if down := DOWN.get(row.state):
        found.append(Action("demote", f"Back to {down}", down, busy))
    if row.state == "PRODUCTION":
        found.append(Action("deprecate", "Deprecate", "DEPRECATED", busy))
    if row.state != "ARCHIVED":
        found.append(Action("archive", "Archive", "ARCHIVED", busy))
    return found


def answerable(row: BoardRow, approvals: Sequence[ApprovalRow]) -> dict[str, str]:
    """Return the states for which a version can be approved, each with why it cannot be yet.

    Production, which usually takes an approval, is among them before anybody asked for one.
    """
    if row.state not in NEXT:
        return {}
    asked = [
        one.target
        for one in approvals
        if one.version_id == row.version_id and one.status in {"requested", "approved"}
    ]
    usual = {"PRODUCTION": UNASKED} if row.state == "STAGING" else {}
    return usual | {one: "" for one in asked if one != row.state}
