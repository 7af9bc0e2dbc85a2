"""A library's own search as a sweep: its trials become child runs as they end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import get_ident
from typing import TYPE_CHECKING

import msgspec

from trackbook.capture.given import brief
from trackbook.capture.values import text_of
from trackbook.clock import now_us
from trackbook.records import Sweep, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trackbook.capture.ink import Ink
    from trackbook.capture.run import ActiveRun, Status
    from trackbook.libraries import Measured, Searched, Step, Tried

    Opens = Callable[[ActiveRun, str, str | None, int | None], ActiveRun]


@dataclass(slots=True)
class Inside:
    """A trial that a thread is in."""

    number: int
    began_us: int = field(default_factory=now_us)
    child: ActiveRun | None = None
    """Its run, from the first training on; of a trial without any when it ends."""
    steps: list[Step] = field(default_factory=list)
    """What trainings told on the way."""
    points: set[tuple[str, int]] = field(default_factory=set)
    """What is written of metrics: name and step."""

    def write(self, params: Mapping[str, object], metrics: Iterable[Measured]) -> None:
        """Write what a training in it was given and came to; what was there before stays."""
        run = self.child
        if run is None:
            return
        run.log_params(
            {n: v for n, v in params.items() if n not in run.params}, origin="call"
        )
        for measured in metrics:
            for place, value in measured.values:
                if (measured.name, place) not in self.points:
                    self.points.add((measured.name, place))
                    run.log_metric(measured.name, value, place, origin="call")


class Searches:
    """The searches of one process that tell of themselves."""

    def __init__(self, ink: Ink, opens: Opens, plain: Callable[[str], str]) -> None:
        self._plain = plain
        """Masks secrets."""
        self._ink = ink
        self._opens = opens
        self._spaces: dict[str, dict[str, object]] = {}
        """What is known of each search's space, by its run."""
        self._facts: dict[str, Sweep] = {}
        """What was written of each."""
        self._inside: dict[tuple[str, int], Inside] = {}
        """The trial of a search that a thread is in."""

    def told(self, run: ActiveRun, search: Searched) -> None:
        """Write what a search tells: at first that it is one, then each trial that ended."""
        space = self._spaces.setdefault(run.run_id, {})
        space |= search.space
        fact, known = sweep_of(search, space), self._facts.get(run.run_id)
        if known is not None and search.budget is None:  # another thread knows
            fact = msgspec.structs.replace(
                fact, budget=known.budget, jobs=known.jobs, executor=known.executor
            )
        if fact != known:
            self._facts[run.run_id] = fact
            self._ink.put(fact, run.run_id, run.execution_id)
        for trial in search.trials:
            self._trial(run, search, trial)
        if search.begins is not None:
            self._inside[run.run_id, get_ident()] = Inside(search.begins)

    def goal_of(self, run: ActiveRun) -> tuple[str, str] | None:
        """Return what a search with one goal is after, and whether max or min of it."""
        fact = self._facts.get(run.run_id)
        if fact is None or fact.metric is None or fact.direction is None:
            return None
        return fact.metric, fact.direction

    def knows(self, run: ActiveRun) -> bool:
        """Tell whether a run is a search's."""
        return run.run_id in self._spaces

    def takes(self, run: ActiveRun, step: Step) -> bool:
        """Say whether a step was told inside a trial, whose part it is then."""
        if step.search is not None or run.run_id not in self._spaces:
            return False
        inside = self._inside.get((run.run_id, get_ident()))
        if inside is not None:
            inside.steps.append(step)
        return True

    def inside(self, run: ActiveRun) -> Inside | None:
        """Return the trial that this thread is in, with a run; None outside of any."""
        inside = self._inside.get((run.run_id, get_ident()))
        if inside is not None and inside.child is None:
            name = f"{run.name}/{inside.number}"
            inside.child = self._opens(run, "trial", name, inside.began_us)
        return inside

    def leave(self, run: ActiveRun, status: Status, error: str | None) -> None:
        """End the trials of a search that did not end by themselves."""
        for key in [key for key in self._inside if key[0] == run.run_id]:
            child = self._inside.pop(key).child
            if child is not None:
                child.end(status, error)

    def _trial(self, run: ActiveRun, search: Searched, trial: Tried) -> None:
        inside = self._inside.pop((run.run_id, get_ident()), None) or Inside(trial.number)
        child = inside.child or self._opens(
            run, "trial", f"{run.name}/{trial.number}", trial.began_us
        )
        inside.child = child
        child.log_params(trial.params, origin="call")
        for step in inside.steps:
            inside.write(step.params, step.metrics)
        goal = search.goals[0]
        for place, value in trial.points:
            child.log_metric(goal, value, place, origin="call")
        after = trial.points[-1][0] + 1 if trial.points else 0
        for name, value in zip(search.goals, trial.values, strict=False):
            if not trial.points or trial.points[-1][1] != value:
                child.log_metric(name, value, after if name == goal else 0, origin="call")
        several = len(search.goals) > 1
        error = self._plain(brief(trial.error) or "") or None
        fact = Trial(
            sweep_id=run.run_id,
            number=trial.number,
            params=json.dumps({n: as_json(value) for n, value in trial.params.items()}),
            state=trial.state,
            value=trial.values[0] if trial.values and not several else None,
            wall_s=trial.wall_s,
            goals=list(trial.values) if several else [],
            error=error,
        )
        self._ink.put(fact, child.run_id, run.execution_id)
        child.end("FAILED" if trial.state == "failed" else "FINISHED", error)


def sweep_of(search: Searched, space: dict[str, object]) -> Sweep:
    """Return the fact that a search is a sweep."""
    several = len(search.goals) > 1
    return Sweep(
        target=search.name,
        target_kind="study",
        search="optuna",
        space=json.dumps({name: as_json(one) for name, one in space.items()}),
        metric=search.goals[0],
        direction=None if several else search.directions[0],  # type: ignore[arg-type]  # max or min
        budget=search.budget,
        seed=None,
        jobs=search.jobs,
        executor="threads" if search.jobs > 1 else "here",
        directions=list(search.directions) if several else [],
    )


def as_json(value: object) -> object:
    """Return a value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return text_of(value)[0]
