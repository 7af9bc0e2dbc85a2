"""Which runs are open in this process, and how new ones begin."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from trackbook.capture.given import must_be_name
from trackbook.capture.progress import Goings
from trackbook.capture.run import ActiveRun
from trackbook.clock import new_id, now_us
from trackbook.errors import Misused
from trackbook.fingerprint import commit_of
from trackbook.records import RunEnd, RunStart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from trackbook.capture.cell import Cell
    from trackbook.capture.ink import Ink, Keeper
    from trackbook.capture.run import Status
    from trackbook.code import Secrets


LONGEST_NUMBER = 8


class Here(threading.local):
    """The runs that a thread opened by hand and works in, the innermost last."""

    def __init__(self) -> None:
        self.stack: list[ActiveRun] = []
        self.run: ActiveRun | None = None


here = Here()


class Ledger:
    """The runs of one process.

    Runs opened by hand form a stack for each thread; a thread without one of its
    own (a data loader's, a callback's) works in the main thread's.
    """

    def __init__(
        self, ink: Ink, keeper: Keeper, secrets: Secrets, *, experiment: Callable[[], str]
    ) -> None:
        self._ink = ink
        self._keeper = keeper
        self._secrets = secrets
        self._experiment = experiment
        self._main = here.stack
        self._names: Counter[str] = Counter()
        self.runs: dict[str, ActiveRun] = {}
        """Every run of this process, by id."""
        self.last_of_cell: dict[str, str] = {}
        """The last run that each cell opened, by cell key; earlier sessions' too."""
        self.ended_by_hand: list[ActiveRun] = []
        """Runs that ended since somebody last took this list: they show their card."""
        self.notebook: str | None = None
        self.tags: dict[str, str] = {}
        """Those that every run gets as it opens, unless it is a part of another."""
        self.goings = Goings(ink)
        self.on_end: Callable[[ActiveRun], None] = lambda _run: None

    @property
    def by_hand(self) -> ActiveRun | None:
        """The innermost run that was opened by hand and is still open."""
        stack = here.stack or self._main
        return stack[-1] if stack else None

    def open(
        self,
        name: str | None,
        *,
        label: str = "run",
        origin: Literal["auto", "cell", "manual", "card"],
        experiment: str | None = None,
        parent: str | None = None,
        relation: Literal["variation", "child"] | None = None,
        cell_key: str | None = None,
        execution_id: str | None = None,
        began_us: int | None = None,
    ) -> ActiveRun:
        """Begin a run; without a name it gets its label and a number."""
        if name is None:
            name = self.numbered(label)
        start = RunStart(
            name=must_be_name(name, "run"),
            experiment=experiment or self._experiment(),
            origin=origin,
            parent_run_id=parent,
            relation=relation,
            cell_key=cell_key,
            notebook=self.notebook,
            git_commit=commit_of(),
            began_us=began_us,
        )
        run = ActiveRun(
            new_id(),
            start,
            ink=self._ink,
            keeper=self._keeper,
            secrets=self._secrets,
            execution_id=execution_id,
            ending=self._end,
        )
        self._ink.put(start, run.run_id, execution_id)
        self.runs[run.run_id] = run
        if relation != "child":
            run.set_tags(self.tags)
        return run

    def numbered(self, label: str) -> str:
        """Return a label with the next number: `group-3`."""
        self._names[label] += 1
        return f"{label}-{self._names[label]}"

    def open_of_cell(
        self,
        cell: Cell,
        name: str | None,
        *,
        label: str,
        origin: Literal["auto", "cell"] = "auto",
        experiment: str | None = None,
    ) -> ActiveRun:
        """Begin a run for a cell: a variation of the run this cell opened before."""
        before = self.last_of_cell.get(cell.cell_key)
        run = self.open(
            name,
            label=label,
            origin=origin,
            experiment=experiment,
            parent=before,
            relation="variation" if before else None,
            cell_key=cell.cell_key,
            execution_id=cell.execution_id,
            began_us=cell.began_us,
        )
        self.last_of_cell[cell.cell_key] = run.run_id
        return run

    def seen(self, names: Iterable[str]) -> None:
        """Count on from the numbers that earlier sessions gave."""
        for name in names:
            label, dash, number = name.rpartition("-")
            if (
                dash
                and number.isascii()
                and number.isdigit()
                and len(number) <= LONGEST_NUMBER
            ):
                self._names[label] = max(self._names[label], int(number))

    def open_by_hand(
        self, cell: Cell | None, name: str | None, *, experiment: str | None, nested: bool
    ) -> ActiveRun:
        """Begin a run by hand; a cell executed again gives the variation of its run before."""
        outer = self.by_hand
        parent = outer.run_id if outer is not None and nested else None
        relation: Literal["variation", "child"] | None = "child" if parent else None
        key = None
        if cell is not None and parent is None:
            cell.by_hand_count += 1
            key = f"{cell.cell_key}#{cell.by_hand_count}"
            parent = self.last_of_cell.get(key)
            relation = "variation" if parent else None
        run = self.open(
            name,
            origin="manual",
            experiment=experiment,
            parent=parent,
            relation=relation,
            cell_key=key,
            execution_id=cell.execution_id if cell else None,
        )
        if key is not None:
            self.last_of_cell[key] = run.run_id
        self.push(run)
        return run

    def push(self, run: ActiveRun) -> None:
        """Make a run the one that this thread works in."""
        here.stack.append(run)
        here.run = run

    def pop(self) -> ActiveRun:
        """Return the run that this thread works in, so that it can be ended."""
        run = self.by_hand
        if run is None:
            raise Misused("no run is open: %track start NAME opens one")
        return run

    def end_all(self, status: Status, error: str | None = None) -> None:
        """End every run that is still open, the latest first."""
        for run in reversed(list(self.runs.values())):
            run.end(status, error)

    def _end(self, run: ActiveRun, status: Status, error: str | None) -> None:
        self.goings.ended(run)
        text = self._secrets.in_text(error) if error else None
        self._ink.put(RunEnd(status=status, error=text), run.run_id, run.execution_id)
        run.duration_s = (now_us() - run.began_us) / 1e6
        if run.start.origin == "manual":
            self.ended_by_hand.append(run)
        for stack in (here.stack, self._main):
            if run in stack:
                stack.remove(run)
        here.run = here.stack[-1] if here.stack else None
        self.on_end(run)
