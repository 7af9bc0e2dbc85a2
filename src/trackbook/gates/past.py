"""Gates that were held before, as they were."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from trackbook.errors import NotFound
from trackbook.gates.report import Report, Result
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import GateVerdict
    from trackbook.store import Store

SQL = queries_of("trackbook.gates")
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A report without what its checks found."""

    report_id: str
    model: str
    version: str
    version_id: str
    package_digest: str
    target: str
    policy_digest: str
    policy: str
    champion: str | None
    baseline: str | None
    files: Sequence[str]
    verdict: GateVerdict
    began_us: int
    duration_s: float
    machine: str


def report_named(store: Store, report_id: str) -> Report:
    """Return a report by its id."""
    heads = store.ask(SQL["report"], Head, report=report_id)
    if not heads:
        raise NotFound.named("gate report", report_id)
    return whole(store, heads[0])


def reports_of(
    store: Store, version_id: str, *, target: str | None = None, limit: int = MOST
) -> list[Report]:
    """Return the reports of a version, the last one first; of one target if it is given."""
    heads = store.ask(
        SQL["reports_of_version"], Head, version=version_id, target=target, most=limit
    )
    return [whole(store, head) for head in heads]


def last_reports(store: Store) -> dict[str, list[Report]]:
    """Return, by version, the last report of each target, the last one first: for a board."""
    heads = store.ask(SQL["last_reports"], Head)
    found = store.rows(SQL["results_of_several"], reports=[one.report_id for one in heads])
    results: dict[str, list[Result]] = {}
    for report_id, *row in found.rows:
        known = dict(zip(found.columns[1:], row, strict=True))
        results.setdefault(report_id, []).append(Result(**known))
    reports: dict[str, list[Report]] = {}
    for head in heads:
        whole_one = Report(**facts_of(head), results=tuple(results.get(head.report_id, ())))
        reports.setdefault(head.version_id, []).append(whole_one)
    return reports


def whole(store: Store, head: Head) -> Report:
    """Return a report with what its checks found."""
    results = store.ask(SQL["results"], Result, report=head.report_id)
    return Report(**facts_of(head), results=tuple(results))


def facts_of(head: Head) -> dict[str, Any]:
    """Return what a report has besides its results."""
    facts = {field.name: getattr(head, field.name) for field in fields(Head)}
    return facts | {"files": tuple(head.files)}
