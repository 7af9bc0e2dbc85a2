"""From a library's findings to runs, at the moment the library's call returns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from trackbook.capture.cell import Trained
from trackbook.clock import now_us
from trackbook.records import Amendment, Retraction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.capture.cell import Cell
    from trackbook.capture.flow import Flow
    from trackbook.capture.ink import Ink
    from trackbook.capture.ledger import Ledger
    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Training

Mode = Literal["auto", "manual", "off"]


class Part(NamedTuple):
    """One training of a run, with the names that it wrote there."""

    training: Training
    """Without the objects: nothing is kept alive."""
    run: ActiveRun
    params: list[str]
    metrics: list[str]
    began_us: int
    candidates: list[str]
    """Child runs that it brought along, by id."""


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
    ) -> ActiveRun | None:
        """Record a finished training and return its run; None when nothing is to be recorded."""
        self._began_us = now_us() - int(wall_s * 1e6)
        known = self._flow.run_of(training.model) if training.continued else None
        if known is not None and known in self._ledger.runs:
            run = self._ledger.runs[known]
            self._write(run, training)
        else:
            found = self._place_for(training, cell, mode)
            if found is None:
                return None
            run = found
        if cell is not None:
            cell.trained.append(Trained(run.run_id, line))
        return run

    def _place_for(
        self, training: Training, cell: Cell | None, mode: Mode
    ) -> ActiveRun | None:
        """Open or choose the run of a training, and write it there."""
        group = self._ledger.by_hand or (cell.run if cell else None)
        if group is None:
            if mode != "auto":
                return None
            return self._open(training, cell)
        parts = self._parts[group.run_id]
        if not parts:
            self._parts[group.run_id].append(self._write(group, training))
            return group
        if parts[0].run is group:
            self._split(group, cell)
        return self._child(group, training, self._began_us)

    def _open(self, training: Training, cell: Cell | None) -> ActiveRun:
        if cell is None:
            run = self._ledger.open(None, label=training.label, origin="auto")
            self._parts[run.run_id].append(self._write(run, training))
            run.end("FINISHED")
            return run
        cell.run = self._ledger.open_of_cell(cell, None, label=training.label)
        self._parts[cell.run.run_id].append(self._write(cell.run, training))
        return cell.run

    def _split(self, group: ActiveRun, cell: Cell | None) -> None:
        """Make the one training of a run its first child."""
        first = self._parts[group.run_id].pop()
        self._ink.put(Retraction(params=first.params, metrics=first.metrics), group.run_id)
        for name in first.params:
            group.params.pop(name, None)
        for name in first.metrics:
            group.forget_metric(name)
        called = group.name if group.start.origin == "auto" else None
        if called is not None:
            group.rename(self._ledger.numbered("group"))
        child = self._child(group, first.training, first.began_us, called)
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
    ) -> ActiveRun:
        child = self._open_child(group, training.label, name, began_us)
        self._parts[group.run_id].append(self._write(child, training))
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
        run.log_params({**training.params, **self.typed(training.defaults)}, origin="call")
        for measured in training.metrics:
            for step, value in measured.values:
                run.log_metric(measured.name, value, step, origin="call")
        if training.tags:
            run.set_tags(training.tags)
        for thing in (training.model, *training.results):
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


def without_objects(training: Training) -> Training:
    """Return a training's facts without its model, data and candidates."""
    metrics = [replace(measured, of=None) for measured in training.metrics]
    return replace(training, model=None, results=(), metrics=metrics, children=(), data=())
