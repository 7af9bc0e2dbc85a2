"""A session that records: IPython's cell events and libraries' calls become facts."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.capture.cell import Bound, Cell, Pending, request_in
from trackbook.capture.flow import Flow
from trackbook.capture.ledger import Ledger
from trackbook.capture.measures import Measures, Missed, Rules
from trackbook.capture.notebook import NotebookState, path_of_notebook
from trackbook.capture.run import brief
from trackbook.capture.trainings import Trainings
from trackbook.capture.values import place_of
from trackbook.clock import new_id, now_us
from trackbook.code import Secrets, source_hash
from trackbook.libraries import Derived, Fitted, Measured, Training
from trackbook.records import Execution, ExecutionEnd, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trackbook.capture.calls import Site
    from trackbook.capture.ink import Ink, Keeper
    from trackbook.capture.run import ActiveRun
    from trackbook.code import Statement
    from trackbook.libraries import Call, Finding
    from trackbook.records import Outcome
    from trackbook.settings import Mode, Settings

TRACE_OF = BaseException.__dict__["__traceback__"].__get__
"""Past a `__traceback__` of the user's own."""
FLUSH_AFTER_S = 2.0
"""How long a library's measurement waits for its name while its cell still runs."""


class CellReport(NamedTuple):
    """What a finished cell gave, for whoever shows it."""

    runs: list[ActiveRun]
    """Runs that the cell opened or added metrics to; children left out."""
    opened: ActiveRun | None
    children: list[ActiveRun]
    fresh: Mapping[str, Mapping[str, None]]
    """New metrics by run id."""


