"""The registry as the sidebar shows it, and what a decision would come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from trackbook.doors.board import MOST, BookRegistry
from trackbook.doors.lab.deeds import asked_for, decision, name_of, of_version
from trackbook.doors.lab.detail import section
from trackbook.doors.lab.shapes import Badge, Board, Card, Column, Measure, Preview, Section
from trackbook.doors.lab.words import gettext
from trackbook.errors import Misused
from trackbook.table import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.book import Book
    from trackbook.gates import Report
    from trackbook.registry import ApprovalRow, BoardRow

IN_ORDER = ("PRODUCTION", "STAGING", "DEVELOPMENT", "DEPRECATED", "ARCHIVED")
NO_CHECKS = Section(title="", columns=[], numeric=[], rows=[])


def board_of(book: Book) -> Board:
    """Return the versions by state, those in use first."""
    from trackbook.gates import last_reports
    from trackbook.registry import approvals, board
    from trackbook.runs import by_ids

    found = board(book.store, limit=MOST)
    reports = last_reports(book.store)
    asked: dict[str, list[ApprovalRow]] = {}
    for request in approvals(book.store):
        asked.setdefault(request.version_id, []).append(request)
    ids = sorted({row.run_id for row in found.rows if row.run_id})
    verdicts = {run.run_id: run.reproduced for run in by_ids(book.store, ids)}
    cards = {
        row.version_id: card_of(
            book,
            row,
            reports.get(row.version_id, []),
            asked.get(row.version_id, []),
            verdicts.get(row.run_id or ""),
        )
        for row in found.rows
    }
    columns = [
        Column(
            state=state,
            label=state_label(state),
            cards=[cards[row.version_id] for row in found.states[state]],
        )
        for state in IN_ORDER
    ]
    words = "" if found.rows else "nothing is registered: %track register RUN NAME"
    return Board(columns=columns, words=words)


def state_label(state: str) -> str:
    """Return a state in the user's language."""
    return {
        "PRODUCTION": gettext("Production"),
        "STAGING": gettext("Staging"),
        "DEVELOPMENT": gettext("Development"),
        "DEPRECATED": gettext("Deprecated"),
        "ARCHIVED": gettext("Archived"),
    }[state]


def card_of(
    book: Book,
    row: BoardRow,
    reports: Sequence[Report],
    approvals: Sequence[ApprovalRow],
    reproduced: str | None,
) -> Card:
    """Return one version with its badges and what can be decided of it."""
    from trackbook.panels import (
        ON_A_CARD,
        found_badges,
        metric_lines,
        own_aliases,
        standing_badges,
    )

    badges = standing_badges(row) + found_badges(
        row, reproduced=reproduced, reports=reports, approvals=approvals
    )
    measures = [
        Measure(
            name=str(one["name"]), value=str(one["value"]), change=str(one["step"]),
            words=f"{row.champion}: {one['champion']}" if one["champion"] else "",
        )
        for one in metric_lines(row, book.direction)[:ON_A_CARD]
    ]  # fmt: skip
    where = [Badge(label=visible(slot), tone="ok", words="") for slot in row.slots]
    where += [
        Badge(label=f"@{visible(n)}", tone="quiet", words="") for n in own_aliases(row)
    ]
    told = [
        Badge(label=f"{one.sign} {one.words}", tone=one.tone, words=one.title)
        for one in badges
    ]
    others = any(one.change for one in measures)
    return Card(
        id=row.version_id,
        name=visible(name_of(row)),
        metrics=measures,
        against=f"{row.model}@{row.champion}" if row.champion and others else "",
        by=visible(row.moved_by),
        since=row.state_since.isoformat(),
        badges=where + told,
        deeds=of_version(row, approvals),
    )


