"""What a run rests on, as code that can be read, restored and run again."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.doors.files import put_file
from trackbook.doors.progress import Line
from trackbook.errors import Misused, NotFound
from trackbook.table import Tabular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from trackbook.book import Book
    from trackbook.lineage import Slice
    from trackbook.records import Run
    from trackbook.reproduce import Proven
    from trackbook.table import Table

MOST_TRIES = 100
NEEDED = {"nbclient": "nbclient", "ipykernel": "ipykernel"}


def slice_(book: Book, of: str = "last", *, to: str | None = None) -> Slice | Table:
    """Show the executions that a run, or a variable of this notebook, rests on.

    Args:
        of: a run, or the name of a variable
        to: write them into this file instead, .py or .ipynb
    """
    book.settle()
    cut = cut_of(book, of)
    if to is None:
        return cut
    return written(cut, Path(to), [f"# {cut.name}", "", cut.headline])


def cut_of(book: Book, of: str) -> Slice:
    """Return the slice of a run, else that of a variable of the running notebook."""
    from trackbook.lineage import cut, session_of, slice_of

    try:
        run = book.find(of)
    except (NotFound, Misused):
        recorder = book.recorder
        writers = recorder.ties.writers_of(of) if recorder is not None else None
        if not writers:
            raise
        session = session_of(book.store, book.session_id)
        itself = f"made {of} what it is"
        return cut(book.store, of, session, writers, book.session_id, itself=itself)
    return slice_of(book.store, run)


def restore(
    book: Book,
    run: str = "last",
    *,
    to: str | None = None,
    whole: bool = False,
    outputs: bool = False,
    overwrite: bool = False,
) -> Table:
    """Write a clean notebook of the executions that a run rests on, as they ran.

    Args:
        run: the run
        to: the notebook to write; its name and the run's when left out
        whole: all executions of its session up to then, not only those it rests on
        outputs: with what the cells put out then, as far as it was kept
        overwrite: replace a file that is there
    """
    from trackbook.lineage import outputs_of, slice_of, whole_of

    book.settle()
    found = book.find(run)
    cut = whole_of(book.store, found) if whole else slice_of(book.store, found)
    file = Path(to or file_for(found))
    given = outputs_of(book.store, cut) if outputs else None
    return written(cut, file, about(found, cut, whole), outputs=given, overwrite=overwrite)


def file_for(run: Run) -> str:
    """Return the usual name of the notebook that a run is restored into."""
    name = "".join(c if c.isalnum() or c in "-_." else "-" for c in run.name).strip(".-")
    return f"{name or 'run'}-{run.run_id[-8:]}.ipynb"


def about(run: Run, cut: Slice, whole: bool) -> list[str]:
    """Return what a restored notebook says of itself."""
    metrics = ", ".join(
        f"`{name}` {value:.6g}" for name, value in sorted(run.metrics.items())
    )
    of = "All executions up to" if whole else "The executions behind"
    when = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
    return [
        f"# {of} `{plain(run.name)}`",
        "",
        f"Restored by trackbook from run `{run.run_id}` of {when}.",
        f"These are the cells as they were executed, in that order: {plain(cut.headline)}.",
        "",
        f"Recorded: {metrics or 'no metrics'}.",
    ]


def plain(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return "".join(c if c.isalnum() or c in " -_.,;()%[]" else " " for c in text)


def written(
    cut: Slice,
    file: Path,
    says: Sequence[str],
    *,
    outputs: Mapping[str, Sequence[Any]] | None = None,
    overwrite: bool = False,
) -> Table:
    """Write a slice as a script or a notebook, by the file's ending; whole or not at all."""
    from trackbook.lineage import document_of
    from trackbook.table import Table

    if file.suffix == ".py":
        text = cut.script()
    elif file.suffix == ".ipynb":
        text = (
            json.dumps(
                document_of(cut, says, outputs=outputs), indent=1, ensure_ascii=False
            )
            + "\n"
        )
    else:
        raise Misused(f"cannot write {str(file)!r}: name a .py or an .ipynb")
    put_file(file, text, overwrite=overwrite)
    count = len(cut.parts)
    return Table(
        ["file", "executions", "left_out"],
        [(str(file), count, len(cut.left_out))],
        note=cut.headline,
    )


