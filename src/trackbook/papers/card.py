"""A model card in Markdown, with the front matter that the Hugging Face hub reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.papers import markdown as md
from trackbook.papers.front import front_of
from trackbook.papers.words import (
    NOT_ON_RECORD,
    limits_of,
    line_of,
    listed,
    moment,
    number,
    size,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates import Report
    from trackbook.packages import Field
    from trackbook.papers.dossier import Dossier

SERVED = "pip install -r requirements.txt\npython code/predict.py rows.json"


def card(dossier: Dossier) -> str:
    """Return a version's model card; what is not on record is said to be missing."""
    row = dossier.version
    kind = dossier.kept.metadata.get("kind") or "model"
    parts = [f"# {md.text(row.name)}"]
    parts.append(f"A {md.code(kind)}, kept as {md.code(row.flavour)}; {row.state} since "
                 f"{moment(row.state_since)}.")  # fmt: skip
    for title, body in (
        ("Intended use", intended(dossier)),
        ("Limits", md.bullets(map(md.text, limits_of(dossier))) or "None are on record."),
        ("Takes and gives", signature(dossier)),
        ("Training data", data(dossier)),
        ("Hyper-parameters", params(dossier)),
        ("Evaluation", evaluation(dossier)),
        ("Environment", environment(dossier)),
        ("How to load", loading(dossier)),
        ("Provenance", provenance(dossier)),
    ):
        parts += [f"## {title}", body]
    return front_of(dossier) + "\n" + "\n\n".join(parts) + "\n"


def intended(dossier: Dossier) -> str:
    """Return what it is for, in the words of whoever registered it."""
    words = dossier.version.description
    return md.text(words) if words.strip() else NOT_ON_RECORD


def signature(dossier: Dossier) -> str:
    """Return what goes in and what comes out."""
    found = dossier.signature
    if found is None:
        return NOT_ON_RECORD
    parts = [
        f"Form of the rows: {md.text(found.form)}.",
        fields("Takes", found.inputs),
        fields("Gives", found.outputs),
    ]
    if found.labels:
        parts.append("Labels: " + listed(map(md.code, found.labels)))
    return "\n\n".join(parts)


def fields(title: str, found: Sequence[Field]) -> str:
    """Return columns or arrays as a table."""
    rows = [
        (
            md.code(one.name) if one.name else "values",
            md.text(one.dtype),
            md.text(list(one.shape)) if one.shape else "",
            "yes" if one.nullable else "no",
        )
        for one in found
    ]
    return md.table([title, "type", "shape", "may be missing"], rows)


def data(dossier: Dossier) -> str:
    """Return what data the run used, and what for."""
    if not dossier.data:
        return NOT_ON_RECORD
    rows = [
        (
            md.text(one.role),
            md.code(one.data.name),
            "" if one.data.row_count is None else str(one.data.row_count),
            str(len(one.data.column_names)),
            md.code(one.data.location) if one.data.location else "made in memory",
            md.code(one.data.digest or one.data.quick),
        )
        for one in dossier.data
    ]
    return md.table(["role", "name", "rows", "columns", "from", "fingerprint"], rows)


def params(dossier: Dossier) -> str:
    """Return the params of the run."""
    run = dossier.run
    if run is None or not run.params:
        return NOT_ON_RECORD
    rows = [(md.code(name), md.code(value)) for name, value in sorted(run.params.items())]
    return md.table(["name", "value"], rows)


def evaluation(dossier: Dossier) -> str:
    """Return what was measured in the run, and what gates found."""
    run = dossier.run
    parts = [NOT_ON_RECORD]
    if run is not None and run.metrics:
        rows = [
            (md.code(name), number(value)) for name, value in sorted(run.metrics.items())
        ]
        parts = ["As the run measured it, the last value of each metric:"]
        parts.append(md.table(["metric", "value"], rows))
        parts.append(f"Executed again: {md.text(run.reproduced or 'never')}.")
    parts += [gate(one) for one in dossier.last_reports]
    return "\n\n".join(parts)