def foretold(book: Book, verb: str, values: Mapping[str, object]) -> Preview:
    """Return what a decision would come to; nothing is moved.

    Args:
        book: the project's
        verb: promote, rollback, demote, deprecate, archive, approve or reject
        values: the verb's arguments, as far as they are known; of promote `ask`, too: ask for
            somebody's approval where only that is missing
    """
    from trackbook.panels import DEEDS, DOWN

    if verb not in DEEDS:
        raise Misused(f"{verb!r:.40} is no decision that can be foretold")
    of = "name" if verb == "rollback" else "version"
    about, to = values.get(of), values.get("to", "")
    if not isinstance(about, str):
        raise Misused(f"{verb} needs a {of}")
    if verb == "rollback":
        return rollback_of(book, about)
    known: dict[str, str | bool | list[str]] = {"version": about}
    if verb in {"promote", "approve", "reject"}:
        if to not in {"staging", "production"}:
            raise Misused(f"{verb} needs to: staging or production")
        known["to"] = to
    row = book.models.version(about)
    known["version"] = row.name
    if verb == "promote":
        return promotion_of(book, row.name, str(to), ask=values.get("ask") is True)
    if verb in {"approve", "reject"}:
        return preview("passed", said_of(verb, row.name, str(to)), verb, known)
    target = {"archive": "ARCHIVED", "deprecate": "DEPRECATED"}.get(verb) or DOWN.get(
        row.state
    )
    if target is None:
        raise Misused(f"{row.name} is {row.state}: no state is below that")
    words = f"{row.name}: {row.state} → {target}"
    return preview("passed", words, verb, known, state=row.state)


def said_of(verb: str, name: str, to: str) -> str:
    """Return what an answer to a request for approval says."""
    if verb == "approve":
        return gettext("You say that {name} may enter {to}.").format(name=name, to=to)
    return gettext("You say that {name} must not enter {to}.").format(name=name, to=to)


def preview(
    verdict: str,
    words: str,
    verb: str,
    values: dict[str, str | bool | list[str]],
    *,
    state: str = "",
    changes: Sequence[str] = (),
    checks: Section = NO_CHECKS,
) -> Preview:
    """Return what would come, with the decision itself and all that it asks for."""
    deed = msgspec.structs.replace(
        decision(verb, values, state=state), foretold=False, fields=asked_for(verb)
    )
    return Preview(
        verdict=verdict,
        words=words,
        changes=list(changes),
        checks=checks,
        deeds=[deed],
    )


def promotion_of(book: Book, version: str, target: str, *, ask: bool = False) -> Preview:
    """Ask a version everything that stands before a state; nothing is moved.

    Args:
        book: the project's
        version: the version
        target: staging or production
        ask: ask for somebody's approval, where only that is missing
    """
    row = book.models.version(version)
    report = book.models.examine(version, target)
    checks = section(report.table(), title=gettext("Checks"))
    values: dict[str, str | bool | list[str]] = {"version": row.name, "to": target.lower()}
    if report.passed:
        into = target.upper()
        changes = [f"{row.name}: {row.state} → {into}"]
        if into == "PRODUCTION":
            changes.append(f"{row.name} becomes champion of prod")
        words = f"{row.name} may enter {into}"
        kept = {**values, "expected_from": row.state}
        return preview(
            "passed",
            words,
            "promote",
            kept,
            state=row.state,
            changes=changes,
            checks=checks,
        )
    if ask and book.models.ask_for_approval(version, target, report):
        words = f"an approval was asked for: %track approve {row.name} {target.lower()}"
        return Preview(verdict="asked", words=words, changes=[], checks=checks, deeds=[])
    said = "; ".join(f"{one.label}: {one.words}" for one in report.blocking)
    words = f"kept out by {said}"
    deeds = []
    if book.models.only_approvals_lack(report):
        asking = decision("promote", {**values, "ask": True}, state=row.state)
        deeds = [msgspec.structs.replace(asking, label=gettext("Ask for approval"))]
    return Preview(verdict="failed", words=words, changes=[], checks=checks, deeds=deeds)


def rollback_of(book: Book, model: str) -> Preview:
    """Return what a rollback would change."""
    plan = BookRegistry(book).rollback_plan(model)
    if plan is None:
        raise Misused(
            f"{model} has no earlier champion to go back to (%track history {model})"
        )
    back_to = book.models.version(f"{model}@last_good").version
    return preview("passed", plan, "rollback", {"name": model, "to": back_to})
