"""Which params to try next: a grid, by chance, or as Optuna suggests."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Protocol

from trackbook.errors import Misused, NotFound
from trackbook.sweeps.space import Choice, drawn, grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import TrialState
    from trackbook.sweeps.plan import Plan, Tried
    from trackbook.sweeps.space import Domain, Params, Space


class Search(Protocol):
    """Suggests params, and hears what became of them."""

    def ask(self, number: int) -> Params | None:
        """Return the params of a trial; None where there are no more."""

    def report(self, number: int, step: int, value: float) -> None:
        """Hear a value that a trial measured on its way."""

    def is_hopeless(self, number: int) -> bool:
        """Tell whether a trial need not go on."""

    def tell(self, number: int, state: TrialState, value: float | None) -> None:
        """Hear how a trial ended."""


def search_for(plan: Plan, past: Sequence[Tried] = ()) -> Search:
    """Return the search of a plan, which knows what was tried before.

    Raises:
        Misused: the space cannot be searched that way
        NotFound: Optuna is asked for, and not installed
    """
    if plan.search == "optuna":
        return Suggested(plan, past)
    return Listed(plan, past)


class Listed:
    """A grid in its order, or numbers by chance: what a trial gets depends on its number alone."""

    def __init__(self, plan: Plan, past: Sequence[Tried]) -> None:
        self._plan = plan
        self._grid = grid(plan.space) if plan.search == "grid" else None
        self._at = 0
        self._curves = Curves(plan)
        for one in past:
            self._curves.remember(one.points, one.state)

    def ask(self, number: int) -> Params | None:
        if self._grid is None:
            import numpy as np

            return drawn(
                self._plan.space, np.random.default_rng([self._plan.seed or 0, number])
            )
        skipped = itertools.islice(self._grid, number - self._at, None)
        self._at = number + 1
        return next(skipped, None)

    def report(self, number: int, step: int, value: float) -> None:
        self._curves.report(number, step, value)

    def is_hopeless(self, number: int) -> bool:
        return self._curves.is_hopeless(number)

    def tell(self, number: int, state: TrialState, value: float | None) -> None:  # noqa: ARG002  one is enough
        self._curves.end(number, state)


FEWEST = 4
"""Finished trials before one may be found hopeless: of fewer there is no median to speak of."""


class Curves:
    """The median rule: a trial whose best so far is worse than half of the others were by then."""

    def __init__(self, plan: Plan) -> None:
        self._sign = 1.0 if plan.direction == "max" else -1.0
        self._running: dict[int, dict[int, float]] = {}
        self._done: list[dict[int, float]] = []

    def remember(self, points: Sequence[tuple[int, float]], state: TrialState) -> None:
        """Take in a trial of before."""
        if state == "done" and points:
            self._done.append({step: value * self._sign for step, value in points})

    def report(self, number: int, step: int, value: float) -> None:
        """Take in a value on the way."""
        self._running.setdefault(number, {})[step] = value * self._sign

    def end(self, number: int, state: TrialState) -> None:
        """Take in that a trial ended."""
        points = self._running.pop(number, None)
        if state == "done" and points:
            self._done.append(points)

    def is_hopeless(self, number: int) -> bool:
        """Compare a trial's best with the means of the others up to the same step."""
        import statistics

        points = self._running.get(number)
        if not points:
            return False
        last = max(points)
        others = [
            statistics.fmean(seen)
            for one in self._done
            if (seen := [value for step, value in one.items() if step <= last])
        ]
        return len(others) >= FEWEST and max(points.values()) < statistics.median(others)


class Suggested:
    """Optuna, asked and told; its study lives in this process's memory."""

    def __init__(self, plan: Plan, past: Sequence[Tried]) -> None:
        optuna = self._optuna = optuna_itself()
        if plan.direction is None:
            raise Misused(
                "--search optuna must know what is better: --metric NAME --maximize, or --minimize"
            )
        self._space = plan.space
        self._distributions = {
            name: self._distribution(one) for name, one in plan.space.items()
        }
        verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            self._study: Any = optuna.create_study(
                direction="maximize" if plan.direction == "max" else "minimize",
                sampler=optuna.samplers.TPESampler(
                    seed=None if plan.seed is None else (plan.seed + len(past)) % 2**32
                ),
                pruner=optuna.pruners.MedianPruner(n_startup_trials=FEWEST),
            )
        finally:
            optuna.logging.set_verbosity(verbosity)
        self._trials: dict[int, Any] = {}
        self._reported: dict[int, set[int]] = {}
        """Steps by trial: Optuna warns of one that it is told again."""
        for one in past:
            self._remember(one)

    def _distribution(self, one: Domain) -> Any:
        of = self._optuna.distributions
        if isinstance(one, Choice):
            return of.CategoricalDistribution(list(range(len(one.values))))
        if one.kind == "int":
            step = int(one.step or 1)
            return of.IntDistribution(int(one.low), int(one.high), log=one.log, step=step)
        return of.FloatDistribution(one.low, one.high, log=one.log, step=one.step)

    def _remember(self, tried: Tried) -> None:
        states = self._optuna.trial.TrialState
        ended = {"done": states.COMPLETE, "pruned": states.PRUNED, "failed": states.FAIL}
        state = ended.get(tried.state)
        inner = inner_of(self._space, tried.params)
        if (
            state is None
            or inner is None
            or (tried.state == "done" and tried.value is None)
        ):
            return
        self._study.add_trial(
            self._optuna.trial.create_trial(
                state=state,
                params=inner,
                distributions=self._distributions,
                value=tried.value if tried.state == "done" else None,
                intermediate_values=dict(tried.points),
            )
        )

    def ask(self, number: int) -> Params | None:
        trial = self._trials[number] = self._study.ask(self._distributions)
        return {
            name: one.values[trial.params[name]]
            if isinstance(one, Choice)
            else trial.params[name]
            for name, one in self._space.items()
        }

    def report(self, number: int, step: int, value: float) -> None:
        known = self._reported.setdefault(number, set())
        if number in self._trials and step >= 0 and step not in known:
            known.add(step)
            self._trials[number].report(value, step)

    def is_hopeless(self, number: int) -> bool:
        return number in self._trials and bool(self._trials[number].should_prune())

    def tell(self, number: int, state: TrialState, value: float | None) -> None:
        trial = self._trials.pop(number, None)
        self._reported.pop(number, None)
        states = self._optuna.trial.TrialState
        if trial is None:
            return
        if state == "done" and value is not None and value == value:  # noqa: PLR0124  NaN is not
            self._study.tell(trial, value)
        elif state == "pruned":
            self._study.tell(trial, state=states.PRUNED)
        else:
            self._study.tell(trial, state=states.FAIL)


def inner_of(space: Space, params: Params) -> dict[str, object] | None:
    """Return params as Optuna has them; None where they are of another space."""
    if set(space) != set(params):
        return None
    found: dict[str, object] = {}
    for name, one in space.items():
        if isinstance(one, Choice):
            known = [repr(value) for value in one.values]
            if repr(params[name]) not in known:
                return None
            found[name] = known.index(repr(params[name]))
        else:
            found[name] = params[name]
    return found


def optuna_itself() -> Any:
    """Return the library, or say how to get it."""
    try:
        import optuna
    except ImportError:
        raise NotFound(
            "--search optuna needs optuna: pip install 'trackbook[sweep]'"
        ) from None
    return optuna
