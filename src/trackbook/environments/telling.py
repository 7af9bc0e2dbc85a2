"""What a project tells of a version when it goes elsewhere: its log, its run, its data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from trackbook.clock import us_of
from trackbook.errors import NotFound
from trackbook.records import Origin, Shipment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.book import Book
    from trackbook.records import Record, Run, Version
    from trackbook.registry import VersionRow


def fact_of(book: Book, row: VersionRow) -> Version:
    """Return a version's registration as it stands in the log."""
    from trackbook.registry import standing

    return standing(book.store, row.model).standing(row.version_id).fact


def coming_from(book: Book, row: VersionRow, env: str) -> Version:
    """Return a version as it is to be registered elsewhere, under the identity it has here."""
    from trackbook.registry import project_id

    fact = fact_of(book, row)
    return msgspec.structs.replace(
        fact,
        author=fact.author or fact.actor,
        origin_env=env,
        origin_project=project_id(book.store),
        origin_state=row.state,
        origin_hash=fact.hash,
    )


def told_of(book: Book, row: VersionRow, env: str) -> list[Origin]:
    """Return what there is to tell of a version: itself, its run and data, and what was told here.

    The log's entries go word for word, each with its hash, so that whoever reads them can see
    that they are as they were written. What came from further up is passed on.
    """
    from trackbook.registry import origins_of, project_id

    teller = Teller(project=project_id(book.store), env=env, row=row)
    top = teller.origin(
        "version",
        row.version_id,
        name=row.name,
        detail=f"{row.state}, sha256:{row.package_digest}, by {row.registered_by}",
        born_us=us_of(row.registered_at),
        label="promoted_from",
        fingerprint=row.package_digest,
        facts=version_facts(book, row),
    )
    passed_on = [
        one if one.led_to else msgspec.structs.replace(one, led_to=top.origin_id)
        for one in origins_of(book.store, row.version_id)
        if one.what != "paper"
    ]
    return [*passed_on, top, *run_told(book, teller, top)]


class Teller:
    """Makes what one project tells of one version."""

    def __init__(self, *, project: str, env: str, row: VersionRow) -> None:
        self._project = project
        self._env = env
        self._row = row

    def origin(self, what: Any, of: str, *, facts: object, **more: Any) -> Origin:
        """Return one thing as it is told."""
        choices: dict[str, Any] = {"led_to": "", "fingerprint": "", **more}
        return Origin(
            version_id=self._row.version_id,
            package_digest=self._row.package_digest,
            origin_id=f"{self._project[:16]}/{what}/{of}",
            what=what,
            project=self._project,
            env=self._env,
            facts=as_json(facts),
            **choices,
        )


def version_facts(book: Book, row: VersionRow) -> dict[str, object]:
    """Return a version's entries of the log and the last gate reports of each target."""
    from trackbook.gates import reports_of
    from trackbook.registry import entries_about

    reports: dict[str, list[dict[str, object]]] = {}
    for report in reports_of(book.store, row.version_id):
        reports.setdefault(report.target, [written(one) for one in report.records()])
    entries = [
        written(one)
        for one in entries_about(book.store, row.model, row.version_id)
        if not (isinstance(one, Shipment) and one.step == "sent")
    ]
    return {
        "model": row.model,
        "version": row.version,
        "state": row.state,
        "slots": list(row.slots),
        "project": book.project.name,
        "entries": entries,
        "reports": list(reports.values()),
    }


def written(record: Record) -> dict[str, object]:
    """Return a record word for word, with its kind."""
    return {"kind": record.kind, **msgspec.structs.asdict(record)}


def run_told(book: Book, teller: Teller, top: Origin) -> list[Origin]:
    """Return a version's run and the data that it used, where the run is on record here."""
    from trackbook.lineage import inputs_of

    run_id = fact_of_run(top)
    run = run_named(book, run_id)
    if run is None:
        return []
    told = teller.origin(
        "run",
        run.run_id,
        name=run.name,
        detail=f"{run.status}, {run.experiment}, by {run.user}",
        born_us=us_of(run.started_at),
        led_to=top.origin_id,
        label="registered",
        facts=run_facts(book, run),
    )
    data = [
        teller.origin(
            "dataset",
            str(row["dataset_id"]),
            name=str(row["name"]),
            detail=f"{row['row_count']} rows, {row['column_count']} columns, {row['fingerprint']}",
            born_us=us_of(run.started_at),
            led_to=told.origin_id,
            label=str(row["role"]),
            fingerprint=str(row["fingerprint"]),
            facts=dict(row),
        )
        for row in inputs_of(book.store, run).dicts()
    ]
    return [told, *data]


def fact_of_run(top: Origin) -> str:
    """Return the run's id that a version's registration names; empty for none."""
    entries = json.loads(top.facts)["entries"]
    return next(
        (str(e["source_run_id"] or "") for e in entries if e["kind"] == "version"), ""
    )


def run_named(book: Book, run_id: str) -> Run | None:
    """Return a run of this project; None where it has none of that id."""
    if not run_id:
        return None
    try:
        return book.find(run_id)
    except NotFound:
        return None


def run_facts(book: Book, run: Run) -> Mapping[str, object]:
    """Return what is told of a run: what was chosen, what was measured, by whom."""
    from trackbook.book import around_of

    around = around_of(book, run)
    tree = around.checkout if around is not None else None
    return {
        "run_id": run.run_id,
        "experiment": run.experiment,
        "notebook": run.notebook,
        "notebook_hash": run.notebook_hash,
        "user": run.user,
        "host": run.host,
        "duration_s": run.duration_s,
        "git_commit": run.git_commit,
        "git_dirty": tree.dirty if tree is not None else None,
        "has_diff": bool(tree is not None and tree.diff and not tree.diff_is_cut),
        "reproduced": run.reproduced,
        "params": dict(run.params),
        "metrics": dict(run.metrics),
        "tags": dict(run.tags),
    }


def as_json(facts: object) -> str:
    """Return facts as JSON: the same text for the same facts."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)