class Proof(Tabular):
    """What came of running a run again: a line in a shell, a card in a notebook, one object."""

    def __init__(self, run: Run, proven: Proven) -> None:
        self.run_id = run.run_id
        self.name = run.name
        self.verdict = proven.found.verdict
        self.found = proven.found
        self.slice = proven.cut
        self.noise = proven.noise

    @property
    def headline(self) -> str:
        """The verdict in one sentence, with the first difference."""
        first = f": {self.found.differences[0]}" if self.found.differences else ""
        return f"{self.name}, executed again: {self.verdict}{first}"

    @property
    def is_good(self) -> bool:
        """Whether it came out as before."""
        from trackbook.reproduce import GOOD

        return self.verdict in GOOD

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict with what it rests on, as plain values."""
        found = self.found
        return {
            "run_id": self.run_id,
            "name": self.name,
            "verdict": found.verdict,
            "seconds": round(found.duration_s, 3),
            "differences": list(found.differences),
            "largest_difference": None
            if found.largest_difference == float("inf")
            else found.largest_difference,
            "tolerance": found.tolerance,
            "cause": found.cause,
            "blames": list(found.blames),
            "executions": found.execution_count,
            "left_out": len(self.slice.left_out),
            "tries": found.tries,
            "environment": found.environment,
            "noise": {
                one.metric: {
                    "least": one.least,
                    "greatest": one.greatest,
                    "mean": one.mean,
                    "deviation": one.deviation,
                }
                for one in self.noise
            },
        }

    def json(self) -> str:
        """Return the verdict as one JSON object."""
        return json.dumps(self.as_dict(), ensure_ascii=False)

    def table(self) -> Table:
        """Return the verdict as a table of one row."""
        from trackbook.table import Table

        row = self.as_dict()
        return Table(list(row), [tuple(row.values())])

    def lines(self) -> Iterator[str]:
        """Yield the verdict and what belongs to it, a line each."""
        from trackbook.table import SIGNS

        found = self.found
        sign = SIGNS[found.verdict]
        yield (
            f"{sign} {self.name} {self.run_id[-8:]}: {found.verdict}, from"
            f" {found.execution_count} execution{'s' * (found.execution_count != 1)} in"
            f" {found.duration_s:.1f} s"
        )
        if found.verdict == "within tolerance":
            yield f"  largest difference {found.largest_difference:.2g}"
        yield from (f"  {said}" for said in found.differences)
        for one in self.noise:
            yield (
                f"  {one.metric}: {one.least:.6g} to {one.greatest:.6g} in {one.tries} tries,"
                f" deviation {one.deviation:.2g}"
            )
        if found.cause:
            yield f"  cause: {found.cause}"
        yield from (f"  perhaps: {said}" for said in found.blames)

    def __repr__(self) -> str:
        from trackbook.table import visible

        return "\n".join(visible(line) for line in self.lines())

    def _repr_html_(self) -> str:
        from trackbook.table import escaped

        first, *rest = self.lines()
        more = "".join(f"<li>{escaped(line.strip())}</li>" for line in rest)
        return f"<div><b>{escaped(first)}</b><ul>{more}</ul></div>"


def reproduce(
    book: Book,
    run: str = "last",
    *,
    tolerance: float = 1e-9,
    timeout: float | None = None,
    check: int = 1,
    env: bool = False,
) -> Proof:
    """Execute what a run rests on again, in a fresh kernel, and say whether it gives the same.

    A program that `run` launched is executed again as a whole, in a copy of its folder.

    Args:
        run: the run
        tolerance: up to which relative difference two numbers count as the same
        check: execute it so many times, to learn how far each metric goes by chance
        timeout: how many seconds each try may take; else three times as long as at first
        env: build the packages that the run had into a new environment, and execute it there
    """
    from trackbook.reproduce import Terms, reproduce_rebuilt

    if not 1 <= check <= MOST_TRIES:
        raise Misused(f"check is {check}: a number from 1 to {MOST_TRIES}")

    book.settle()
    found = book.find(run)
    again, line = way_again(book, found), Line()
    terms = Terms(tolerance=tolerance, timeout_s=timeout, tries=check)
    try:
        if env:
            proven = reproduce_rebuilt(
                book.store, found, terms, progress=line.show, say=line.say, again=again
            )
        else:
            proven = again(book.store, found, terms, progress=line.show)
    finally:
        line.end()
    book.put(proven.found, found.run_id)
    for noise in proven.noise:
        book.put(noise, found.run_id)
    return Proof(found, proven)


def way_again(book: Book, run: Run) -> Callable[..., Proven]:
    """Return how a run is executed again: its slice, or the program that it was."""
    from trackbook.launch import program_of, reproduce_program
    from trackbook.reproduce import reproduce as run_again

    if program_of(book.store, run) is not None:
        return reproduce_program
    must_be_able()
    return run_again


def must_be_able() -> None:
    """Refuse where what executes a notebook is not installed."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        raise NotFound(
            f"reproduce needs {' and '.join(missing)}: pip install {' '.join(missing)}"
        )
