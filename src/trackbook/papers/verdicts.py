"""Parts of the page: what gates found, who said yes, who decided what and when."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from trackbook.clock import time_of
from trackbook.papers.markup import (
    NOTHING,
    Html,
    badge,
    block,
    code,
    heading,
    paragraph,
    shown,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates import Report, Result
    from trackbook.papers.dossier import Dossier
    from trackbook.registry import MoveRow

KINDS = {
    "passed": "good", "approved": "good", "failed": "bad", "errored": "bad",
    "rejected": "bad", "warned": "doubtful", "expired": "doubtful", "void": "past",
    "skipped": "past",
}  # fmt: skip


def bytes_now(dossier: Dossier) -> Html:
    """Return whether the package is what was registered."""
    if dossier.kept.fault:
        return Html(f"{badge('not as registered', 'bad')} {shown(dossier.kept.fault)}")
    return Html(f"{badge('as registered', 'good')} compared byte by byte for this page")


def chain_now(dossier: Dossier) -> Html:
    """Return whether the log of decisions is as it was written."""
    chain = dossier.chain
    last = f"{chain.count} entries, hash of the last {code(chain.head.hash)}"
    if chain.is_whole:
        return Html(f"{badge('whole', 'good')} {last}")
    words = "; ".join(f"entry {one.entry}: {one.words}" for one in chain.blemishes)
    return Html(f"{badge('changed', 'bad')} {shown(words)}; {last}")


def gates(dossier: Dossier) -> Html:
    """Return every check of the last report of each target, and the reports before."""
    if not dossier.reports:
        return Html(NOTHING)
    last = dossier.last_reports
    parts = [gate(one) for one in last]
    known = {one.report_id for one in last}
    earlier = [one for one in dossier.reports if one.report_id not in known]
    if earlier:
        parts += [heading("Earlier reports"), earlier_ones(earlier)]
    texts = {one.policy_digest: one.policy for one in dossier.reports}
    for digest, text in texts.items():
        parts += [heading(Html(f"Policy {code(digest[:12])}")), block(text)]
    return Html("".join(parts))


def gate(report: Report) -> Html:
    """Return one report in full."""
    verdict = badge(report.verdict, KINDS.get(report.verdict, ""))
    said = (
        f"Asked {shown(time_of(report.began_us))}; {report.duration_s:.1f} s; package"
        f" {code(report.package_digest[:12])}; policy {code(report.policy_digest[:12])};"
        f" report {code(report.report_id)}"
    )
    rows = [
        (
            code(one.label),
            Html(
                f"{badge(one.outcome, KINDS[one.outcome])}{' blocks' if one.blocks else ''}"
            ),
            found_of(one),
            compact(one.value),
            compact(one.threshold),
        )
        for one in report.results
    ]
    return Html(
        heading(Html(f"To {shown(report.target)} {verdict}"))
        + paragraph(Html(said), "small")
        + table(["check", "outcome", "found", "seen", "held against"], rows,
                label=f"Checks before {report.target}")
    )  # fmt: skip


def found_of(one: Result) -> Html:
    """Return a check's words, with the evidence from which somebody else can see it too."""
    evidence = compact(one.evidence) if one.evidence not in ("", "{}") else ""
    return Html(f"{shown(one.words)}{evidence and f'<div class=small>{evidence}</div>'}")


def compact(text: str | None) -> Html:
    """Return a value that is kept as JSON."""
    if text is None or text == "null":
        return shown(None)
    return code(json.dumps(json.loads(text), ensure_ascii=False))


def earlier_ones(reports: Sequence[Report]) -> Html:
    """Return reports in a row each."""
    rows = [
        (
            time_of(one.began_us),
            one.target,
            badge(one.verdict, KINDS.get(one.verdict, "")),
            ", ".join(
                f"{count} {outcome}" for outcome, count in sorted(one.counts.items())
            ),
            ", ".join(result.label for result in one.blocking),
            code(one.policy_digest[:12]),
            code(one.report_id),
        )
        for one in reports
    ]
    head = ["asked", "to", "verdict", "checks", "kept out by", "policy", "report"]
    return table(head, rows, label="Earlier reports")


def approvals(dossier: Dossier) -> Html:
    """Return who was asked to approve it, and who said what."""
    if not dossier.approvals:
        return Html(NOTHING)
    rows = [
        (
            one.target,
            badge(one.status, KINDS.get(one.status, "")),
            Html(f"{shown(one.requester)}, {shown(one.requested_at)}"),
            [*one.approvers, *([one.rejecter] if one.rejecter else [])],
            one.answer,
            one.comment,
            one.expires_at,
            code(one.gate_report_id),
        )
        for one in dossier.approvals
    ]
    head = [
        "for",
        "status",
        "asked by",
        "answered by",
        "answer",
        "request",
        "until",
        "gate report",
    ]
    return table(head, rows, label="Approvals")


def history(dossier: Dossier) -> Html:
    """Return its registration and every decision that moved it as a time line."""
    items = []
    for _, entry in groupby(dossier.moves, key=lambda one: one.entry):
        items.append(decision(dossier, list(entry)))
    return Html(f'<ol class="line">{"".join(items)}</ol>')


def decision(dossier: Dossier, moves: Sequence[MoveRow]) -> Html:
    """Return one entry of the log with all that it moved."""
    one, row = moves[0], dossier.version
    lines = [moved(move) for move in moves]
    if one.command == "register":
        lines.append(Html(f"number: {shown(row.why_semver)}"))
        lines += [Html(f"goes on from {shown(dossier.parent)}")] if dossier.parent else []
    if one.reason:
        lines.append(Html(f"reason: {shown(one.reason)}"))
    if one.forced:
        lines.append(
            Html(f"{badge('forced', 'bad')} {'; '.join(map(shown, one.overrode))}")
        )
    if one.gate_report_id:
        lines.append(Html(f"gate report {code(one.gate_report_id)}"))
    if one.incident_id:
        lines.append(Html(f"incident {code(one.incident_id)}"))
    who = f"{shown(one.actor)} (known from {shown(one.actor_from)})"
    what = Html(f"<b>{shown(one.command)}</b> by {who}, entry {one.entry}")
    return event(shown(one.moved_at), what, lines)


def moved(one: MoveRow) -> Html:
    """Return one thing that an entry moved."""
    what = shown(f"{one.what} {one.name}".strip())
    before, after = (shown(side or "none") for side in (one.before, one.after))
    return Html(f"{what} of {shown(one.version)}: {before} → {after}")


def event(when: Html, what: Html, lines: Sequence[Html]) -> Html:
    """Return one point of the time line."""
    below = "".join(f"<div>{line}</div>" for line in lines)
    return Html(f"<li><div class=when>{when}</div><div><p>{what}</p>{below}</div></li>")
