"""A library's own search as a sweep: its trials become child runs as they end."""

from __future__ import annotations

import json
from collections import defaultdict
from threading import get_ident
from typing import TYPE_CHECKING

import msgspec

from trackbook.capture.given import brief
from trackbook.capture.values import text_of
from trackbook.records import Sweep, Trial

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.capture.ink import Ink
    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Searched, Step, Tried

    Opens = Callable[[ActiveRun, str, str | None, int | None], ActiveRun]


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
        self._inside: dict[tuple[str, int], list[Step]] = defaultdict(list)
        """What trainings told inside the trial that a thread is in."""

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

    def knows(self, run: ActiveRun) -> bool:
        """Tell whether a run is a search's."""
        return run.run_id in self._spaces

    def takes(self, run: ActiveRun, step: Step) -> bool:
        """Say whether a step was told inside a trial, whose part it is then."""
        if step.search is not None or run.run_id not in self._spaces:
            return False
        self._inside[run.run_id, get_ident()].append(step)
        return True

    def _trial(self, run: ActiveRun, search: Searched, trial: Tried) -> None:
        child = self._opens(run, "trial", f"{run.name}/{trial.number}", trial.began_us)
        child.log_params(trial.params, origin="call")
        for step in self._inside.pop((run.run_id, get_ident()), ()):
            own = {n: v for n, v in step.params.items() if n not in trial.params}
            child.log_params(own, origin="call")
            for measured in step.metrics:
                for place, value in measured.values:
                    child.log_metric(measured.name, value, place, origin="call")
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
