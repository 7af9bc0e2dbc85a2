"""The quiet cards under a cell, from what its runs gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.doors.rows import SHORT, typed
from trackbook.table import Card, MetricLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.book import Book
    from trackbook.capture import ActiveRun, CellReport


def cards_of(report: CellReport, book: Book) -> Iterator[Card]:
    """Yield a card for each run that a cell opened or measured, as the settings want it."""
    for run in report.runs:
        if run is not report.opened and run.status is None:
            continue  # opened by hand and still going on: it shows when it ends
        doubts = [doubt.words for doubt in book.doubts.at_end(run)]
        doubts += book.contracts.at_end(run)
        if book.cards != "quiet":
            yield card_of(run, report, book, doubts)
    for run in (*report.runs, *report.children):
        book.past.learn(run, book.direction)


def card_of(
    run: ActiveRun, report: CellReport, book: Book, doubts: Sequence[str] = ()
) -> Card:
    """Return one run's card."""
    parent = book.past.of(run.start.parent_run_id)
    untold = book.past.of(run.run_id) is None
    is_new = untold or run is report.opened or run.run_id not in report.fresh
    told = run.metrics if is_new else report.fresh[run.run_id]
    lines = [
        MetricLine(
            name,
            run.metrics[name],
            parent=parent.metrics.get(name) if parent else None,
            best=book.past.best_beside(run, name),
            direction=book.direction(name),
        )
        for name in dict.fromkeys(told)
        if name in run.metrics
    ]
    changes = {}
    if parent is not None and is_new:
        changes = {
            name: (typed(parent.params.get(name)), typed(run.params.get(name)))
            for name in sorted({*parent.params, *run.params})
            if parent.params.get(name) != run.params.get(name)
        }
    return Card(
        name=run.name,
        short_id=run.run_id[-SHORT:],
        status=run.status or "RUNNING",
        duration_s=run.duration_s,
        params={name: typed(text) for name, text in run.params.items()} if is_new else {},
        changes=changes,
        metrics=lines,
        note=note_of(run, report, book),
        doubts=doubts,
    )


def note_of(run: ActiveRun, report: CellReport, book: Book) -> str:
    """Return what else is worth a line: the child runs, what was not captured."""
    parts = []
    children = [c for c in report.children if c.start.parent_run_id == run.run_id]
    if children:
        parts.append(f"{len(children)} child runs{best_child(run, children, book)}")
    if book.cards == "verbose" and book.recorder is not None:
        missed = dict.fromkeys(book.recorder.measures.missed_here)
        parts += [f"not captured: {m.name} ({m.why})" for m in list(missed)[-3:]]
        origins = sorted(f"{name} by {rule}" for name, rule in run.origins.items())
        parts += [", ".join(origins[:8])] if origins else []
    return "; ".join(parts)


def best_child(run: ActiveRun, children: list[ActiveRun], book: Book) -> str:
    """Return which child is best: by what a search is after, else by what all of them have."""
    goal = book.recorder.trainings.searches.goal_of(run) if book.recorder else None
    if goal is not None:
        reached = [child for child in children if goal[0] in child.metrics]
        return said_of_best(reached, *goal) if reached else ""
    shared = set(children[0].metrics).intersection(*(c.metrics for c in children))
    for name in sorted(shared):
        way = book.direction(name)
        if way is not None:
            return said_of_best(children, name, way)
    return ""


def said_of_best(children: list[ActiveRun], name: str, way: str) -> str:
    """Return the best of runs by a metric, the first of equals."""
    in_order = sorted(children, key=lambda child: child.began_us)
    chosen = (max if way == "max" else min)(in_order, key=lambda c: c.metrics[name])
    return f", best {name} {chosen.metrics[name]:.4g} ({chosen.name})"


def show_quietly(card: Card) -> None:
    """Put a card under the cell."""
    from IPython.display import display

    display(card)
