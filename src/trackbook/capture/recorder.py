"""A session that records: what libraries and users tell it becomes facts."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from trackbook.capture.attempt import attempt
from trackbook.capture.cell import Bound, Cell, Pending
from trackbook.capture.cells import Cells
from trackbook.capture.flow import Flow
from trackbook.capture.given import brief
from trackbook.capture.hosted import take_inside, trial_in
from trackbook.capture.inputs import Inputs
from trackbook.capture.ledger import Ledger
from trackbook.capture.measures import Measures, Missed, Rules
from trackbook.capture.notebook import NotebookState
from trackbook.capture.ties import Ties
from trackbook.capture.trail import Trail
from trackbook.capture.trainings import Trainings
from trackbook.capture.values import whereabouts
from trackbook.capture.watched import Site
from trackbook.code import Secrets
from trackbook.fingerprint import content_of
from trackbook.libraries import (
    Derived,
    Fitted,
    Loaded,
    Measured,
    Step,
    Training,
    Used,
)
from trackbook.records import Fault, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from trackbook.capture.cells import CellReport
    from trackbook.capture.ink import Ink, Keeper
    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Call, Finding
    from trackbook.settings import Mode, Settings

MOST_MODELS = 20
"""Models of one cell that are gone through, some milliseconds each."""
FLUSH_AFTER_S = 2.0
"""How long a library's measurement waits for its name while its cell still runs."""


