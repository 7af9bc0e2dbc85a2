"""From a library's findings to runs, at the moment the library's call returns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from trackbook.capture.cell import Trained
from trackbook.capture.living import Begun, Living, beginning, grown
from trackbook.capture.parts import Part, is_of, without_objects
from trackbook.capture.searches import Searches
from trackbook.clock import now_us
from trackbook.records import Amendment, Retraction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trackbook.capture.cell import Cell
    from trackbook.capture.flow import Flow
    from trackbook.capture.ink import Ink
    from trackbook.capture.ledger import Ledger
    from trackbook.capture.run import ActiveRun, Status
    from trackbook.libraries import Measured, Step, Training

MANY = 8
"""So many points of a series are cheaper in one write than one by one."""
Mode = Literal["auto", "manual", "off"]


class Trainings:
    """Gives each training its run.

    The first training of a cell is the cell's run (or the run opened by hand);
    with the second one both become child runs, and what the first wrote is taken
    back from the run that now stands for them all.
    """

    def __init__(self, ledger: Ledger, flow: Flow, ink: Ink) -> None:
        self._ledger = ledger
        self._flow = flow
        self._ink = ink
        self._parts: dict[str, list[Part]] = defaultdict(list)
        self._handed: dict[str, str] = {}
        self.living = Living()
        self.searches = Searches(ink, self._open_child, ledger.secrets.in_text)
        self._began_us = 0
        """When the training that is being taken in began."""
        self.keywords: Callable[[], set[str]] = set
        """Names that the cell, and those it builds on, give to something: `alpha=1.0`."""

    def typed(self, defaults: Mapping[str, object]) -> dict[str, object]:
        """Return those defaults that somebody wrote all the same."""
        words = self.keywords()
        return {n: v for n, v in defaults.items() if n.rpartition(".")[2] in words}

    def now(self, run_id: str) -> str:
        """Return the run that stands for a training today: it may have become a child."""
        return self._handed.get(run_id, run_id)

    def take(
        self,
        training: Training,
        cell: Cell | None,
        line: int | None,
        mode: Mode,
        wall_s: float = 0.0,
        call: int | None = None,
    ) -> ActiveRun | None:
        """Record a finished training and return its run; None when nothing is to be recorded."""
        self._began_us = now_us() - int(wall_s * 1e6)
        begun = self.living.end(call)
        if begun is not None:
            return self._finish(begun, training)
        known = self._before(training.model) if training.continued else None
        if known is not None:
            run = known
            self._write(run, training)
        else:
            found = self._place_for(training, cell, mode)
            if found is None:
                return None
            run = found
        if cell is not None:
            cell.trained.append(Trained(run.run_id, line))
        return run

    def step(
        self,
        step: Step,
        cell: Cell | None,
        line: int | None,
        mode: Mode,
        call: int | None,
    ) -> tuple[Begun | None, bool]:
        """Write what a training tells that still runs; say which it is, and whether it is new.

        Args:
            step: what it tells
            cell: the cell that runs; None in a script
            line: of the cell
            mode: what is recorded without being asked for
            call: the watched call that it is a part of; None for a loop of the user's
        """
        known = None
        if call is None:
            known = self._flow.run_of(step.of) or self._flow.run_of(step.key)
        begun = self.living.find(call, known and self.now(known))
        is_new = begun is None
        if begun is None:
            begun = self._begin(step, cell, mode, call)
            if begun is None:
                return None, False
            self._flow.tie(step.key, begun.run.run_id)
            if cell is not None:
                cell.trained.append(Trained(begun.run.run_id, line, is_loop=call is None))
        elif self.searches.takes(begun.run, step):
            return begun, False
        elif new := begun.news(step.params):
            begun.run.log_params(new, origin="call")
        self._tell(begun, step.metrics)
        if step.search is not None:
            self.searches.told(begun.run, step.search)
        return begun, is_new

    def _tell(self, begun: Begun, metrics: Iterable[Measured]) -> None:
        for name, points in begun.fresh(metrics):
            if len(points) < MANY:
                for place, value in points.items():
                    begun.run.log_metric(name, value, place, origin="call")
            else:
                steps = sorted(points)
                values = [points[place] for place in steps]
                begun.run.log_series(name, values, steps, origin="call")

    def _begin(
        self, step: Step, cell: Cell | None, mode: Mode, call: int | None
    ) -> Begun | None:
        """Open or choose the run of a training that tells its first step."""
        self._began_us = now_us()
        training = beginning(step)
        before = self._before(step.of) if step.continued else self._went_on(step, call)
        run = before or self._place_for(training, cell, mode, still_runs=True)
        if run is None:
            return None
        if before is not None:
            self._write(before, training)
        is_others = run is self._ledger.by_hand or (cell is not None and run is cell.run)
        begun = Begun(
            run=run,
            call=call,
            training=without_objects(training),
            owns=not is_others and before is None,
            in_cell=cell is not None,
            continues=before is not None,
        )
        self.living.add(begun)
        return begun

    def _went_on(self, step: Step, call: int | None) -> ActiveRun | None:
        """Return the run by hand in which an earlier cell trained the same model; else None."""
        known = self._flow.run_of(step.of) if call is None else None
        run = self._ledger.runs.get(self.now(known)) if known is not None else None
        return run if run is not None and run.status is None else None

    def _before(self, model: object) -> ActiveRun | None:
        """Return the run that trained a model before, unless one was opened by hand since."""
        known, by_hand = self._flow.run_of(model), self._ledger.by_hand
        run = self._ledger.runs.get(self.now(known)) if known is not None else None
        if run is not None and by_hand is not None and by_hand.began_us > run.began_us:
            return None
        return run

    def leave(self, cell: Cell, status: Status, error: str | None) -> None:
        """End what the cell that ends here began and did not finish.

        A loop of the user's ends with its cell. A call that did not return has raised,
        though the cell may have gone on.
        """
        for begun in self.living.leave():
            self._settle(begun, begun.whole())
            self.searches.leave(begun.run, status, error)
            raised = begun.call is not None and status == "FINISHED"
            if begun.owns or begun.run is cell.run:
                begun.run.end(
                    "FAILED" if raised else status,
                    "an error ended the training" if raised else error,
                )

    def _finish(self, begun: Begun, training: Training) -> ActiveRun:
        """Write the rest of a training that told steps before it ended."""
        told = begun.points
        rest = [
            replace(
                one, values=[p for p in one.values if p[0] not in told.get(one.name, ())]
            )
            for one in training.metrics
        ]
        part = self._write(begun.run, replace(training, metrics=rest))
        self._settle(begun, begun.joined(training), part.candidates)
        self._ledger.goings.over(begun.run)
        if begun.owns:
            begun.run.end("FINISHED")
        return begun.run

    def _settle(
        self, begun: Begun, whole: Training, candidates: Sequence[str] = ()
    ) -> None:
        """Let a training's part stand for all that it wrote."""
        run = begun.run
        params = [n for n in run.params if any(is_of(n, name) for name in whole.params)]
        metrics = [one.name for one in whole.metrics]
        for parts in self._parts.values():
            for at, part in enumerate(parts):
                if part.run is run:
                    if begun.continues:
                        whole = grown(part.training, whole)
                        metrics = [one.name for one in whole.metrics]
                    parts[at] = part._replace(
                        training=without_objects(whole),
                        params=params,
                        metrics=metrics,
                        candidates=list(candidates),
                    )

    def _place_for(
        self, training: Training, cell: Cell | None, mode: Mode, *, still_runs: bool = False
    ) -> ActiveRun | None:
        """Open or choose the run of a training, and write it there."""
        group = self._ledger.by_hand or (cell.run if cell else None)
        if group is None:
            if mode != "auto":
                return None
            return self._open(training, cell, still_runs=still_runs)
        parts = self._parts[group.run_id]
        if not parts:
            self._parts[group.run_id].append(self._write(group, training))
            return group
        if parts[0].run is group and not self.searches.knows(group):  # trials stay its own
            self._split(group, cell)
        return self._child(group, training, self._began_us, still_runs=still_runs)

    def _open(
        self, training: Training, cell: Cell | None, *, still_runs: bool
    ) -> ActiveRun:
        if cell is None:
            run = self._ledger.open(None, label=training.label, origin="auto")
            self._parts[run.run_id].append(self._write(run, training))
            if not still_runs:
                run.end("FINISHED")
            return run
        cell.run = self._ledger.open_of_cell(cell, None, label=training.label)
        self._parts[cell.run.run_id].append(self._write(cell.run, training))
        return cell.run

    def _split(self, group: ActiveRun, cell: Cell | None) -> None:
        """Make the one training of a run its first child."""
        first = self._parts[group.run_id].pop()
        running = self.living.of(group.run_id)
        told = running.whole() if running is not None else first.training
        names = [one.name for one in told.metrics]
        self._ink.put(Retraction(params=first.params, metrics=names), group.run_id)
        for name in first.params:
            group.params.pop(name, None)
        for name in names:
            group.forget_metric(name)
        called = group.name if group.start.origin == "auto" else None
        if called is not None:
            group.rename(self._ledger.numbered("group"))
        child = self._child(
            group, told, first.began_us, called, still_runs=running is not None
        )
        self._ledger.goings.moved(group, child)
        if running is not None:
            self.living.move(running, child)
            running.owns = True
        for candidate in first.candidates:
            self._ink.put(Amendment(parent_run_id=child.run_id), candidate)
        self._flow.hand_over(group.run_id, child.run_id)
        self._handed[group.run_id] = child.run_id
        if cell is not None:
            cell.trained[:] = [
                t._replace(run_id=child.run_id) if t.run_id == group.run_id else t
                for t in cell.trained
            ]

    def _child(
        self,
        group: ActiveRun,
        training: Training,
        began_us: int | None = None,
        name: str | None = None,
        *,
        still_runs: bool = False,
    ) -> ActiveRun:
        child = self._open_child(group, training.label, name, began_us)
        self._parts[group.run_id].append(self._write(child, training))
        if not still_runs:
            child.end("FINISHED")
        return child

    def _open_child(
        self,
        group: ActiveRun,
        label: str,
        name: str | None = None,
        began_us: int | None = None,
    ) -> ActiveRun:
        return self._ledger.open(
            name,
            label=label,
            origin="card",
            experiment=group.experiment,
            parent=group.run_id,
            relation="child",
            execution_id=group.execution_id,
            began_us=began_us,
        )

    def _write(self, run: ActiveRun, training: Training) -> Part:
        """Write a training's facts into a run, and its candidates as child runs."""
        before = set(run.params), set(run.metrics)
        if training.search is not None:
            self.searches.told(run, training.search)
        run.log_params({**training.params, **self.typed(training.defaults)}, origin="call")
        for measured in training.metrics:
            for step, value in measured.values:
                run.log_metric(measured.name, value, step, origin="call")
        if training.tags:
            run.set_tags(training.tags)
        self._flow.tie(training.model, run.run_id, is_model=True)
        for thing in training.results:
            self._flow.tie(thing, run.run_id)
        return Part(
            without_objects(training),
            run,
            began_us=self._began_us,
            params=[name for name in run.params if name not in before[0]],
            metrics=[name for name in run.metrics if name not in before[1]],
            candidates=[
                self._candidate(run, each, n) for n, each in enumerate(training.children, 1)
            ],
        )

    def _candidate(self, run: ActiveRun, candidate: Training, number: int) -> str:
        child = self._open_child(run, candidate.label, name=f"{run.name}/{number}")
        self._write(child, candidate)
        child.end("FINISHED")
        return child.run_id
