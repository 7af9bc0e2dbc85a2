"""What is known of one execution of a cell while it goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trackbook.capture.run import ActiveRun
    from trackbook.code import Closures, Statement
    from trackbook.libraries import Measured
    from trackbook.records import Model

TRACK_LINE = re.compile(r"\A\s*%%track\b[ \t]*(?P<words>[^\n]*)")


EXPERIMENT = re.compile(r"(?:^|\s)--experiment[= ]\s*(\S+)")
TIMED = re.compile(
    r"get_ipython\(\)\.run_(?P<kind>line|cell)_magic\('(?:timeit|memit|mprun|lprun)'"
)


class Trained(NamedTuple):
    """A training that finished in a cell."""

    run_id: str
    line: int | None
    is_loop: bool = False
    """It was a loop of the user's, not a call: what it changed in place is its result."""


@dataclass(slots=True)
class Pending:
    """A number that a library measured, until the cell's end shows under which name."""

    measured: Measured
    call: str
    """The function that measured it."""
    run_id: str | None
    line: int | None
    since: float


class Bound(NamedTuple):
    """A run opened or closed by hand at a line of the cell."""

    line: int
    run: ActiveRun | None


@dataclass(slots=True)
class Cell:
    """One execution of one cell."""

    execution_id: str
    cell_key: str
    source: str
    transformed: str
    began_us: int
    by_hand: ActiveRun | None
    """The run that was open by hand when the cell began."""
    cell_id: str | None = None
    """Its id, where the front end sent one."""
    injected: bool = False
    """A runner put it in: the notebook has none like it."""
    started: float = 0.0
    """Seconds, of a clock that only goes forward."""
    timed: tuple[int, ...] = ()
    """Lines whose code `%timeit` runs over and over; 0 for all of the cell."""
    skip: bool = False
    """`%%track skip`: nothing of this cell is written."""
    parameters: bool = False
    """A papermill `parameters` cell: what it chooses is every later run's."""
    by_hand_count: int = 0
    """How many runs were opened by hand in it."""
    run: ActiveRun | None = None
    """The run that this cell opened."""
    trained: list[Trained] = field(default_factory=list)
    models: list[tuple[str, Model]] = field(default_factory=list)
    """What models had learned when their training ended, by the run's id."""
    pending: list[Pending] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    statements: list[Statement] | None = None
    """What it is made of, once that was worked out."""
    closures: Closures | None = None
    """What its names reach, as worked out when it had ended."""
    modules: frozenset[str] = frozenset()
    """Its words that stand for modules."""
    ran: list[tuple[int, Statement]] = field(default_factory=list)
    """The statements that were executed, with the numbers of their steps."""
    touched: dict[str, set[int]] = field(default_factory=dict)
    """Steps of this cell that belong to each run, by run id."""
    fresh: dict[str, dict[str, None]] = field(default_factory=dict)
    """Metrics that this cell gave to each run, by run id, in order."""

    def trained_beside(self, line: int | None) -> str | None:
        """Return the run that a loop trained last, for a measure made in the same loop.

        `oof[fold] = model.predict(…); score = accuracy_score(y[fold], oof[fold])`: the
        predictions went through the user's own array, and nobody can tell whose they are.
        """
        last = self.trained[-1] if self.trained else None
        if last is None or last.line is None or line is None:
            return None
        for one in self.statements or ():
            inside = one.line <= line <= one.end_line and one.line <= last.line
            if inside and last.line <= one.end_line and one.line < one.end_line:
                return last.run_id
        return None

    def by_hand_at(self, first: int, last: int) -> ActiveRun | None:
        """Return the run open by hand for the lines `first` to `last`.

        A run that began inside these lines (`with start_run():`) is theirs even
        when it ended there; where several did, nobody can tell.
        """
        run = self.by_hand
        inside = [b.run for b in self.bounds if first <= b.line <= last and b.run]
        if inside:
            return inside[0] if len({r.run_id for r in inside}) == 1 else None
        for bound in self.bounds:
            if bound.line < first:
                run = bound.run
        return run


class Request(NamedTuple):
    """What the first line of a cell asks of trackbook."""

    skip: bool = False
    run: bool = False
    name: str | None = None
    experiment: str | None = None


def request_in(source: str, verbs: frozenset[str]) -> Request:
    """Return what a `%%track` line asks for; a verb in it is that verb's own business."""
    found = TRACK_LINE.match(source)
    if found is None:
        return Request()
    words = found["words"].strip()
    if words == "skip":
        return Request(skip=True)
    if words.split(" ")[0] in verbs:
        return Request()
    told = EXPERIMENT.search(words)
    name = EXPERIMENT.sub("", words).strip().strip("'\"")
    return Request(run=True, name=name or None, experiment=told[1] if told else None)


def timed_in(transformed: str) -> tuple[int, ...]:
    """Return the lines of a cell that a magic runs many times; (0,) when it runs them all."""
    found = [
        0 if match["kind"] == "cell" else transformed.count("\n", 0, match.start()) + 1
        for match in TIMED.finditer(transformed)
    ]
    return (0,) if 0 in found else tuple(found)
