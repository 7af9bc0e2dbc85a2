"""One thing tried with many params, from a notebook, a shell or Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from trackbook.doors.session import recorder
from trackbook.doors.sweep_course import Course
from trackbook.doors.sweep_targets import found, same_target, target_of
from trackbook.errors import Misused
from trackbook.table import Table, Tabular, escaped, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor

    from trackbook.book import Book
    from trackbook.sweeps import Space, Standing, Target, Wishes

MOST_SHOWN = 20
COLUMNS = ["number", "state", "value", "params", "wall_s", "error", "run_id"]


def sweep(
    book: Book,
    target: str | None = None,
    space: list[str] = [],  # noqa: B006  never written to
    *,
    entry: str | None = None,
    search: Literal["grid", "random", "optuna"] | None = None,
    metric: str | None = None,
    maximize: bool = False,
    minimize: bool = False,
    budget: int | None = None,
    jobs: int | None = None,
    executor: str | None = None,
    seed: int | None = None,
    prune: bool = False,
    timeout: float | None = None,
    name: str | None = None,
    resume: str | None = None,
    stop: str | None = None,
    prune_trial: int | None = None,
) -> Swept | Table:
    """Try a notebook, a script, a run or a function with many params, as child runs of one run.

    Args:
        target: NOTEBOOK.ipynb, SCRIPT.py, the folder of a project with an MLproject file, a run
            (its slice is executed again), module:function
        space: each param's values: lr=0.01,0.1 depth=3..9 width=64..512:64 c=1e-4..1:log
        entry: the entry point of a project, or a script in it; main when left out
        search: grid (all, the last param fastest), random, or optuna; grid when left out
        metric: what the trials are compared by
        maximize: more of it is better
        minimize: less of it is better
        budget: how many trials at most
        jobs: how many at once; as many as there are processors when left out
        executor: who works: dask://host:port; processes of this machine when left out
        seed: of what is drawn or suggested
        prune: end trials that are worse than the others were by the same step
        timeout: how many seconds one trial may take
        name: the sweep's own run
        resume: go on with a sweep that broke off; what is done is not done again
        stop: end a sweep that runs in another process
        prune_trial: end one trial of the sweep that is named as the target
    """
    return answered(**locals())


def answered(
    book: Book,
    target: str | None,
    space: list[str],
    *,
    entry: str | None,
    name: str | None,
    resume: str | None,
    stop: str | None,
    prune_trial: int | None,
    maximize: bool,
    minimize: bool,
    **how: Any,
) -> Swept | Table:
    """Return what the verb is asked for: a sweep, one that goes on, or a word to one that runs."""
    from trackbook.sweeps import space_of

    if stop is not None:
        return asked(book, stop, None)
    if prune_trial is not None:
        return asked(book, target or "last", prune_trial)
    wishes = wishes_of(direction=direction_of_flags(maximize, minimize), **how)
    if resume is not None:
        return resumed(book, resume, target, wishes)
    if target is None:
        raise Misused(
            "sweep needs what to try: sweep train.py lr=0.01,0.1 (trackbook sweep --help)"
        )
    aim = target_of(book, target, entry)
    return swept(book, aim, space_of(space), wishes, name=name)


def wishes_of(*, prune: bool, timeout: float | None, **how: Any) -> Wishes:
    """Return what somebody said about how to sweep."""
    from trackbook.sweeps import Wishes

    return Wishes(prunes=prune, timeout_s=timeout, **how)


def sweep_of(
    book: Book,
    target: str | Callable[..., object] | None = None,
    space: Mapping[str, object] | None = None,
    *,
    search: Literal["grid", "random", "optuna"] | None = None,
    metric: str | None = None,
    direction: Literal["max", "min"] | None = None,
    budget: int | None = None,
    jobs: int | None = None,
    executor: Executor | str | None = None,
    seed: int | None = None,
    prune: bool = False,
    timeout: float | None = None,
    name: str | None = None,
    resume: str | None = None,
    progress: Callable[[Standing], None] | None = None,
) -> Swept:
    """Try a function, or what `trackbook sweep` takes, with many params, as child runs of one run.

    A function gets the params by name and returns a number or a dict of metrics; other processes
    execute it, where `trackbook.log_metric(name, value, step=…)` writes to its trial.

    Args:
        target: a function, a notebook, a script, a project's folder or `folder:entry_point`, a run,
            `module:function`
        space: `{"lr": [0.01, 0.1], "depth": range(3, 10), "c": "1e-4..1:log"}`
        search: grid, random or optuna
        metric: what the trials are compared by; a function that returns a number need not name it
        direction: whether more or less of it is better
        budget: how many trials at most
        jobs: how many at once
        executor: any `concurrent.futures` executor, or dask://host:port
        seed: of what is drawn or suggested
        prune: end trials that are worse than the others were by the same step
        timeout: how many seconds one trial may take
        name: the sweep's own run
        resume: go on with a sweep that broke off
        progress: told how far it is, in place of the line under the cell
    """
    return tried(**locals())


def tried(
    book: Book,
    target: str | Callable[..., object] | None,
    space: Mapping[str, object] | None,
    *,
    name: str | None,
    resume: str | None,
    progress: Callable[[Standing], None] | None,
    **how: Any,
) -> Swept:
    """Return what Python asks for: a sweep, or one that goes on."""
    from trackbook.sweeps import Function, space_from

    wishes = wishes_of(**how)
    if resume is not None:
        return resumed(book, resume, target, wishes, progress=progress)
    if target is None:
        raise Misused("sweep needs what to try: a function, a notebook, a script or a run")
    aim: Target = Function(target) if callable(target) else target_of(book, target)
    return swept(book, aim, space_from(space or {}), wishes, name=name, progress=progress)


def direction_of_flags(maximize: bool, minimize: bool) -> Literal["max", "min"] | None:
    """Return which way is better, as two switches say it."""
    if maximize and minimize:
        raise Misused("more cannot be better and worse: --maximize or --minimize")
    if maximize:
        return "max"
    return "min" if minimize else None


def swept(
    book: Book,
    target: Target,
    space: Space,
    wishes: Wishes,
    *,
    name: str | None = None,
    progress: Callable[[Standing], None] | None = None,
) -> Swept:
    """Carry a sweep out, showing how far it is."""
    from trackbook.sweeps import sweep as carry_out

    recording, course = recorder(), Course(book)
    try:
        standing = carry_out(
            recording,
            book.store,
            book.project,
            target,
            space,
            wishes,
            name=name,
            directions=book.direction,
            progress=progress or course.tell,
        )
    finally:
        course.end()
    return Swept(book, standing)


def resumed(
    book: Book,
    reference: str,
    target: str | Callable[..., object] | None,
    wishes: Wishes,
    *,
    progress: Callable[[Standing], None] | None = None,
) -> Swept:
    """Go on with a sweep."""
    from trackbook.sweeps import resume as go_on

    book.settle()
    known = found(book, reference)
    recording, course = recorder(), Course(book)
    try:
        standing = go_on(
            recording,
            book.store,
            book.project,
            same_target(book, known, target),
            known,
            wishes,
            progress=progress or course.tell,
        )
    finally:
        course.end()
    return Swept(book, standing)


def asked(book: Book, reference: str, number: int | None) -> Table:
    """Ask a sweep in another process to stop, or to end one trial."""
    from trackbook import sweeps

    book.settle()
    known = found(book, reference)
    if number is None:
        sweeps.stop(book.project, known.run_id)
        says = "asked to stop; trackbook sweep --resume goes on with it"
    else:
        sweeps.prune(book.project, known.run_id, number)
        says = f"trial {number} is asked to end"
    return Table(["sweep", "now"], [(known.name, says)])


class Swept(Tabular):
    """What a sweep came to: a line, and its trials, the best first."""

    def __init__(self, book: Book, standing: Standing) -> None:
        self.standing = standing
        self.sweep_id = standing.sweep_id
        self.name = standing.name
        self.best = standing.best
        self._book = book

    def table(self) -> Table:
        """Return a row for each trial, the best first, then in their order."""
        self._book.settle()
        sign = {"max": "DESC", "min": "ASC"}.get(self.standing.direction or "")
        by = f"CASE WHEN state = 'done' THEN value END {sign} NULLS LAST, " if sign else ""
        answer = self._book.store.rows(
            f"SELECT {', '.join(COLUMNS)} FROM tb.trials WHERE sweep_id = $sweep"  # noqa: S608  our own words
            f" ORDER BY {by}number",
            sweep=self.sweep_id,
        )
        return Table(COLUMNS, answer.rows)

    @property
    def headline(self) -> str:
        """How it ended, in one line."""
        ended = self.standing.ended
        return self.standing.line + (f" ({ended})" if ended != "finished" else "")

    def _shown(self) -> Table:
        whole = self.table()
        more = len(whole) - MOST_SHOWN
        note = f"and {more} more: .df() has all" if more > 0 else ""
        return Table(COLUMNS, whole.rows[:MOST_SHOWN], note=note)

    def __repr__(self) -> str:
        lines = [self.headline, *self.standing.remarks]
        return "\n".join([*map(visible, lines), repr(self._shown())])

    def _repr_html_(self) -> str:
        lines = "".join(
            f"<p>{escaped(one)}</p>" for one in (self.headline, *self.standing.remarks)
        )
        return f"<div>{lines}{self._shown()._repr_html_()}</div>"