def gate(report: Report) -> str:
    """Return what one gate found, check by check."""
    rows = [
        (md.text(one.label), one.outcome, "yes" if one.blocks else "", md.text(one.words))
        for one in report.results
    ]
    head = f"### Gate to {md.text(report.target)}: {report.verdict}"
    return f"{head}\n\n" + md.table(["check", "outcome", "blocks", "found"], rows)


def environment(dossier: Dossier) -> str:
    """Return on what the run ran."""
    around = dossier.around
    if around is None:
        return NOT_ON_RECORD
    facts = [f"Python {md.text(around.python)}"]
    machine = around.machine
    if machine is not None:
        facts.append(md.text(f"{machine.os}, {machine.cpu}, {machine.cpus_usable:g} CPUs"))
        facts += [md.text(gpu) for gpu in machine.gpus]
    packages = "\n".join(map(line_of, around.environment.packages))
    parts = [md.bullets(facts)]
    if packages:
        parts += ["Packages in use when the run ended:", md.block(packages, "text")]
    return "\n\n".join(parts)


def loading(dossier: Dossier) -> str:
    """Return how it is loaded, with trackbook and without."""
    row = dossier.version
    more = ", unsafe_pickle=True" if row.is_unsafe else ""
    source = f"import trackbook\n\nmodel = trackbook.load({line_of(row.name)!r}{more})"
    return "\n\n".join([
        "With trackbook, after its bytes were verified and scanned:",
        md.block(source, "python"),
        "Without, in the folder of its package:",
        md.block(SERVED, "sh"),
    ])  # fmt: skip


def provenance(dossier: Dossier) -> str:
    """Return where it comes from and who decided what."""
    row, run = dossier.version, dossier.run
    facts = [
        ("package", md.code(f"sha256:{row.package_digest}")),
        ("size", f"{size(row.size_bytes)} in {row.file_count} files"),
        ("weights", md.code(row.weights_fp) if row.weights_fp else NOT_ON_RECORD),
        ("registered", f"{moment(row.registered_at)} by {md.text(row.registered_by)}"),
        ("author", md.text(row.author) if row.author else NOT_ON_RECORD),
        ("its number", md.text(row.why_semver or "was given by hand")),
        ("goes on from", md.text(dossier.parent) if dossier.parent else "no other version"),
        ("git commit", md.code(row.git_commit) if row.git_commit else NOT_ON_RECORD),
        ("run", f"{md.text(run.name)} ({md.code(run.run_id)})" if run is not None
         else md.text(dossier.no_run)),
    ]  # fmt: skip
    if run is not None:
        told = run.tags.get("license", "")
        facts.append(("license", md.text(told) if told.strip() else NOT_ON_RECORD))
        facts.append(("notebook", md.code(run.notebook) if run.notebook else NOT_ON_RECORD))
    parts = [md.table(["fact", "value"], facts)]
    if dossier.approvals:
        parts += ["### Approvals", approvals(dossier)]
    if dossier.moves:
        parts += ["### Decisions", history(dossier)]
    return "\n\n".join(parts)


def approvals(dossier: Dossier) -> str:
    """Return who was asked, and who said what."""
    rows = [
        (
            md.text(one.target),
            md.text(one.status),
            md.text(one.requester),
            md.text(one.rejecter or listed(one.approvers)),
            md.text(one.answer or one.comment),
            moment(one.requested_at),
        )
        for one in dossier.approvals
    ]
    head = ["for", "status", "asked by", "answered by", "words", "asked at"]
    return md.table(head, rows)


def history(dossier: Dossier) -> str:
    """Return every decision that moved it, oldest first."""
    rows = [
        (
            moment(one.moved_at),
            md.text(one.command),
            md.text(f"{one.what} {one.name}"),
            md.text(f"{one.before or 'none'} → {one.after or 'none'}"),
            md.text(one.actor),
            md.text(f"{one.reason}{' (forced)' if one.forced else ''}"),
        )
        for one in dossier.moves
    ]
    return md.table(["at", "command", "what", "moved", "by", "reason"], rows)
