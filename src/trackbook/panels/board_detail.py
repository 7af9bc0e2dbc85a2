"""All that the panel says of one version: numbers, gates, approvals, and its model's past."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from trackbook.clock import time_of
from trackbook.panels.board_cards import (
    actions_of,
    found_badges,
    metric_lines,
    ms_of,
    name_of,
    own_aliases,
    said_of,
    standing_badges,
)
from trackbook.table import in_short, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates import Report, Result
    from trackbook.panels.board_cards import Direction
    from trackbook.registry import ApprovalRow, BoardRow, History, MoveRow

MOST_REPORTS, MOST_MOVES, LONGEST = 6, 200, 400
KB, MB = 1_000, 1_000_000


def detail_of(
    row: BoardRow,
    *,
    direction: Direction,
    reproduced: str | None,
    reports: Sequence[Report],
    approvals: Sequence[ApprovalRow],
    history: History,
) -> dict[str, object]:
    """Return what is shown of a version that was picked."""
    own = [one for one in approvals if one.version_id == row.version_id]
    found = found_badges(row, reproduced=reproduced, reports=reports, approvals=approvals)
    return {
        "id": row.version_id,
        "name": name_of(row),
        "state": row.state,
        "model": visible(row.model),
        "champion": visible(row.champion or ""),
        "is_champion": row.champion == row.version,
        "facts": facts_of(row),
        "metrics": metric_lines(row, direction),
        "badges": [asdict(badge) for badge in [*found, *standing_badges(row)]],
        "actions": [asdict(action) for action in actions_of(row, approvals)],
        "reports": [report_of(report) for report in reports[:MOST_REPORTS]],
        "approvals": [approval_of(one) for one in own],
        "history": timeline(history),
    }


def facts_of(row: BoardRow) -> list[tuple[str, str]]:
    """Return the plain facts of a version, as pairs to be read."""
    facts = [
        ("registered", f"{in_short(row.registered_at)} by {visible(row.registered_by)}"),
        (f"{row.state} since", f"{in_short(row.state_since)} by {visible(row.moved_by)}"),
        ("reason", short(row.reason)),
        ("in", ", ".join(map(visible, row.slots))),
        ("aliases", ", ".join(map(visible, own_aliases(row)))),
        ("format", f"{visible(row.flavour)}, {bytes_of(row.size_bytes)}"),
        ("run", visible(row.run_id or "")),
    ]
    return [(name, value) for name, value in facts if value]


def bytes_of(count: int) -> str:
    """Return a size in words."""
    if count >= MB:
        return f"{count / MB:.1f} MB"
    return f"{count / KB:.1f} KB" if count >= KB else f"{count} bytes"


def report_of(report: Report) -> dict[str, object]:
    """Return what a gate found, for showing."""
    began = time_of(report.began_us)
    return {
        "target": visible(report.target),
        "passed": report.passed,
        "when": in_short(began),
        "when_ms": ms_of(began),
        "words": said_of(report),
        "seconds": report.duration_s,
        "checks": [check_of(one) for one in report.results],
    }


def check_of(result: Result) -> dict[str, object]:
    """Return what one check found, for showing."""
    held = ", ".join(
        f"{word} {in_short(json.loads(text))}"
        for word, text in (("found", result.value), ("asked for", result.threshold))
        if text is not None
    )
    return {
        "label": visible(result.label),
        "state": result.outcome,
        "blocks": result.blocks,
        "words": short(result.words),
        "held": short(held),
        "seconds": result.duration_s,
    }


def approval_of(one: ApprovalRow) -> dict[str, object]:
    """Return a request and its answer as one line, for showing."""
    answer = {
        "approved": "approved by " + ", ".join(one.approvers),
        "rejected": f"rejected by {one.rejecter}",
        "void": "void: asked anew for another gate report",
    }.get(one.status, one.status)
    said = f": “{one.answer}”" if one.answer else ""
    return {
        "status": one.status,
        "words": short(f"for {one.target}, asked by {one.requester}: {answer}{said}"),
        "when": in_short(one.requested_at),
        "when_ms": ms_of(one.requested_at),
    }


def timeline(history: History) -> list[dict[str, object]]:
    """Return a model's decisions, the newest first, each with all that it moved."""
    entries = [list(moves) for _, moves in groupby(history.moves, lambda one: one.entry)]
    return [entry_of(moves) for moves in reversed(entries[-MOST_MOVES:])]


def entry_of(moves: Sequence[MoveRow]) -> dict[str, object]:
    """Return one decision, for showing."""
    first = moves[0]
    moved = [one for one in moves if one.before != one.after] or moves
    overrode = "; ".join(map(visible, first.overrode))
    return {
        "when": in_short(first.moved_at),
        "when_ms": ms_of(first.moved_at),
        "command": visible(first.command),
        "versions": list(dict.fromkeys(visible(one.version) for one in moved)),
        "moves": list(dict.fromkeys(map(move_words, moves))),
        "by": visible(first.actor),
        "reason": short(first.reason),
        "forced": f"forced past: {overrode}" if first.forced else "",
        "incident": bool(first.incident_id),
    }


def move_words(move: MoveRow) -> str:
    """Return in words what moved."""
    before, after = visible(move.before) or "nothing", visible(move.after) or "nothing"
    version, name = visible(move.version), visible(move.name)
    if move.what == "state":
        return f"{version} is {after}" + (f", was {before}" if move.before else "")
    if move.what == "slot" and move.before == move.after:
        return f"traffic of {name} ({after}) changed"
    if move.what == "deleted":
        return f"{version} deleted"
    return f"{name}: {after}" + (f", was {before}" if move.before else "")


def short(text: str) -> str:
    """Return a text of any length, harmless and not longer than is read."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
