"""Runs as the sidebar lists them: pages, newest first, of which only the news are sent."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from trackbook.doors.going import going_of, troubles_of
from trackbook.doors.lab.shapes import Experiment, RunLine, RunPage
from trackbook.doors.lab.words import ngettext
from trackbook.doors.rows import SHORT
from trackbook.table import MetricLine, compared, in_short

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trackbook.book import Book
    from trackbook.records import Run

MOST = 200
SPARK = 24
"""Points of a spark line."""
WIDTH, HEIGHT = 48, 16


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
    from trackbook.runs import count, search

    book.aims.learn()
    asked = {"experiment": experiment or None, "notebooks": notebooks}
    most = max(1, min(limit, MOST))
    found = search(book.store, filter, after=after, limit=most + 1, **asked)  # type: ignore[arg-type]
    more, found = len(found) > most, found[:most]
    total = count(book.store, filter, **asked)  # type: ignore[arg-type]
    headline = headline_of(book, experiment, found)
    top = best_of(book, filter, headline, asked)
    lines = lines_of(book, found, headline)
    pinned = lines_of(book, [top], headline) if top else []
    return RunPage(
        total=total,
        order=[line.run_id for line in lines],
        runs=[line for line in lines if line.mark not in have],
        next=found[-1].run_id if more else None,
        best=pinned[0] if pinned else None,
    )


def headline_of(book: Book, experiment: str | None, runs: Sequence[Run]) -> str | None:
    """Return the metric that an experiment is after, if a run has it; else the commonest."""
    aim = book.aims.metric(experiment)
    return aim if any(aim in run.metrics for run in runs) else commonest(runs, book)


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


def lines_of(book: Book, runs: Sequence[Run], headline: str | None) -> list[RunLine]:
    """Return runs as lines."""
    from trackbook.compare import sparks
    from trackbook.runs import by_ids

    ids = [run.run_id for run in runs]
    wanted = list(dict.fromkeys(filter(None, (named(run, headline) for run in runs))))
    drawn = sparks(book.store, ids, wanted, most=SPARK) if wanted else {}
    known = {run.run_id: run for run in runs}
    away = {run.parent_run_id for run in runs if run.parent_run_id} - set(known)
    known |= {run.run_id: run for run in by_ids(book.store, sorted(away))}
    going, troubles = going_of(book, runs), troubles_of(book, runs)
    lines = []
    for run in runs:
        line = line_of(book, run, known.get(run.parent_run_id or ""), headline, drawn)
        words = going[run.run_id].words if run.run_id in going else ""
        trouble = "; ".join(troubles.get(run.run_id, ()))
        lines.append(marked(msgspec.structs.replace(line, progress=words, trouble=trouble)))
    return lines


def named(run: Run, headline: str | None) -> str | None:
    """Return the metric to show of a run: the common one, or its first."""
    return headline if headline in run.metrics else next(iter(run.metrics), None)


def line_of(
    book: Book,
    run: Run,
    parent: Run | None,
    headline: str | None,
    drawn: Mapping[tuple[str, str], list[float]],
) -> RunLine:
    """Return one run as a line, its progress and its mark left open."""
    metric = named(run, headline)
    value = run.metrics.get(metric or "")
    change, better = "", ""
    if metric is not None and value is not None and parent is not None:
        measured = MetricLine(metric, value, direction=book.direction(metric))
        change, better = compared(measured, parent.metrics.get(metric))
    return RunLine(
        run_id=run.run_id, short=run.run_id[-SHORT:], name=run.name,
        experiment=run.experiment, status=run.status, started_at=run.started_at.isoformat(),
        headline=in_short(value), headline_name=metric or "", change=change, better=better,
        spark=path_of(drawn.get((run.run_id, metric or ""), [])),
        tags=[name if value == "true" else f"{name}={value}" for name, value in run.tags.items()],
        reproduced=run.reproduced or "", progress="", trouble="", mark="",
    )  # fmt: skip


def marked(line: RunLine) -> RunLine:
    """Return a line with its mark."""
    digest = hashlib.blake2b(msgspec.json.encode(line), digest_size=6).hexdigest()
    return msgspec.structs.replace(line, mark=digest)


def path_of(values: Sequence[float]) -> str:
    """Return a series as the path of a line in a box; none of a single value."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:  # noqa: PLR2004  a line has two ends
        return ""
    low = min(finite)
    span = max(finite) - low or 1
    step = WIDTH / (len(finite) - 1)
    points = [
        f"{n * step:.1f} {HEIGHT - (value - low) / span * HEIGHT:.1f}"
        for n, value in enumerate(finite)
    ]
    return "M" + "L".join(points)


def experiments_of(book: Book) -> list[Experiment]:
    """Return the experiments of a project, that of the latest run first."""
    from trackbook.runs import search

    book.aims.learn()
    grouped: dict[str, list[Run]] = {}
    for run in search(book.store, limit=None):
        grouped.setdefault(run.experiment, []).append(run)
    return [experiment_of(book, name, runs) for name, runs in grouped.items()]


def experiment_of(book: Book, name: str, runs: Sequence[Run]) -> Experiment:
    """Return what to say of one experiment; its runs come newest first."""
    metric = headline_of(book, name, runs)
    way = book.direction(metric) if metric is not None else None
    having = [run for run in runs if is_sound(run.metrics.get(metric or ""))]
    best = None
    if having and metric is not None:
        pick = {"max": max, "min": min}.get(way or "")
        best = pick(having, key=lambda run: run.metrics[metric]) if pick else having[0]
    notebooks = len({run.notebook for run in runs if run.notebook})
    counts = [
        ngettext("{count} run", "{count} runs", len(runs)),
        ngettext("{count} notebook", "{count} notebooks", notebooks),
    ]
    return Experiment(
        name=name,
        words=" · ".join(counts),
        last_at=runs[0].started_at.isoformat(),
        headline=in_short(best.metrics[metric]) if best and metric else "",
        headline_name=metric or "",
    )


def is_sound(value: float | None) -> bool:
    """Say whether a number can be better than another."""
    return value is not None and math.isfinite(value)
