"""What users can ask for: one typed function and one line in `VERBS` each.

The line magic, the shell command, their help and their completion are read from
the signatures and docstrings here. The work is done in the rooms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.doors import (
    begin,
    board,
    checklist,
    data,
    describe,
    env,
    environments,
    gate,
    graph,
    live,
    models,
    moves,
    order,
    papers,
    proofs,
    registry,
    tags,
    versus,
)
from trackbook.doors.going import going_of, pointed_out
from trackbook.doors.lines import Verb, Words
from trackbook.doors.rows import runs_table
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.book import Book
    from trackbook.compare import Difference
    from trackbook.doors.beside import Compared
    from trackbook.doors.demo import Demonstration
    from trackbook.doors.said import Said
    from trackbook.runs import RunPage
    from trackbook.table import Table


def runs(
    book: Book,
    filter: Words = Words(""),  # noqa: A002, B008  the field's word; a plain empty text
    *,
    sort: str | None = None,
    limit: int = 100,
    experiment: str | None = None,
    top: bool = False,
) -> Table:
    """List runs, newest first, that match a filter.

    Args:
        filter: such as metrics.acc > 0.9 and params.lr < 0.1 and tags.owner = 'ann'
        sort: such as metrics.acc, -metrics.loss or 'metrics.acc desc'
        limit: how many at most
        experiment: only runs of this experiment
        top: leave out child runs
    """
    from trackbook.runs import count, search

    book.settle()
    ask = {"experiment": experiment, "with_children": not top}
    found = search(book.store, filter, sort=sort, limit=limit, **ask)  # type: ignore[arg-type]
    total = len(found)
    if len(found) == limit:
        total = count(book.store, filter, **ask)  # type: ignore[arg-type]
    return runs_table(
        found,
        direction=book.direction,
        total=total,
        note=hint(found, filter) or "\n".join(pointed_out(book, found)),
        going=going_of(book, found),
    )


def hint(found: Sequence[object], filter: str) -> str:  # noqa: A002
    """Return what to say under an empty table."""
    if found:
        return ""
    return "no run matches" if filter else "no runs yet: train something in a notebook"


def show(book: Book, run: str = "last") -> RunPage:
    """Show everything known of one run.

    Args:
        run: an id or its beginning, a name, last, last~2, best:acc, worst:loss, @tag
    """
    from trackbook.runs import show as page_of

    book.settle()
    found = book.find(run)
    page = page_of(book.store, found)
    doubts = [doubt.words for doubt in book.doubts.now(found)]
    going = going_of(book, [found]).get(found.run_id)
    return replace(
        page,
        doubts=[*doubts, *book.contracts.sentences(found)],
        progress="" if going is None else going.sentence,
    )


def compare(book: Book, runs: list[str] = [], *, changed: bool = False) -> Compared:  # noqa: B006  never written to
    """Put runs side by side: a panel in a notebook, a table elsewhere.

    Args:
        runs: two or more runs; the latest five when left out
        changed: only what differs
    """
    from trackbook.compare import compare as side_by_side
    from trackbook.doors.beside import Compared
    from trackbook.runs import search

    book.settle()
    if len(runs) == 1:
        book.find(runs[0])
        raise Misused(
            f"compare needs a second run beside {runs[0]!r} (%track runs lists them)"
        )
    latest = [] if runs else search(book.store, limit=5, with_children=False)
    chosen = book.find_all(runs) or latest
    comparison = side_by_side(
        book.store, chosen, changed_only=changed, directions=book.directions
    )
    return Compared(book, comparison)


def diff(book: Book, a: str, b: str) -> Difference:
    """Show what changed from one run to another: params, metrics, data, code, environment.

    Args:
        a: the earlier run
        b: the later run
    """
    from trackbook.compare import diff as difference

    book.settle()
    before, after = book.find(a), book.find(b)
    code = book.code_diff(before, after)
    return difference(book.store, before, after, code=code, directions=book.directions)


def sql(book: Book, question: Words, *, limit: int = 100_000) -> Table:
    """Ask the project's views in SQL; it only reads.

    Args:
        question: such as SELECT name, metrics['acc'] FROM runs
        limit: rows at most
    """
    from trackbook.table import Table

    book.settle()
    answer = book.store.question(question, limit=limit)
    return Table(answer.columns, answer.rows)


def export(
    book: Book,
    runs: list[str],
    *,
    to: str | None = None,
    points: bool = False,
    key: str | None = None,
    unsigned: bool = False,
    overwrite: bool = False,
) -> Table | Said:
    """Write runs into a file, by its ending parquet, csv, json; or a version into a bundle, .tbz.

    Args:
        runs: runs, or a filter in quotes, or all, and the file last; or one NAME@1.2.0
        to: the file, where it is not named last
        points: of runs, every point of their metrics instead of one row for each run
        key: of a version, the file of the private key that signs it (trackbook key)
        unsigned: of a version, write it without a signature
        overwrite: replace a file that is there
    """
    from pathlib import Path

    from trackbook.runs import export as written
    from trackbook.table import Table

    *meant, file = runs if to is None else [*runs, to]
    if not meant:
        raise Misused(f"export {file!r} needs a file: export all runs.parquet")
    book.settle()
    if file.endswith(environments.BUNDLE):
        if len(meant) > 1 or points:
            raise Misused("a bundle holds one version: export NAME@1.2.0 --to FILE.tbz")
        return environments.bundle(
            book, meant[0], Path(file), key=key, unsigned=unsigned, overwrite=overwrite
        )
    if key is not None or unsigned:
        raise Misused(
            f"runs are not signed: name a version, and a file in .tbz, not {file!r}"
        )
    chosen = book.find_many(meant)
    done = written(book.store, chosen, Path(file), points=points, overwrite=overwrite)
    return Table(
        ["file", "rows", "size_bytes"], [(str(done.file), done.rows, done.size_bytes)]
    )


def demo(
    book: None,  # noqa: ARG001  every verb's first
    *,
    folder: str = "trackbook-demo",
    json: bool = False,
) -> Demonstration:
    """Execute a real notebook in a real kernel and show what trackbook recorded of it.

    Args:
        folder: where the notebook and its project go
        json: print the runs as JSON only
    """
    from pathlib import Path

    from trackbook.doors.demo import demonstrate

    return demonstrate(Path(folder), quiet=json)


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("status", live.status),
        Verb("on", live.on, needs="session"),
        Verb("off", live.off, needs="session"),
        Verb("auto", live.auto, needs="session"),
        Verb("manual", live.manual, needs="session"),
        Verb("quiet", live.quiet, needs="session"),
        Verb("normal", live.normal, needs="session"),
        Verb("verbose", live.verbose, needs="session"),
        Verb("start", live.start, needs="session"),
        Verb("stop", live.stop, needs="session"),
        Verb("experiment", live.experiment),
        Verb("param", live.param, needs="session"),
        Verb("metric", live.metric, needs="session"),
        Verb("ignore", live.ignore, needs="session"),
        Verb("tag", tags.tag),
        Verb("note", tags.note),
        Verb("name", tags.name),
        Verb("lint", tags.lint),
        Verb("checklist", checklist.checklist),
        Verb("runs", runs),
        Verb("show", show),
        Verb("compare", compare),
        Verb("diff", diff),
        Verb("data", data.data),
        Verb("describe", describe.describe),
        Verb("label", describe.label),
        Verb("env", env.env),
        Verb("lineage", graph.lineage),
        Verb("slice", proofs.slice_),
        Verb("restore", proofs.restore),
        Verb("reproduce", proofs.reproduce),
        Verb("registry", board.registry),
        Verb("register", models.register),
        Verb("versions", registry.versions),
        Verb("compare-versions", versus.compare_versions),
        Verb("gate", gate.gate),
        Verb("promote", moves.promote),
        Verb("approve", registry.approve),
        Verb("reject", registry.reject),
        Verb("approvals", registry.approvals),
        Verb("demote", moves.demote),
        Verb("deprecate", moves.deprecate),
        Verb("archive", moves.archive),
        Verb("rollback", moves.rollback),
        Verb("deploy", moves.deploy),
        Verb("undeploy", moves.undeploy),
        Verb("alias", moves.alias),
        Verb("unregister", moves.unregister),
        Verb("history", registry.history),
        Verb("impact", registry.impact),
        Verb("route", environments.route),
        Verb("paper", papers.paper),
        Verb("sql", sql, cell=True),
        Verb("export", export),
        Verb("import", environments.import_),
        Verb("key", environments.key, needs="nothing"),
        Verb("rm", order.rm),
        Verb("gc", order.gc),
        Verb("compact", order.compact),
        Verb("doctor", order.doctor),
        Verb("init", begin.init, needs="nothing"),
        Verb("demo", demo, needs="nothing"),
    )
}
