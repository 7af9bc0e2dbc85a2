"""Parts of the page: what made the version, out of what, around what, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.papers.markup import (
    NOTHING,
    Html,
    block,
    bullets,
    facts,
    heading,
    paragraph,
    shown,
    table,
)
from trackbook.papers.markup import (
    code as as_code,
)
from trackbook.papers.words import size

if TYPE_CHECKING:
    from trackbook.papers.dossier import Dossier
    from trackbook.records import Checkout
    from trackbook.runs import Around


def lineage(dossier: Dossier, picture: str) -> Html:
    """Return what it rests on and what rests on it, drawn and as rows."""
    graph = dossier.graph
    if not graph.edges:
        return Html(NOTHING)
    drawn = (
        '<div class="wide" role="region" tabindex="0" aria-label="Lineage, drawn">'
        f"{picture}</div>"
    )
    rows = [
        (
            Html(f"{edge.source.kind} {as_code(graph.nodes[edge.source].name)}"),
            edge.label,
            Html(f"{edge.target.kind} {as_code(graph.nodes[edge.target].name)}"),
        )
        for edge in graph.edges
    ]
    more = "" if graph.is_whole else paragraph("More is tied to it than is shown here.")
    whole = table(["from", "tie", "to"], rows, label="Ties")
    return Html((drawn if picture else "") + more + whole)


def code(dossier: Dossier) -> Html:
    """Return the cells on which its run rests, as they were executed."""
    cut, run = dossier.cut, dossier.run
    if cut is None or run is None or not cut.parts:
        return Html(NOTHING)
    pairs: list[tuple[str, object]] = [
        ("Run", Html(f"{shown(run.name)} {as_code(run.run_id)}")),
        ("Notebook", run.notebook and as_code(run.notebook)),
        ("Notebook hash", run.notebook_hash and as_code(run.notebook_hash)),
        ("Experiment", run.experiment),
        ("Ran", Html(f"{shown(run.started_at)} to {shown(run.ended_at)}")),
        ("Run by", f"{run.user} on {run.host}"),
        ("Executed again", run.reproduced or "never"),
    ]
    cells = [
        block(one.source, f"[{shown(one.execution_count)}] {cut.reasons[one.execution_id]}")
        for one in cut.parts
    ]
    words = paragraph(
        "The executions that the run rests on, in the order in which they ran:"
    )
    return Html(facts(pairs) + words + "".join(cells))


def environment(dossier: Dossier) -> Html:
    """Return what was around the run when it ended."""
    around = dossier.around
    if around is None:
        return Html(NOTHING)
    parts = [facts(machine(around))]
    packages = [package.partition("==")[::2] for package in around.environment.packages]
    if packages:
        origins = around.origins
        rows = [
            (as_code(name), number, as_code(origins[name]) if name in origins else "index")
            for name, number in packages
        ]
        parts += [
            heading("Packages in use"),
            table(["package", "version", "from"], rows, label="Packages"),
        ]
    if around.modules:
        rows = [
            (as_code(one.name), as_code(one.path), as_code(one.digest))
            for one in around.modules
        ]
        parts += [heading("Local modules in use"),
                  table(["module", "path", "digest"], rows, label="Local modules")]  # fmt: skip
    if around.checkout is not None:
        parts += work_tree(around.checkout)
    return Html("".join(parts))


def machine(around: Around) -> list[tuple[str, object]]:
    """Return the interpreter, the machine and the commit."""
    found: list[tuple[str, object]] = [("Python", around.python)]
    one, tree = around.machine, around.checkout
    if one is not None:
        memory = size(one.memory_bytes) if one.memory_bytes is not None else None
        found += [
            ("System", f"{one.os}, {one.libc}"),
            ("Processor", f"{one.cpu}, {one.cpus_usable:g} CPUs usable"),
            ("Memory", memory),
            ("GPUs", one.gpus or "none"),
            ("Threads", one.threads),
        ]
    found.append(("Git commit", tree.git_commit if tree is not None else None))
    if tree is not None:
        found += [("Branch", tree.branch), ("Remote", tree.remote)]
    if around.lock is not None:
        installed = f"{len(around.lock.packages)} packages, digest {around.lock.digest}"
        found.append(("Installed", installed))
    return found


def work_tree(tree: Checkout) -> list[Html]:
    """Return what differed from the commit."""
    if not tree.changed and not tree.untracked:
        return [paragraph("No file differed from the commit.")]
    parts = [heading("What differed from the commit")]
    parts.append(
        bullets([*tree.changed, *(f"{one} (not in git)" for one in tree.untracked)])
    )
    if tree.diff:
        cut = " (cut: it was longer)" if tree.diff_is_cut else ""
        parts.append(block(tree.diff, f"secrets masked{cut}"))
    return parts


def files(dossier: Dossier) -> Html:
    """Return what lies in its package, with digests."""
    if dossier.kept.fault:
        return paragraph(dossier.kept.fault, "bad")
    rows = [
        (as_code(one.path), one.size_bytes, as_code(one.sha256))
        for one in dossier.kept.files
    ]
    return table(["file", "bytes", "SHA-256"], rows, label="Files")
