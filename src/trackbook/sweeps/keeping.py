"""What a sweep writes down: its trials, and the runs of those that cannot do it themselves."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.capture import ActiveRun
from trackbook.clock import new_id
from trackbook.fingerprint import commit_of
from trackbook.records import RunEnd, RunStart, Trial
from trackbook.store import queries_of
from trackbook.sweeps.plan import Task, Tried

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.capture import Recorder
    from trackbook.records import TrialState
    from trackbook.store import Store
    from trackbook.sweeps.plan import Outcome, Plan, Target
    from trackbook.sweeps.space import Params

SQL = queries_of("trackbook.sweeps")
ORIGIN = "sweep"


class Keeping:
    """Writes what becomes of one sweep's trials."""

    def __init__(
        self, recorder: Recorder, store: Store, project: Path, run: ActiveRun
    ) -> None:
        self.run = run
        self.store = store
        self.project = project
        self._ink = recorder.ink
        self._secrets = recorder.secrets
        self._patterns = recorder.settings.secrets
        self._notebook = recorder.notebook.path
        self._commit = commit_of()

    def begin(self, plan: Plan, target: Target) -> None:
        """Write what the sweep is to do."""
        self._ink.put(plan.record(target), self.run.run_id, self.run.execution_id)
        self._itself = target.records_itself

    def task(self, plan: Plan, number: int, params: Params) -> Task:
        """Begin a trial: write its run, and that it runs."""
        task = Task(
            number=number,
            params=params,
            run_id=new_id(),
            name=f"{self.run.name}/{number}",
            sweep_id=self.run.run_id,
            experiment=self.run.experiment,
            project=str(self.project),
            metric=plan.metric,
            prunes=plan.prunes,
            timeout_s=plan.timeout_s,
            jobs=plan.jobs,
            secrets=self._patterns,
        )
        if not self._itself:
            self._open(task)
        self._trial(task, "running")
        return task

    def _open(self, task: Task) -> None:
        start = RunStart(
            name=task.name,
            experiment=task.experiment,
            origin="card",
            parent_run_id=task.sweep_id,
            relation="child",
            notebook=self._notebook,
            git_commit=self._commit,
        )
        self._ink.put(start, task.run_id, self.run.execution_id)
        self._active(task, start).log_params(task.params, origin=ORIGIN)

    def _active(self, task: Task, start: RunStart) -> ActiveRun:
        return ActiveRun(
            task.run_id,
            start,
            ink=self._ink,
            keeper=self,  # type: ignore[arg-type]  # no files are kept by it
            secrets=self._secrets,
            execution_id=self.run.execution_id,
            ending=lambda _run, _status, _error: None,
        )

    def end(self, task: Task, outcome: Outcome, metric: str | None) -> float | None:
        """Write how a trial ended; return its value of the metric."""
        if outcome.run_id:
            task = replace(task, run_id=outcome.run_id)
        if self._itself:
            value = self._value_of_process(task, outcome, metric)
        else:
            value = self._gathered(task, outcome, metric)
        if outcome.state not in ("done", "pruned"):
            value = None
        if outcome.state == "done" and metric is not None and value is None:
            outcome.error = f"it measured no {metric!r}"
        self._trial(task, outcome.state, value=value, outcome=outcome)
        return value

    def _gathered(self, task: Task, outcome: Outcome, metric: str | None) -> float | None:
        """Write what a worker carried back."""
        for fact in outcome.facts:
            self._ink.put(fact, task.run_id, self.run.execution_id)
        for name, (steps, values) in outcome.points.items():
            self._ink.put_batch(
                task.run_id,
                name,
                memoryview(array("d", values)),
                steps=memoryview(array("q", steps)),
                execution_id=self.run.execution_id,
            )
        self._end_run(task, outcome)
        found = outcome.points.get(metric or "")
        return found[1][-1] if found else None

    def _value_of_process(
        self, task: Task, outcome: Outcome, metric: str | None
    ) -> float | None:
        """Write what a trial's own process did not, and read what it measured."""
        if outcome.own is not None:
            if not outcome.own.ended:
                self._end_run(task, outcome)
            return outcome.own.value
        ((begun, ended),) = self.store.rows(SQL["run_is_known"], run=task.run_id).rows
        if not begun:
            self._open(task)
        if not ended or outcome.state in ("pruned", "cancelled", "failed"):
            self._end_run(task, outcome)
        rows = self.store.rows(SQL["value_of"], run=task.run_id, metric=metric or "").rows
        return rows[0][0] if rows else None

    def _end_run(self, task: Task, outcome: Outcome) -> None:
        status = {"done": "FINISHED", "pruned": "FINISHED", "failed": "FAILED"}.get(
            outcome.state, "KILLED"
        )
        error = self._secrets.in_text(outcome.error) if outcome.error else None
        self._ink.put(
            RunEnd(status=status, error=error),  # type: ignore[arg-type]  # one of its words
            task.run_id,
            self.run.execution_id,
        )

    def _trial(
        self,
        task: Task,
        state: TrialState,
        *,
        value: float | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        error = outcome.error if outcome is not None else None
        fact = Trial(
            sweep_id=task.sweep_id,
            number=task.number,
            params=task.text,
            state=state,
            value=value,
            error=self._secrets.in_text(error) if error else None,
            wall_s=outcome.wall_s if outcome is not None else None,
            cells_executed=outcome.cells_executed if outcome is not None else None,
            cells_reused=outcome.cells_reused if outcome is not None else None,
        )
        self._ink.put(fact, task.run_id, self.run.execution_id)

    def points_now(
        self, tasks: Sequence[Task], metric: str
    ) -> list[tuple[int, int, float]]:
        """Return trial, step and value of what processes have written of a metric so far."""
        numbers = {task.run_id: task.number for task in tasks}
        rows = self.store.rows(SQL["points_of"], runs=list(numbers), metric=metric).rows
        return [(numbers[run], step, value) for run, step, value in rows]

    def past(self, metric: str | None) -> list[Tried]:
        """Return the trials that are on record, by number."""
        return past_of(self.store, self.run.run_id, metric)


def next_name(store: Store) -> str:
    """Return a name for the next sweep: `sweep-3`."""
    names = {name for (name,) in store.rows(SQL["sweep_names"]).rows}
    number = len(names) + 1
    while f"sweep-{number}" in names:
        number += 1
    return f"sweep-{number}"


def past_of(store: Store, sweep_id: str, metric: str | None) -> list[Tried]:
    """Return the trials of a sweep, by number, with the points of the metric."""
    import json

    curves: dict[str, list[tuple[int, float]]] = {}
    rows = store.rows(SQL["curves_of"], sweep=sweep_id, metric=metric or "").rows
    for run_id, step, value in rows:
        curves.setdefault(run_id, []).append((step, value))
    return [
        Tried(
            number=number,
            run_id=run_id,
            params=json.loads(params),
            state=state,
            value=value,
            error=error,
            points=curves.get(run_id, ()),
        )
        for number, run_id, params, state, value, error in store.rows(
            SQL["trials_of"], sweep=sweep_id
        ).rows
    ]
