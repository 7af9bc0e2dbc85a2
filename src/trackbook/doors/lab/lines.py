"""Runs as the sidebar lists them: pages, newest first, of which only the news are sent."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from trackbook.doors.lab.shapes import Experiment, RunLine, RunPage
from trackbook.doors.rows import SHORT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trackbook.book import Book
    from trackbook.records import Run

MOST = 200
SPARK = 24
"""Points of a spark line."""


def page_of(
    book: Book,
    *,
    notebooks: Sequence[str] | None = None,
    experiment: str | None = None,
    filter: str = "",  # noqa: A002  the field's word
    after: str | None = None,
    limit: int = 100,
    have: Collection[str] = (),
) -> RunPage:
    """Return a page of runs.

    Args:
        book: the project's
        notebooks: the names of the notebook whose runs are wanted; all when None
        experiment: only runs of this experiment
        filter: as `%track runs` reads it
        after: the last run of the page before
        limit: runs at most
        have: marks of lines that need not be sent again
    """
    from trackbook.compare import version
    from trackbook.runs import count, search

    asked = {"experiment": experiment or None, "notebooks": notebooks}
    number = version(book.store)
    most = max(1, min(limit, MOST))
    found = search(book.store, filter, after=after, limit=most + 1, **asked)  # type: ignore[arg-type]
    more, found = len(found) > most, found[:most]
    total = count(book.store, filter, **asked)  # type: ignore[arg-type]
    headline = commonest(found, book)
    top = best_of(book, filter, headline, asked)
    lines = lines_of(book, found, headline, best=top.run_id if top else None)
    pinned = lines_of(book, [top], headline, best=top.run_id) if top else []
    words = "" if total else ("no run matches" if filter or experiment else "no runs yet")
    return RunPage(
        version=number,
        total=total,
        order=[line.run_id for line in lines],
        runs=[line for line in lines if line.mark not in have],
        next=found[-1].run_id if more else None,
        headline=headline,
        best=pinned[0] if pinned else None,
        words=words,
    )


def commonest(runs: Sequence[Run], book: Book) -> str | None:
    """Return the metric that most runs have, one whose better way is known if there is any."""
    counted = Counter(name for run in runs for name in run.metrics)
    ranked = sorted(counted, key=lambda n: (book.direction(n) is None, -counted[n], n))
    return ranked[0] if ranked else None


def best_of(
    book: Book,
    filter: str,  # noqa: A002  the field's word
    metric: str | None,
    asked: Mapping[str, object],
) -> Run | None:
    """Return the best run of all that match, by a metric of which it is known which way."""
    from trackbook.runs import search

    way = book.direction(metric) if metric is not None else None
    if metric is None or way is None:
        return None
    doubled = metric.replace('"', '""')
    sort = f'metrics."{doubled}" {"desc" if way == "max" else "asc"}'
    found = search(book.store, filter, sort=sort, limit=1, **asked)  # type: ignore[arg-type]
    has = found and found[0].metrics.get(metric) is not None
    return found[0] if has else None


def lines_of(
    book: Book, runs: Sequence[Run], headline: str | None, *, best: str | None
) -> list[RunLine]:
    """Return runs as lines."""
    from trackbook.compare import sparks
    from trackbook.runs import by_ids

    ids = [run.run_id for run in runs]
    wanted = list(dict.fromkeys(filter(None, (named(run, headline) for run in runs))))
    drawn = sparks(book.store, ids, wanted, most=SPARK) if wanted else {}
    known = {run.run_id: run for run in runs}
    away = {run.parent_run_id for run in runs if run.parent_run_id} - set(known)
    known |= {run.run_id: run for run in by_ids(book.store, sorted(away))}
    return [
        line_of(book, run, known.get(run.parent_run_id or ""), headline, drawn, best)
        for run in runs
    ]


def named(run: Run, headline: str | None) -> str | None:
    """Return the metric to show of a run: the common one, or its first."""
    return headline if headline in run.metrics else next(iter(run.metrics), None)


def line_of(
    book: Book,
    run: Run,
    parent: Run | None,
    headline: str | None,
    drawn: Mapping[tuple[str, str], list[float]],
    best: str | None,
) -> RunLine:
    """Return one run as a line."""
    metric = named(run, headline)
    value = number(run.metrics.get(metric or ""))
    before = number(parent.metrics.get(metric or "")) if parent is not None else None
    change = None if value is None or before is None else value - before
    way = book.direction(metric) if metric is not None else None
    better = None if not change or way is None else (change > 0) == (way == "max")
    spark = drawn.get((run.run_id, metric or ""), [])
    line = RunLine(
        run_id=run.run_id, short=run.run_id[-SHORT:], name=run.name,
        experiment=run.experiment, notebook=run.notebook, status=run.status,
        started_at=run.started_at.isoformat(), duration_s=number(run.duration_s),
        parent_run_id=run.parent_run_id, headline=value, headline_name=metric,
        change=change, better=better, spark=spark if len(spark) > 1 else [],
        tags=dict(run.tags), reproduced=run.reproduced, is_best=run.run_id == best, mark="",
    )  # fmt: skip
    digest = hashlib.blake2b(msgspec.json.encode(line), digest_size=6).hexdigest()
    return msgspec.structs.replace(line, mark=digest)


def number(value: float | None) -> float | None:
    """Return a number that JSON can hold."""
    return value if value is not None and math.isfinite(value) else None


def experiments_of(book: Book) -> list[Experiment]:
    """Return the experiments of a project, that of the latest run first."""
    from trackbook.runs import search

    grouped: dict[str, list[Run]] = {}
    for run in search(book.store, limit=None):
        grouped.setdefault(run.experiment, []).append(run)
    return [experiment_of(book, name, runs) for name, runs in grouped.items()]


def experiment_of(book: Book, name: str, runs: Sequence[Run]) -> Experiment:
    """Return what to say of one experiment; its runs come newest first."""
    metric = commonest(runs, book)
    way = book.direction(metric) if metric is not None else None
    having = [run for run in runs if number(run.metrics.get(metric or "")) is not None]
    best = None
    if having and metric is not None:
        pick = {"max": max, "min": min}.get(way or "")
        best = pick(having, key=lambda run: run.metrics[metric]) if pick else having[0]
    return Experiment(
        name=name,
        run_count=len(runs),
        notebook_count=len({run.notebook for run in runs if run.notebook}),
        last_at=runs[0].started_at.isoformat(),
        best=best.name if best else None,
        headline=metric,
        headline_value=best.metrics[metric] if best and metric else None,
    )
