"""IPython's cell events: what a cell was, what it left, and whose that is."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.capture.cell import Cell, request_in, timed_in
from trackbook.capture.following import follow
from trackbook.capture.given import brief
from trackbook.capture.notebook import path_of_notebook
from trackbook.capture.told import (
    cell_id_of,
    count_of,
    error_of,
    failed_line,
    is_injected,
    is_parameters,
    was_interrupted,
)
from trackbook.clock import new_id, now_us
from trackbook.code import keywords_in, placed_in, source_hash, words_in
from trackbook.records import Execution, ExecutionEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.capture.recorder import Recorder
    from trackbook.capture.run import ActiveRun, Status
    from trackbook.code import Statement
    from trackbook.records import Outcome


STATUS: Mapping[Outcome, Status] = {
    "ok": "FINISHED", "error": "FAILED", "interrupted": "KILLED",
}  # fmt: skip
"""How a run ends with its cell."""


class CellReport(NamedTuple):
    """What a finished cell gave, for whoever shows it."""

    runs: list[ActiveRun]
    """Runs that the cell opened or added metrics to; children left out."""
    opened: ActiveRun | None
    children: list[ActiveRun]
    fresh: Mapping[str, Mapping[str, None]]
    """New metrics by run id."""


class Cells:
    """Writes down each execution of a cell."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._depth = 0
        self._bound_in: dict[str, str] = {}
        """The source of the cell that last bound a name: `model = Ridge(alpha=1.0)`."""

    @property
    def is_outermost(self) -> bool:
        """Tell whether the cell that runs was started by no other cell."""
        return self._depth == 1

    def before(
        self,
        info: Any,
        namespace: Mapping[str, object],
        transform: Callable[[str], str],
    ) -> None:
        """Take in that a cell begins."""
        self._depth += 1
        if self._depth > 1:
            return
        if self._recorder.mode == "off":
            self._recorder.trail.strangers.unrecorded()
            return
        with self._recorder.guard:
            self._recorder.trail.strangers.before(namespace)
            cell = self._recorder.cell = self._cell_of(info, namespace)
            self._recorder.measures.missed_here.clear()
            if not cell.skip:
                self._open(cell, info, namespace, transform)
            cell.started = self._recorder.clock()

    def _open(
        self,
        cell: Cell,
        info: Any,
        namespace: Mapping[str, object],
        transform: Callable[[str], str],
    ) -> None:
        """Write down that a cell begins, read its code, and open its run if it asks for one."""
        record = Execution(
            source=self._recorder.secrets.of_source(cell.source),
            source_hash=source_hash(cell.source),
            cell_id=cell_id_of(info),
            cell_key=cell.cell_key,
        )
        self._recorder.ink.put(record, execution_id=cell.execution_id)
        self._recorder.trainings.keywords = lambda: self._typed_for(cell, namespace)
        if "_magic(" in cell.transformed:
            cell.timed = timed_in(cell.transformed)
        launched = self._recorder.ledger.open_launched(cell)
        if launched is not None:
            cell.by_hand = launched
        request = request_in(cell.source, self._recorder.verbs)
        if request.run:
            cell.run = self._recorder.ledger.open_of_cell(
                cell,
                request.name,
                label="run",
                origin="cell",
                experiment=request.experiment,
            )
            self._recorder.ledger.push(cell.run)
            cell.by_hand = cell.run
        if "import" not in cell.transformed:
            # Now rather than afterwards, when a cell that has gone through much data
            # has left the processor's caches cold: that takes twice as long.
            self._recorder.measures.examine(cell, namespace, transform)

    def after(
        self,
        result: Any,
        namespace: Mapping[str, object],
        transform: Callable[[str], str],
    ) -> None:
        """Read what the finished cell left, write it, and report what it gave."""
        if self._depth == 0:
            return  # an empty cell has no beginning
        self._depth -= 1
        if self._depth or self._recorder.cell is None:
            return
        with self._recorder.guard:
            cell, self._recorder.cell = self._recorder.cell, None
            self._recorder.ended_s = self._recorder.clock()
            ended = self._recorder.clock()
            error = error_of(result)
            statements: list[Statement] = []
            try:
                if not cell.skip:
                    statements = self._recorder.measures.read(
                        cell,
                        namespace,
                        transform,
                        shown=getattr(result, "result", None),
                        failed_line=failed_line(error, namespace),
                        opens=self._recorder.mode == "auto",
                    )
                    self._write_params(cell)
            finally:
                if not cell.skip:
                    follow(
                        self._recorder,
                        cell,
                        statements,
                        namespace,
                        failed=error is not None,
                        count=count_of(result),
                    )
                    self._close(cell, result, ended, statements)
                _, binds = names_of(statements)
                self._recorder.trail.ended(cell, namespace, binds)
            self._tell(cell)

    def _typed_for(self, cell: Cell, namespace: Mapping[str, object]) -> set[str]:
        """Return what a cell gives by name or place, and the cells that bound what it names."""
        sources = {self._bound_in.get(word, "") for word in words_in(cell.source)}
        sources.add(cell.source)
        typed: set[str] = set()
        for source in sources:
            typed |= keywords_in(source) | placed_in(source, namespace)
        return typed

    def _cell_of(self, info: Any, namespace: Mapping[str, object]) -> Cell:
        source = str(getattr(info, "raw_cell", "") or "")
        cell_id = cell_id_of(info)
        key = cell_id or f"src:{source_hash(source)}"
        if self._recorder.notebook.path is None or cell_id:
            path = path_of_notebook(namespace, cell_id, os.environ)
            self._recorder.notebook.path = path or self._recorder.notebook.path
            self._recorder.ledger.notebook = self._recorder.notebook.path
        self._recorder.notebook.executed(key, source)
        return Cell(
            execution_id=new_id(),
            cell_key=key,
            source=source,
            transformed=str(getattr(info, "transformed_cell", None) or source),
            began_us=now_us(),
            by_hand=self._recorder.ledger.by_hand,
            skip=request_in(source, self._recorder.verbs).skip,
            parameters=is_parameters(info, source),
            cell_id=cell_id,
            injected=is_injected(info, source),
        )

    def _write_params(self, cell: Cell) -> None:
        """Give each run that this cell touched the params inside its slice."""
        for run_id, numbers in cell.touched.items():
            run = self._recorder.ledger.runs.get(run_id)
            if run is not None:
                self._add_params(run, self._recorder.measures.params_for(numbers))
        group = cell.run
        if group is not None:
            parts = [
                cell.touched.get(self._recorder.trainings.now(t.run_id), set())
                for t in cell.trained
            ]
            here = set().union(*parts)
            self._add_params(group, self._recorder.measures.params_for(here))
        by_hand: dict[str, set[int]] = defaultdict(set)
        for number, statement in cell.ran:
            run = cell.by_hand_at(statement.line, statement.end_line)
            if run is not None:
                by_hand[run.run_id].add(number)
        for run_id, steps in by_hand.items():
            self._add_params(
                self._recorder.ledger.runs[run_id],
                self._recorder.measures.params_for(steps),
            )
            self._recorder.flow.make_in(
                run_id, [s for number, s in cell.ran if number in steps]
            )
        is_loop = all(one.is_loop for one in cell.trained)
        if cell.run is not None and is_loop and not by_hand:
            inside = set(
                self._recorder.flow.slice_of(cell.touched.get(cell.run.run_id, ()))
            )
            self._recorder.flow.make_in(
                cell.run.run_id, [s for number, s in cell.ran if number in inside]
            )

    def _add_params(self, run: ActiveRun, params: dict[str, object]) -> None:
        new = {name: value for name, value in params.items() if name not in run.params}
        run.log_params(new, origin="slice")

    def _close(
        self,
        cell: Cell,
        result: Any,
        ended: float,
        statements: list[Statement],
    ) -> None:
        """Write how the cell ended, and end the run that it opened."""
        error = error_of(result)
        said = brief(error)
        reads, binds = names_of(statements)
        self._bound_in.update(dict.fromkeys(binds, cell.source))
        outcome: Outcome = "ok" if error is None else "error"
        if was_interrupted(error):
            outcome = "interrupted"
        record = ExecutionEnd(
            outcome=outcome,
            duration_s=ended - cell.started,
            reads=sorted(reads),
            binds=sorted(binds),
            error=self._recorder.secrets.in_text(said) if said else None,
            execution_count=count_of(result),
        )
        self._recorder.ink.put(record, execution_id=cell.execution_id)
        if self._recorder.ledger.launched is not None and error is not None:
            self._recorder.ledger.launch_end = (
                ("FAILED", said) if outcome == "error" else ("KILLED", "interrupted")
            )
        status = STATUS[outcome]
        self._recorder.tell_rest()
        self._recorder.trainings.leave(cell, status, said)
        if cell.run is not None:
            cell.run.end(status, said)

    def _tell(self, cell: Cell) -> None:
        given = {
            *cell.fresh,
            *(self._recorder.trainings.now(t.run_id) for t in cell.trained),
        }
        if cell.run is not None:
            given.add(cell.run.run_id)
        given |= {run.run_id for run in self._recorder.ledger.ended_by_hand}
        self._recorder.ledger.ended_by_hand.clear()
        touched = [
            self._recorder.ledger.runs[run_id]
            for run_id in given
            if run_id in self._recorder.ledger.runs
        ]
        report = CellReport(
            runs=[run for run in touched if run.start.relation != "child"],
            opened=cell.run,
            children=[run for run in touched if run.start.relation == "child"],
            fresh=cell.fresh,
        )
        self._recorder.report(report)


def names_of(statements: list[Statement]) -> tuple[set[str], set[str]]:
    """Return the names that a cell read before it surely bound them, and those it bound."""
    reads: set[str] = set()
    sure: set[str] = set()
    for statement in statements:
        reads |= statement.reads - sure
        sure |= statement.sure
    return reads, set().union(*(statement.binds for statement in statements))