class Recorder:
    """Everything one process has recorded and is about to record."""

    def __init__(
        self,
        ink: Ink,
        keeper: Keeper,
        settings: Settings,
        *,
        verbs: frozenset[str] = frozenset(),
        report: Callable[[CellReport], None] = lambda _report: None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.ink = ink
        self.settings = settings
        self.mode: Mode = settings.mode
        self.experiment = settings.experiment
        self.secrets = Secrets(settings.secrets)
        self.notebook = NotebookState()
        self.flow = Flow()
        self.ledger = Ledger(
            ink, keeper, self.secrets, experiment=lambda: self.experiment_name
        )
        self.trainings = Trainings(self.ledger, self.flow, ink)
        self.measures = Measures(self.ledger, self.flow, self.trainings)
        self.measures.rules = Rules(settings.metrics, settings.params, settings.ignore)
        self.cell: Cell | None = None
        self.faults: list[Fault] = []
        self._unshown: list[Fault] = []
        self._known_faults: set[tuple[str, str]] = set()
        self._verbs = verbs
        self._report = report
        self._clock = clock
        self._depth = 0
        self._guard = threading.RLock()

    @property
    def experiment_name(self) -> str:
        """The experiment of new runs: as set, else the notebook's name."""
        if self.experiment:
            return self.experiment
        if self.notebook.path:
            return os.path.splitext(os.path.basename(self.notebook.path))[0] or "default"  # noqa: PTH119, PTH122  may be a foreign path
        return "default"

    @property
    def active(self) -> ActiveRun | None:
        """The run that logging goes to: opened by hand, else the running cell's."""
        return self.ledger.by_hand or (self.cell.run if self.cell else None)

    # ---- cells -------------------------------------------------------------------

    def before_cell(
        self, info: Any, namespace: Mapping[str, object], count: int | None = None
    ) -> None:
        """Write down that a cell begins, and open its run if it asks for one."""
        self._depth += 1
        if self._depth > 1 or self.mode == "off":
            return
        with self._guard:
            cell = self._cell_of(info, namespace, count)
            self.cell = cell
            if cell.skip:
                return
            record = Execution(
                source=self.secrets.of_source(cell.source),
                source_hash=source_hash(cell.source),
                cell_id=cell_id_of(info),
                cell_key=cell.cell_key,
                execution_count=cell.count,
            )
            self.ink.put(record, execution_id=cell.execution_id)
            request = request_in(cell.source, self._verbs)
            if request.run:
                cell.run = self.ledger.open_of_cell(
                    cell, request.name, label="run", origin="cell"
                )
                self.ledger.push(cell.run)
                cell.by_hand = cell.run

    def after_cell(
        self,
        result: Any,
        namespace: Mapping[str, object],
        transform: Callable[[str], str],
        finish: Callable[[ActiveRun], None] = lambda _run: None,
    ) -> None:
        """Read what the finished cell left, write it, and report what it gave."""
        if self._depth == 0:
            return  # an empty cell has no beginning
        self._depth -= 1
        if self._depth or self.cell is None:
            return
        with self._guard:
            cell, self.cell = self.cell, None
            ended = self._clock()
            error = error_of(result)
            statements: list[Statement] = []
            try:
                if not cell.skip:
                    statements = self.measures.read(
                        cell,
                        namespace,
                        shown=getattr(result, "result", None),
                        failed_line=failed_line(error, namespace),
                        transform=transform,
                        opens=self.mode == "auto",
                    )
                    self._write_params(cell)
            finally:
                if not cell.skip:
                    self._close(cell, error, ended, statements)
            self._tell(cell, finish)

    def _cell_of(
        self, info: Any, namespace: Mapping[str, object], count: int | None
    ) -> Cell:
        source = str(getattr(info, "raw_cell", "") or "")
        cell_id = cell_id_of(info)
        key = cell_id or f"src:{source_hash(source)}"
        if self.notebook.path is None or cell_id:
            path = path_of_notebook(namespace, cell_id, os.environ)
            self.notebook.path = path or self.notebook.path
            self.ledger.notebook = self.notebook.path
        self.notebook.executed(key, source)
        return Cell(
            execution_id=new_id(),
            cell_key=key,
            count=count,
            source=source,
            transformed=str(getattr(info, "transformed_cell", None) or source),
            started=self._clock(),
            began_us=now_us(),
            by_hand=self.ledger.by_hand,
            skip=request_in(source, self._verbs).skip,
            parameters=is_parameters(info, source),
        )

    def _write_params(self, cell: Cell) -> None:
        """Give each run that this cell touched the params inside its slice."""
        for run_id, numbers in cell.touched.items():
            run = self.ledger.runs.get(run_id)
            if run is not None:
                self._add_params(run, self.measures.params_for(numbers))
        group = cell.run
        if group is not None:
            parts = [
                cell.touched.get(self.trainings.now(t.run_id), set()) for t in cell.trained
            ]
            here = set().union(*parts)
            self._add_params(group, self.measures.params_for(here))
        by_hand: dict[str, set[int]] = defaultdict(set)
        for number, statement in cell.ran:
            run = cell.by_hand_at(statement.line, statement.end_line)
            if run is not None:
                by_hand[run.run_id].add(number)
        for run_id, steps in by_hand.items():
            self._add_params(self.ledger.runs[run_id], self.measures.params_for(steps))
            self.flow.make_in(run_id, [s for number, s in cell.ran if number in steps])
        if cell.run is not None and not cell.trained and not by_hand:
            inside = set(self.flow.slice_of(cell.touched.get(cell.run.run_id, ())))
            self.flow.make_in(
                cell.run.run_id, [s for number, s in cell.ran if number in inside]
            )

    def _add_params(self, run: ActiveRun, params: dict[str, object]) -> None:
        new = {name: value for name, value in params.items() if name not in run.params}
        run.log_params(new, origin="slice")

    def _close(
        self,
        cell: Cell,
        error: BaseException | None,
        ended: float,
        statements: list[Statement],
    ) -> None:
        """Write how the cell ended, and end the run that it opened."""
        reads = frozenset().union(*(s.reads for s in statements))
        binds = frozenset().union(*(s.binds for s in statements))
        outcome: Outcome = "ok" if error is None else "error"
        if was_interrupted(error):
            outcome = "interrupted"
        record = ExecutionEnd(
            outcome=outcome,
            duration_s=ended - cell.started,
            reads=sorted(reads),
            binds=sorted(binds),
            error=self.secrets.in_text(brief(error) or "") or None,
        )
        self.ink.put(record, execution_id=cell.execution_id)
        if cell.run is not None:
            status = {"ok": "FINISHED", "error": "FAILED", "interrupted": "KILLED"}[outcome]
            cell.run.end(status, brief(error))  # type: ignore[arg-type]

    def _tell(self, cell: Cell, finish: Callable[[ActiveRun], None]) -> None:
        given = {*cell.fresh, *(self.trainings.now(t.run_id) for t in cell.trained)}
        if cell.run is not None:
            given.add(cell.run.run_id)
        touched = [
            self.ledger.runs[run_id] for run_id in given if run_id in self.ledger.runs
        ]
        for run in touched:
            finish(run)
        report = CellReport(
            runs=[run for run in touched if run.start.relation != "child"],
            opened=cell.run,
            children=[run for run in touched if run.start.relation == "child"],
            fresh=cell.fresh,
        )
        self._report(report)

    # ---- libraries ---------------------------------------------------------------

    def found(self, call: Call, findings: list[Finding], site: Site) -> None:
        """Record what a library's finished call showed; comes in the calling thread."""
        if self.mode == "off" or (self.cell is not None and self.cell.skip):
            return
        with self._guard:
            cell = self.cell
            for finding in findings:
                if isinstance(finding, Training):
                    run = self.trainings.take(finding, cell, site.line, self.mode)
                    if run is None:
                        self.measures.miss(finding.label, "manual mode, and no run is open")
                elif isinstance(finding, Derived):
                    made_by = self.flow.run_of(finding.of)
                    if made_by is not None:
                        self.flow.tie(finding.made, made_by)
                elif isinstance(finding, Fitted):
                    if cell is not None:
                        self.measures.fitted(cell, site.line, finding.params)
                else:
                    self._measured(call, finding, cell, site.line)

    def _measured(
        self, call: Call, measured: Measured, cell: Cell | None, line: int | None
    ) -> None:
        run_id = self.flow.run_of(measured.of)
        from dataclasses import replace

        pending = Pending(
            measured=replace(measured, of=None),
            call=call.name,
            run_id=run_id,
            line=line,
            since=self._clock(),
        )
        if cell is not None:
            cell.pending.append(pending)
        elif run_id is not None:
            self._write_pending(pending)

    def flush(self) -> None:
        """Write measurements that have waited long for their cell to end."""
        with self._guard:
            cell = self.cell
            if cell is None:
                return
            before = self._clock() - FLUSH_AFTER_S
            old = [p for p in cell.pending if p.since < before and p.run_id is not None]
            for pending in old:
                self._write_pending(pending)
            cell.pending = [p for p in cell.pending if p not in old]

    def _write_pending(self, pending: Pending) -> None:
        if pending.run_id is None:
            return
        run = self.ledger.runs.get(self.trainings.now(pending.run_id))
        if run is not None:
            for step, value in pending.measured.values:
                single = len(pending.measured.values) == 1
                run.log_metric(
                    pending.measured.name, value, None if single else step, origin="call"
                )

    # ---- by hand -----------------------------------------------------------------

    def start_run(
        self,
        name: str | None = None,
        *,
        experiment: str | None = None,
        line: int | None = None,
        nested: bool = False,
    ) -> ActiveRun:
        """Open a run by hand; inside another one it is a child when `nested`."""
        outer = self.ledger.by_hand
        with self._guard:
            run = self.ledger.open(
                name,
                origin="manual",
                experiment=experiment,
                parent=outer.run_id if outer is not None and nested else None,
                relation="child" if outer is not None and nested else None,
                execution_id=self.cell.execution_id if self.cell else None,
            )
            self.ledger.push(run)
            if self.cell is not None and line is not None:
                self.cell.bounds.append(Bound(line, run))
            return run

    def bound(self, line: int | None) -> None:
        """Note that from this line of the cell on, another run is open by hand."""
        if self.cell is not None and line is not None:
            self.cell.bounds.append(Bound(line, self.ledger.by_hand))

    @property
    def missed(self) -> list[Missed]:
        """What was looked at lately and not captured, and why."""
        return self.measures.missed

    # ---- trackbook's own failures ------------------------------------------------

    def fault(self, place: str, error: BaseException) -> None:
        """Record a failure of trackbook's own, once for each place and kind."""
        import traceback

        key = place, type(error).__name__
        if key in self._known_faults:
            return
        self._known_faults.add(key)
        trace = "".join(traceback.format_exception(error))[-8000:]
        fault = Fault(
            place=place,
            message=self.secrets.in_text(brief(error) or type(error).__name__),
            trace=self.secrets.in_text(trace),
        )
        self.faults.append(fault)
        self._unshown.append(fault)
        with suppress(Exception):  # the journal may be what failed: it is kept in memory
            self.ink.put(fault)

    def unshown(self) -> list[Fault]:
        """Return the failures of trackbook's own that were not shown yet, and forget them."""
        faults, self._unshown = self._unshown, []
        return faults

    @contextmanager
    def quiet_thread(self) -> Iterator[None]:
        """Keep other threads' findings out while the caller changes the state."""
        with self._guard:
            yield


def cell_id_of(info: Any) -> str | None:
    """Return the cell id that the front end sent, where it sent one."""
    found = getattr(info, "cell_id", None)
    return found if type(found) is str and found else None


def is_parameters(info: Any, source: str) -> bool:
    """Say whether this is papermill's cell of parameters: tagged, or injected."""
    meta = getattr(info, "cell_meta", None)
    tags = meta.get("tags", ()) if type(meta) is dict else ()
    if type(tags) in (list, tuple) and {"parameters", "injected-parameters"} & set(tags):
        return True
    return source.lstrip().startswith("# Parameters\n")


def error_of(result: Any) -> BaseException | None:
    """Return what ended a cell early; None for a result that never came."""
    if result is None:
        return None
    errors = (getattr(result, f"error_{when}_exec", None) for when in ("before", "in"))
    return next((e for e in errors if issubclass(type(e), BaseException)), None)


def was_interrupted(error: BaseException | None) -> bool:
    """Say whether the user stopped a cell; asks the error's class and not the error."""
    kind = type(error)
    return issubclass(kind, KeyboardInterrupt) or place_of(kind)[1] == "CancelledError"


def failed_line(error: BaseException | None, namespace: Mapping[str, object]) -> int | None:
    """Return the line of the cell at which it stopped; 0 when it never began."""
    if error is None:
        return None
    trace = TRACE_OF(error)
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals is namespace and frame.f_code.co_name == "<module>":
            return trace.tb_lineno
        trace = trace.tb_next
    return 0