class Recorder:
    """Everything one process has recorded and is about to record."""

    rests: Sequence[Callable[[int | None], Iterable[Step]]] = ()
    """What libraries kept back, to be asked for at the end of a cell or of a trial."""

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
        self.mode_before: Mode = "auto"
        """What `on` goes back to."""
        self.experiment = settings.experiment
        self.secrets = Secrets(settings.secrets)
        self.notebook = NotebookState()
        self.flow = Flow()
        self.ties = Ties()
        self.trail = Trail()
        self.ledger = Ledger(
            ink, keeper, self.secrets, experiment=lambda: self.experiment_name
        )
        self.trainings = Trainings(self.ledger, self.flow, ink)
        self.guard = threading.RLock()
        """Held while the state changes: findings come from other threads too."""
        self.inputs = Inputs(
            ink, self.secrets, now=self.trainings.now, guard=self.guard, keeps=settings.data
        )
        self.inputs.is_idle = lambda: self.cell is None
        self.measures = Measures(self.ledger, self.flow, self.trainings)
        self.measures.rules = Rules(settings.metrics, settings.params, settings.ignore)
        self.cell: Cell | None = None
        self.ended_s = clock()
        """When the last cell ended, by the clock."""
        self.has_cells = True
        """A script has none."""
        self.faults: list[Fault] = []
        self._unshown: list[Fault] = []
        self._known_faults: set[tuple[str, str]] = set()
        self.verbs = verbs
        self.report = report
        self.clock = clock
        self.cells = Cells(self)

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

    def found(self, call: Call, findings: list[Finding], site: Site) -> None:
        """Record what a library's finished call showed; comes in the calling thread."""
        if self.mode == "off" or (self.cell is not None and self.cell.skip):
            return
        with self.guard:
            cell = self.cell
            if cell is not None and (0 in cell.timed or site.line in cell.timed):
                return  # thousands of runs that nobody asked for
            for finding in findings:
                if isinstance(finding, Step):
                    self._step(finding, cell, site)
                else:
                    self._take(finding, call, cell, site)
            if cell is None:
                self.inputs.end_call()

    def _take(self, finding: Finding, call: Call, cell: Cell | None, site: Site) -> None:
        """Record one thing that a call showed."""
        line = site.line
        if isinstance(finding, Training):
            self._trained(finding, call, cell, site)
        elif isinstance(finding, Derived):
            made_by = self.flow.run_of(finding.of)
            if made_by is not None:
                self.flow.tie(finding.made, made_by)
        elif isinstance(finding, Fitted):
            if cell is not None and site.host is None:
                typed = self.trainings.typed(finding.defaults)
                self.measures.fitted(line, {**finding.params, **typed})
        elif isinstance(finding, Loaded):
            self.inputs.load(finding, line)
        elif isinstance(finding, Used):
            self._used(finding, line)
        elif isinstance(finding, Measured):
            self._measured(call, finding, cell, site)

    def _trained(
        self, training: Training, call: Call, cell: Cell | None, site: Site
    ) -> None:
        """Record a training, its data and its model."""
        if site.host is not None:
            run = take_inside(self.trainings, self.flow, training, site.host)
        else:
            run = self.trainings.take(
                training, cell, site.line, self.mode, call.wall_s, site.call
            )
            if run is None:
                self.measures.miss(training.label, "manual mode, and no run is open")
        if run is not None:
            self.inputs.use(training.data, run.run_id, site.line)
            self._keep_model(training, run, cell)

    def _step(self, step: Step, cell: Cell | None, site: Site) -> None:
        """Record how far a training is that still runs."""
        if step.search is not None and site.host is not None:
            return  # a search within a trial is a part of that, as its result
        if step.search is not None and step.search.trials:
            self.tell_rest(site)  # belongs to the trial that ends
        around = site.host or site.call
        begun, is_new = self.trainings.step(step, cell, site.line, self.mode, around)
        if begun is None:
            self.measures.miss(step.label or "training", "manual mode, and no run is open")
            return
        if step.search is None and self.trainings.searches.knows(begun.run):
            return  # a part of a trial
        self.ledger.goings.told(begun.run, step, cell.execution_id if cell else None)
        if is_new or step.data:
            self.inputs.use(step.data, begun.run.run_id, site.line)

    def tell_rest(self, trial: Site | None = None) -> None:
        """Record what libraries kept back of trainings that still run, or ran in a trial."""
        thread = trial.thread if trial is not None else None
        site = trial or Site(None, None, threading.get_ident())
        for rest in self.rests:
            steps = attempt(
                "reading a training's rest",
                lambda: list(rest(thread)),  # noqa: B023  called at once
                self.fault,
            )
            for step in steps or ():
                if self.mode != "off" and not (self.cell and self.cell.skip):
                    self._step(step, self.cell, site)

    def _keep_model(self, training: Training, run: ActiveRun, cell: Cell | None) -> None:
        """Note what a model has learned, while it is as its training left it."""
        if training.model is None or (cell is not None and len(cell.models) >= MOST_MODELS):
            return
        content = content_of(training.model)
        model = Model(
            label=training.label,
            library=whereabouts(training.model).partition(".")[0],
            digest=content.digest,
            is_whole=content.is_whole,
        )
        if cell is None:
            self.ink.put(model, run.run_id)
        else:
            cell.models.append((run.run_id, model))

    def _used(self, used: Used, line: int | None) -> None:
        """Record data that a model was judged on, or that something holds for a training."""
        run_id = self.flow.run_of(used.of)
        if run_id is not None:
            self.inputs.use(used.data, run_id, line)
        elif all(given.role == "training" for given in used.data):
            self.inputs.hold(used.data, used.of, line)

    def _measured(
        self, call: Call, measured: Measured, cell: Cell | None, site: Site
    ) -> None:
        run_id, line = self.flow.run_of(measured.of), site.line
        if run_id is None and site.host is not None:
            trial = trial_in(self.trainings, site.host)
            run_id = trial.child.run_id if trial is not None and trial.child else None
        elif run_id is None and cell is not None:
            run_id = cell.trained_beside(line)
        pending = Pending(
            measured=replace(measured, of=None),
            call=call.name,
            run_id=run_id,
            line=line,
            since=self.clock(),
        )
        if cell is not None:
            cell.pending.append(pending)
        elif run_id is not None:
            self._write_pending(pending)

    def flush(self) -> None:
        """Write measurements that have waited long for their cell to end."""
        with self.guard:
            self.ledger.goings.flush()
            cell = self.cell
            if cell is None:
                return
            before = self.clock() - FLUSH_AFTER_S
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

    def start_run(
        self,
        name: str | None = None,
        *,
        experiment: str | None = None,
        line: int | None = None,
        nested: bool = False,
    ) -> ActiveRun:
        """Open a run by hand; inside another one it is a child when `nested`."""
        with self.guard:
            run = self.ledger.open_by_hand(
                self.cell, name, experiment=experiment, nested=nested
            )
            if self.cell is not None and line is not None:
                self.cell.bounds.append(Bound(line, run))
            return run

    def bound(self, line: int | None) -> None:
        """Note that from this line of the cell on, another run is open by hand."""
        if self.cell is not None and line is not None:
            self.cell.bounds.append(Bound(line, self.ledger.by_hand))

    def began(self) -> float | None:
        """Return when the cell, or a script's run, that executes now began; None: none does.

        In seconds since 1970; asked from other threads.
        """
        cell, run = self.cell, self.ledger.by_hand
        if cell is not None:
            return cell.began_us / 1e6
        if run is not None and not self.has_cells:
            return run.began_us / 1e6
        return None

    def rest_s(self) -> float:
        """Return for how many seconds the user's code has been at rest; asked elsewhere."""
        works = self.cell is not None if self.has_cells else self.ledger.by_hand is not None
        return 0.0 if works else self.clock() - self.ended_s

    @property
    def missed(self) -> list[Missed]:
        """What was looked at lately and not captured, and why."""
        return self.measures.missed

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
        if all(fault.message != known.message for known in self.faults):
            self._unshown.append(fault)  # one cause in two places is said once
        self.faults.append(fault)
        # The journal may be what failed: the fault is kept in memory then.
        attempt(place, lambda: self.ink.put(fault), lambda _place, _error: None)

    def unshown(self) -> list[Fault]:
        """Return the failures of trackbook's own that were not shown yet, and forget them."""
        faults, self._unshown = self._unshown, []
        return faults
