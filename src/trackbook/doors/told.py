"""What is known of a thing of a graph, and of what changed between two, asked when it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.table import SIGNS, in_short

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.compare import Difference
    from trackbook.lineage import Key, Node
    from trackbook.panels import Fact
    from trackbook.records import Run

GROUPS = {
    "metric": "metrics", "param": "params", "tag": "tags", "data": "data",
    "package": "packages", "around": "around",
}  # fmt: skip


def facts_of(book: Book, key: Key, node: Node) -> list[Fact]:
    """Return all facts of one thing."""
    from trackbook.panels import Fact

    if key.kind == "run":
        return facts_of_run(book.find(key.id))
    when = [] if node.at is None else [Fact("at", time_of(node))]
    return [*when, Fact("id", key.id), Fact("", node.detail)]


def time_of(node: Node) -> str:
    """Return when a thing came to be, by the clock on the wall."""
    from datetime import UTC

    return in_short(node.at.replace(tzinfo=UTC)) if node.at is not None else ""


def facts_of_run(run: Run) -> list[Fact]:
    """Return what to say of a run: how it went, then metrics, params and tags."""
    from trackbook.panels import Fact

    verdict = run.reproduced and f"{SIGNS[run.reproduced]} {run.reproduced}"
    about = {
        "status": run.status, "started": run.started_at, "experiment": run.experiment,
        "reproduced": verdict, "commit": run.git_commit and run.git_commit[:12],
        "id": run.run_id,
    }  # fmt: skip
    facts = [Fact(name, in_short(value)) for name, value in about.items() if value]
    if run.duration_s is not None:
        facts.insert(2, Fact("took", f"{run.duration_s:.3g} s"))
    for group in ("metrics", "params", "tags"):
        values = getattr(run, group)
        facts += [Fact(name, in_short(value), group) for name, value in values.items()]
    return facts


def changes_between(book: Book, a: Key, b: Key) -> list[Fact]:
    """Return what changed from one run to another: metrics first, then params, code and the rest.

    Between other things nothing changes: one made the other.
    """
    if a.kind != "run" or b.kind != "run":
        return []
    from trackbook.compare import diff

    before, after = book.find(a.id), book.find(b.id)
    code = book.code_diff(before, after)
    return said_of(diff(book.store, before, after, code=code, directions=book.directions))


def said_of(found: Difference) -> list[Fact]:
    """Return a difference as facts."""
    from trackbook.panels import Fact

    facts: list[Fact] = []
    for kind, group in GROUPS.items():
        for one in found.changes:
            if one.kind == kind:
                then, now = (
                    "—" if value is None else in_short(value)
                    for value in (one.before, one.after)
                )
                by = "" if one.delta is None else f" ({one.delta:+.3g})"
                verdict = f", {one.verdict}" if one.verdict else ""
                facts.append(Fact(one.name, f"{then} → {now}{by}{verdict}", group))
        if kind == "param":
            facts.append(Fact("", found.code.strip("\n"), "code"))
    return facts if any(fact.value for fact in facts) else [Fact("", "the same again")]
