"""The registry as the sidebar shows it, and what a decision would come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.doors.board import MOST, BookRegistry
from trackbook.doors.lab.lines import number
from trackbook.doors.lab.shapes import (
    Badge,
    Board,
    Card,
    Check,
    Column,
    Pending,
    Preview,
)
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.gates import Report
    from trackbook.registry import ApprovalRow, BoardRow

APPROVALS = "compliance.approvals"
IN_ORDER = ("PRODUCTION", "STAGING", "DEVELOPMENT", "DEPRECATED", "ARCHIVED")
KINDS = {"ok": "good", "bad": "bad"}


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
            row,
            reports.get(row.version_id, []),
            asked.get(row.version_id, []),
            verdicts.get(row.run_id or ""),
        )
        for row in found.rows
    }
    columns = [
        Column(state=state, cards=[cards[row.version_id] for row in found.states[state]])
        for state in IN_ORDER
    ]
    words = "" if found.rows else "nothing is registered: %track register RUN NAME"
    return Board(columns=columns, words=words)


def card_of(
    row: BoardRow,
    reports: Sequence[Report],
    approvals: Sequence[ApprovalRow],
    reproduced: str | None,
) -> Card:
    """Return one version with its badges and where it can go."""
    from trackbook.panels import NEXT, found_badges, standing_badges

    badges = standing_badges(row) + found_badges(
        row,
        reproduced=reproduced,
        reports=reports,
        approvals=approvals,
    )
    waiting = [one for one in approvals if one.status == "requested"]
    metrics = {
        name: value for name, value in row.metrics.items() if number(value) is not None
    }
    return Card(
        id=row.version_id,
        name=f"{row.model}@{row.version}",
        model=row.model,
        version=row.version,
        state=row.state,
        slots=list(row.slots),
        aliases=list(row.aliases),
        metrics=metrics,
        champion=row.champion,
        by=row.moved_by,
        since=row.state_since.isoformat(),
        badges=[
            Badge(
                label=f"{one.sign} {one.words}",
                kind=KINDS.get(one.tone, "plain"),
                words=one.title,
            )
            for one in badges
        ],
        moves=[NEXT[row.state]] if row.state in NEXT else [],
        pending=[Pending(target=one.target, approval=one.request_id) for one in waiting],
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
    checks = [
        Check(name=one.label, outcome=one.outcome, severity=one.severity, words=one.words)
        for one in report.results
    ]
    blocking = report.blocking
    can_ask = bool(blocking) and all(one.check == APPROVALS for one in blocking)
    into = target.upper()
    changes = [f"{row.name}: {row.state} → {into}"]
    if into == "PRODUCTION":
        changes.append(f"{row.name} becomes champion of prod")
    kept = "; ".join(f"{one.label}: {one.words}" for one in blocking)
    words = f"{row.name} may enter {into}" if report.passed else f"kept out by {kept}"
    asked = ask and book.models.ask_for_approval(version, target, report)
    if asked:
        words = f"an approval was asked for: %track approve {row.name} {target.lower()}"
    return Preview(
        verdict="passed" if report.passed else "failed",
        words=words,
        checks=checks,
        approvals=[one.words for one in report.results if one.check == APPROVALS],
        can_ask=can_ask,
        asked=asked,
        changes=changes,
        back_to=None,
    )


def rollback_of(book: Book, model: str) -> Preview:
    """Return what a rollback would change."""
    plan = BookRegistry(book).rollback_plan(model)
    if plan is None:
        raise Misused(
            f"{model} has no earlier champion to go back to (%track history {model})"
        )
    return Preview(
        verdict="passed",
        words=plan,
        checks=[],
        approvals=[],
        can_ask=False,
        asked=False,
        changes=[plan],
        back_to=book.models.version(f"{model}@last_good").version,
    )
