"""This process's one open book, and the functions of the field that log to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from trackbook.book import Book, open_book
from trackbook.capture import here, launch_of, must_exist, take_launch
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.capture import ActiveRun, Recorder, Status
    from trackbook.table import Table

P = ParamSpec("P")
R = TypeVar("R")


class Current:
    """What is open in this process; nothing until somebody asks for it."""

    book: Book | None = None


def current_book(*, must_exist: bool = False) -> Book:
    """Return this process's book, opened where the process works when first needed."""
    if Current.book is None:
        Current.book = open_book(must_exist=must_exist)
    return Current.book


def recorder() -> Recorder:
    """Return what records in this process, beginning a script's session if none has begun."""
    book = Current.book
    if book is not None and book.recorder is not None:
        return book.recorder
    launch = launch_of()
    book = current_book()
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else ""
    begun = book.begin("script", notebook=sys.argv[0] if program.endswith(".py") else None)
    begun.ledger.on_end = book.finish
    take_launch(begun, launch)
    book.complain = lambda words: print(f"trackbook: {words}", file=sys.stderr)  # noqa: T201
    return begun


def active() -> ActiveRun:
    """Return the run that logging goes to, opening one where none is."""
    book = Current.book
    if book is None and here.run is not None and here.run.status is None:
        return here.run  # a trial's on a worker, where nothing else is open
    known = book.recorder if book is not None else None
    if known is not None and (run := known.active) is not None:
        return run
    found = recorder()
    if found.active is not None:  # this process was launched as a run
        return found.active
    cell = found.cell
    if cell is None:
        return found.start_run()
    cell.run = found.ledger.open_of_cell(cell, None, label="run")
    return cell.run


def start_run(
    run_name: str | None = None,
    *,
    experiment: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    nested: bool = False,
) -> ActiveRun:
    """Open a run and return it; a `with` statement ends it, `end_run()` does otherwise.

    In a session that was launched as one run (`trackbook run`) the first call returns that
    run, which goes on until the session ends; further calls open children of it.

    Args:
        run_name: what to call it; a label and a number when left out
        experiment: the experiment it belongs to; the notebook's or script's name when left out
        tags: words to tie to it
        description: a note to begin with
        nested: inside another open run, make it that run's child
    """
    found = recorder()
    outer = found.ledger.by_hand
    run = None if nested else found.ledger.lend(run_name)
    if run is None:
        within = nested or (outer is not None and outer.is_held)
        if outer is not None and not within:
            raise Misused(
                f"run {outer.name!r} is still open: end it with trackbook.end_run(), or pass"
                " nested=True to open a child of it"
            )
        run = found.start_run(
            run_name, experiment=experiment, nested=within, line=line_of_cell()
        )
    if tags:
        run.set_tags(tags)
    if description:
        run.note(description)
    return run


def end_run(status: Status = "FINISHED") -> None:
    """End the run that this thread has open; without one, nothing happens."""
    book = Current.book
    if book is None or book.recorder is None or book.recorder.ledger.by_hand is None:
        return
    book.recorder.ledger.pop().end(status)
    book.recorder.bound(line_of_cell())


def active_run() -> ActiveRun | None:
    """Return the run that logging goes to, or None."""
    book = Current.book
    return book.recorder.active if book is not None and book.recorder is not None else None


def log_metric(key: str, value: Any, step: Any = None) -> None:
    """Write a measured number to the open run; an array becomes the points of a series.

    Args:
        key: the metric's name
        value: a real number, a 0-d array or tensor, or a 1-D array of numbers
        step: its place in the series; None counts on from the last
    """
    run = here.run
    if run is None or run.status is not None:
        run = active()
    run.log_metric(key, value, step)


def log_metrics(metrics: Mapping[str, Any], step: Any = None) -> None:
    """Write several measured numbers of one moment to the open run."""
    active().log_metrics(metrics, step)


def log_param(key: str, value: Any) -> Any:
    """Write a chosen value to the open run, and return it."""
    active().log_param(key, value)
    return value


def log_params(params: Mapping[str, Any]) -> None:
    """Write chosen values to the open run; mappings are taken apart with dots."""
    active().log_params(params)


def log_artifact(local_path: str | Path, artifact_path: str | None = None) -> None:
    """Keep a copy of a file, or of a folder's files, with the open run.

    Args:
        local_path: the file or folder
        artifact_path: the folder to file it under in the run
    """
    must_exist(local_path)  # before a run is opened for it
    active().log_artifact(local_path, artifact_path)


def log_input(data: Any, name: str | None = None, *, context: str = "training") -> None:
    """Note that the open run uses data: a frame, an array, a table, a tensor, a sparse matrix.

    Args:
        data: of pandas, numpy, polars, pyarrow, torch or scipy, or a list of numbers
        name: what to call it; its variable's name when left out
        context: what for: training, validation, test, or a word of your own
    """
    from trackbook.libraries import Given

    run, recording = active(), recorder()
    with recording.guard:
        line = line_of_cell()
        known = recording.inputs.use(
            [Given(context, data, name or "")], run.run_id, line, named=name
        )
        if not known:
            raise Misused(
                f"cannot look into {type(data).__name__}: pass a frame, an array or a list of"
                " numbers, or keep a file with trackbook.log_artifact(path)"
            )
        if recording.cell is None:
            recording.inputs.end_call()


def set_tag(key: str, value: Any = "") -> None:
    """Tie a word to the open run."""
    active().set_tag(key, value)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Tie words to the open run."""
    active().set_tags(tags)


def seed_everything(seed: int = 42) -> Table:
    """Seed random, and numpy, torch and TensorFlow where they are imported; say what is not.

    Args:
        seed: an integer from 0 to 4294967295
    """
    from trackbook.fingerprint import seed_all
    from trackbook.table import Table

    return Table(["generator", "now"], list(seed_all(seed).items()))


def reproducible(function: Callable[P, R], *, seed: int = 42) -> Callable[P, R]:
    """Return a function that gives the same each time: seeded at each call, others left alone.

    Args:
        function: what draws random numbers from shared generators
        seed: an integer from 0 to 4294967295
    """
    from trackbook.fingerprint import seeded

    return seeded(function, seed)


def set_experiment(name: str) -> None:
    """Let new runs of this process belong to an experiment, `churn/baseline`."""
    recorder().experiment = name


def search_runs(
    filter_string: str = "",
    *,
    experiment: str | None = None,
    order_by: str | list[str] | None = None,
    max_results: int = 1000,
) -> Table:
    """Return runs that match a filter, newest first unless ordered, as rows with `.df()`.

    Args:
        filter_string: such as `metrics.acc > 0.9 and params.lr < 0.1`
        experiment: only runs of this experiment
        order_by: such as `metrics.acc desc`
        max_results: how many at most
    """
    from trackbook.doors.lines import Words
    from trackbook.doors.verbs import runs

    order = order_by[0] if isinstance(order_by, list) else order_by
    return runs(
        current_book(),
        Words(filter_string),
        sort=order,
        limit=max_results,
        experiment=experiment,
    )


def line_of_cell() -> int | None:
    """Return the line of the running cell that led here, for a caller in a notebook."""
    book = Current.book
    if book is None or book.recorder is None or book.recorder.cell is None:
        return None
    frame, line = sys._getframe(1), None  # noqa: SLF001  the documented way to look at the stack
    main = sys.modules.get("__main__")
    inside = vars(main) if main is not None else None
    while frame is not None:
        if frame.f_globals is inside and frame.f_code.co_name == "<module>":
            line = frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return line
