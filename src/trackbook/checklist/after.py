"""After an experiment: examined, compared, registered, described, cleaned up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackbook.book import outdated
from trackbook.checklist.before import DIGEST, comparable
from trackbook.checklist.line import Line, counted, done, lacking, unknown
from trackbook.errors import Busy, TrackbookError

if TYPE_CHECKING:
    from trackbook.checklist.evidence import Evidence
    from trackbook.gates import Report, Result

SERVED = ("STAGING", "PRODUCTION")
COMPARISONS = ("perf.vs_champion", "perf.vs_baseline")
HOW = (
    "perf.vs_baseline in trackbook.gates.toml, or perf.vs_champion with test ="
    ' "paired_bootstrap"'
)


def no_version(e: Evidence) -> Line:
    """Return that no model of the run was registered."""
    return lacking(
        "no version was registered of the run", f"%track register {e.run_ref} NAME"
    )


def validated(e: Evidence) -> Line:
    """Model validation and testing."""
    if e.version is None:
        return no_version(e)
    name = e.version.name
    if not e.reports:
        return lacking(f"{name} was asked by no gate", f"%track gate {name} staging")
    last = e.reports[0]
    said = f"gate report {last.report_id} of {name} to {last.target}: {last.verdict}"
    if not last.passed:
        blocking = "; ".join(f"{one.label}: {one.words}" for one in last.blocking[:2])
        return lacking(f"{said} ({blocking})", f"%track gate {name} {last.target}")
    stale = stale_because(e, last)
    if stale:
        return lacking(f"{said}, and {stale}", f"%track gate {name} {last.target}")
    checks = ", ".join(f"{count} {outcome}" for outcome, count in last.counts.items())
    return done(f"{said} ({checks}; policy {last.policy_digest[:DIGEST]})")


def stale_because(e: Evidence, report: Report) -> str:
    """Say why a report does not hold any more; nothing where it does."""
    try:
        policy = e.book.models.policy().digest
    except TrackbookError as error:
        return f"the policy of now cannot be read: {error}"
    digest = e.version.package_digest if e.version is not None else ""
    found = report.stale_because(
        package_digest=digest,
        policy_digest=policy,
        champion=report.champion,
        baseline=report.baseline,
    )
    return found or outdated(e.book, report)


def compared(e: Evidence) -> Line:
    """Performance comparison with baselines."""
    found = [
        (report, one)
        for report in e.reports
        for one in report.results
        if one.check in COMPARISONS and one.outcome in ("passed", "failed", "warned")
    ]
    sure = [(report, one) for report, one in found if has_interval(one)]
    if sure:
        report, one = sure[0]
        return done(f"{one.check} in gate report {report.report_id}: {one.words}")
    if found:
        report, one = found[0]
        return lacking(
            f"{one.check} in gate report {report.report_id}: {one.words}; without an interval",
            HOW,
        )
    rivals = comparable(e)
    if rivals:
        other, names = rivals[0]
        gains = ", ".join(
            f"{name} {e.run.metrics[name] - other.metrics[name]:+.4g}" for name in names[:3]
        )
        return lacking(
            f"beside {other.name} (run {other.run_id}) as recorded: {gains}; no comparison"
            " with an interval is on record",
            HOW,
        )
    return lacking("it was compared with nothing", "a baseline first, then " + HOW)


def has_interval(one: Result) -> bool:
    """Tell whether a comparison says how sure it is."""
    try:
        said = json.loads(one.evidence or "{}")
    except ValueError:
        return False
    return isinstance(said, dict) and {"low", "high"} <= set(said)


def registered(e: Evidence) -> Line:
    """Model registration and promotion."""
    row = e.version
    if row is None:
        return no_version(e)
    said = (
        f"{row.name} is {row.state}, package sha256:{row.package_digest[:DIGEST]}, version"
        f" {row.version_id}"
    )
    if row.state in SERVED:
        forced = "; some decision on it was forced" if row.forced else ""
        return done(f"{said}, since entry {e.entry} of the log by {row.moved_by}{forced}")
    if row.state == "DEVELOPMENT":
        return lacking(said, f"%track promote {row.name} staging")
    return lacking(f"{said}: it is on its way out", "register and promote another")


def documented(e: Evidence) -> Line:
    """Documentation and knowledge sharing."""
    notes = counted(e.counts.notes, "note")
    row = e.version
    if row is None:
        said = f"{notes}; no version was registered of the run, so no card is written"
        return lacking(said, f"%track register {e.run_ref} NAME")
    # What was registered stays as it is: words that it lacks are the next version's.
    again = f"with the next version: %track register MODEL {row.model}"
    wanted = (
        (row.description.strip(), "a description", f"{again} --description '…'"),
        (row.signature, "what it takes and gives", f"{again} --example X_test"),
        (e.counts.notes, "a note", f"%track note --run {e.run_ref} what was learned"),
    )
    lacks = [(what, how) for there, what, how in wanted if not there]
    if lacks:
        what = " and ".join(what for what, _ in lacks)
        return lacking(f"{row.name}, {notes}; it lacks {what}", lacks[0][1])
    return done(
        f"{row.name} is described ({len(row.description)} characters), says what it takes and"
        f" gives; {notes}; %track paper {row.name} writes its card"
    )


def tidied(e: Evidence) -> Line:
    """Cleanup of temporary resources."""
    if not e.is_over:
        return lacking("the run is still open", "%track stop")
    left = e.counts.models + e.counts.outputs + len(e.files) + len(e.packages)
    if not left:
        return unknown("the run left nothing that could be cleaned up", "nothing")
    from trackbook.runs import gc

    try:
        would = gc(e.book.store, e.book.artifacts, dry_run=True)
    except Busy as error:
        return unknown(str(error), "ask again")
    if would.runs or would.artifacts:
        return lacking(
            f"{counted(would.runs, 'run')} in the trash, and {counted(would.artifacts, 'file')}"
            f" ({would.bytes:,} bytes) that no run refers to",
            "%track gc --dry-run, then %track gc",
        )
    return done("nothing is in the trash, and every file that is kept belongs to a run")
