"""A version as a gate sees it, and a gate's rules as the registry sees them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal

from trackbook.book.contents import around_of, fingerprints_of, used_by
from trackbook.book.reach import reach_of
from trackbook.clock import time_of
from trackbook.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.book.book import Book
    from trackbook.gates import Approval, Candidate, Champion, Policy, Report
    from trackbook.packages import Compatibility, Shelf
    from trackbook.records import Run
    from trackbook.registry import Policy as Rules
    from trackbook.registry import Report as Brought
    from trackbook.registry import RunElsewhere, VersionRow

APPROVALS = "compliance.approvals"


def candidate_of(
    book: Book, shelf: Shelf, row: VersionRow, *, rivals: Book | None = None
) -> Candidate:
    """Return a version with all that is known of it, to stand before a gate.

    Args:
        book, shelf: its project
        row: the version
        rivals: the project whose champion it is compared with; its own when left out
    """
    from trackbook.gates import Candidate
    from trackbook.packages import pinned, verify
    from trackbook.scan import scan_folder

    known = known_of_run(book, row)
    there = rivals if rivals is not None else book
    return Candidate(
        model=row.model,
        version=row.version,
        folder=shelf.place_of(row.package_digest),
        package_digest=row.package_digest,
        version_id=row.version_id,
        size_bytes=row.size_bytes,
        flavour=row.flavour,
        is_unsafe=row.is_unsafe,
        signature=row.signature or None,
        metrics=known.metrics,
        state=row.state,
        state_since=row.state_since.replace(tzinfo=UTC),
        champion=rival_of(there, there.models.shelf, row, "champion"),
        baseline=rival_of(there, there.models.shelf, row, "baseline"),
        reproduction=known.reproduced,
        git_commit=row.git_commit,
        git_dirty=known.git_dirty,
        has_diff=known.has_diff,
        author=row.author or row.registered_by,
        approvals=list(approvals_of(book, row)),
        data=known.data,
        **past_of(book, row),
        metadata=said_of(row, known),
        verify=verify,
        scan=scan_folder,
        probes=pinned,
        compare=compared,
    )


def said_of(row: VersionRow, known: RunElsewhere) -> dict[str, object]:
    """Return what people said of a version."""
    return {
        "description": row.description,
        "owner": row.author or row.registered_by,
        "tags": dict(known.tags),
    }


def past_of(book: Book, row: VersionRow) -> dict[str, Any]:
    """Return what data made a version, and what of its past can be reached."""
    run = run_of(book, row)
    used = used_by(book, run) if run is not None else []
    around = around_of(book, run) if run is not None else None
    return {"used": used, "reach": reach_of(book, row, run, around, used)}


def known_of_run(book: Book, row: VersionRow) -> RunElsewhere:
    """Return what is known of the run that made a version, here or where it came from."""
    from trackbook.registry import RunElsewhere, run_elsewhere

    run = run_of(book, row)
    if run is None:
        return run_elsewhere(book.store, row) or RunElsewhere()
    around = around_of(book, run)
    tree = around.checkout if around is not None else None
    return RunElsewhere(
        metrics=run.metrics,
        params=run.params,
        tags=run.tags,
        reproduced=run.reproduced,
        git_dirty=tree.dirty if tree is not None else None,
        has_diff=bool(tree is not None and tree.diff and not tree.diff_is_cut),
        data=fingerprints_of(book, run),
    )


def compared(before: str, after: str) -> Compatibility:
    """Return whether callers of one signature are served by another; both as JSON."""
    from trackbook.packages import Signature, compatibility_of

    return compatibility_of(Signature.of_text(before), Signature.of_text(after))


def run_of(book: Book, row: VersionRow) -> Run | None:
    """Return the run that made a version; None where there is none here.

    A version that came from elsewhere names a run of another project: none here is taken for it.
    """
    if row.run_id is None or row.origin:
        return None
    try:
        return book.find(row.run_id)
    except NotFound:
        return None


def rival_of(
    book: Book, shelf: Shelf, row: VersionRow, role: Literal["champion", "baseline"]
) -> Champion | None:
    """Return what serves in prod now, or the baseline, unless that is the version itself."""
    from trackbook.gates import Champion
    from trackbook.registry import version_of

    try:
        found = version_of(book.store, f"{row.model}@{role}")
    except NotFound:
        return None
    if found.version_id == row.version_id:
        return None
    known = known_of_run(book, found)
    return Champion(
        version=found.version,
        version_id=found.version_id,
        package_digest=found.package_digest,
        signature=found.signature or None,
        metrics=known.metrics,
        data=known.data,
        folder=shelf.place_of(found.package_digest),
    )


def outdated(book: Book, report: Report) -> str:
    """Say that what a report rests on is another now: the baseline, files; empty where not."""
    from trackbook.registry import version_of

    try:
        found = version_of(book.store, f"{report.model}@baseline")
    except NotFound:
        now = ""
    else:
        now = "" if found.version_id == report.version_id else found.version_id
    return report.rests_on_other(baseline=now, project=book.folder.parent) or ""


def approvals_of(book: Book, row: VersionRow) -> Iterator[Approval]:
    """Yield what people said to a version, each bound to the bytes and report they saw."""
    from trackbook.gates import Approval, report_named
    from trackbook.registry import standing

    for request in standing(book.store, row.model).requests.values():
        if request.asked.version_id != row.version_id:
            continue
        report_id = request.asked.gate_report_id
        seen = report_named(book.store, report_id) if report_id else None
        for answer in request.answers:
            if answer.step == "requested":
                continue
            yield Approval(
                approver=answer.actor,
                decision=answer.step,
                at=time_of(answer.at_us),
                package_digest=answer.package_digest,
                approval_id=answer.approval_id,
                report_id=report_id,
                policy_digest=seen.policy_digest if seen is not None else None,
                expires_at=time_of(answer.expires_us),
            )


def rules_of(policy: Policy, target: str) -> Rules:
    """Return what the registry holds a move to; how many approvals, the gate itself asks."""
    from trackbook.registry import Policy as Rules

    gate = policy.targets.get(target.lower())
    wants = [one for one in gate.wants if one.check == APPROVALS] if gate else []
    params = wants[0].params if wants else {}
    people = params.get("from_", ())
    return Rules(
        gated=frozenset(
            state for state in ("STAGING", "PRODUCTION") if state.lower() in policy.targets
        ),
        approvers=frozenset(people) if isinstance(people, (tuple, list)) else frozenset(),
        four_eyes=bool(params.get("not_author", True)),
        digest=policy.digest,
    )


def for_registry(book: Book, report: Report) -> Brought:
    """Return a gate's report as the registry needs it, and whether it is out of date."""
    from trackbook.registry import Report as Brought

    return Brought(
        report_id=report.report_id,
        verdict=report.verdict,
        target=report.target,
        package_digest=report.package_digest,
        policy_digest=report.policy_digest,
        champion_id=report.champion or "",
        outdated=outdated(book, report),
    )
