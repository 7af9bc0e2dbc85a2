"""How much each param of a sweep mattered: Optuna's PED-ANOVA over the trials on record."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.errors import NotFound
from trackbook.sweeps.searches import optuna_itself

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.sweeps.told import Told

FEWEST = 20
"""Finished trials; of fewer, the best tenth is a trial or none."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What part of the good results each param explains, the most first; or why none is known."""

    shares: Mapping[str, float] = field(default_factory=dict)
    words: str = ""


def weights(told: Told) -> Weights:
    """Return how much each param mattered for being among the best tenth.

    Watanabe, Bansal, Hutter, PED-ANOVA, IJCAI 2023, as Optuna has it.
    """
    counting = [one for one in told.trials if one.counts]
    if told.sweep.direction is None:
        return Weights(words="which way the metric is better is not known")
    if len(counting) < FEWEST:
        return Weights(
            words=f"{len(counting)} finished trials are too few: {FEWEST} are needed"
        )
    if len({one.value for one in counting}) == 1:
        return Weights(words="all trials came to the same value")
    try:
        optuna = optuna_itself()
    except NotFound:
        return Weights(words="needs Optuna: pip install 'trackbook[sweep]'")
    return _asked(optuna, told)


def _asked(optuna: Any, told: Told) -> Weights:
    counting = [one for one in told.trials if one.counts]
    names = [name for name in told.space if all(name in one.chosen for one in counting)]
    columns = {name: [one.chosen[name] for one in counting] for name in names}
    varied = {
        name: column
        for name, column in columns.items()
        if len({json.dumps(v) for v in column}) > 1
    }
    if not varied:
        return Weights(words="no param had more than one value")
    axes = {
        name: _axis(optuna, told.space[name], column) for name, column in varied.items()
    }
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(
            direction="maximize" if told.sweep.direction == "max" else "minimize"
        )
        study.add_trials([
            optuna.trial.create_trial(
                params={name: values[at] for name, (_, values) in axes.items()},
                distributions={name: of for name, (of, _) in axes.items()},
                value=one.value,
            )
            for at, one in enumerate(counting)
        ])  # fmt: skip
        judge = optuna.importance.PedAnovaImportanceEvaluator()
        shares = optuna.importance.get_param_importances(study, evaluator=judge)
    finally:
        optuna.logging.set_verbosity(verbosity)
    return Weights({name: float(share) for name, share in shares.items()})


def _axis(
    optuna: Any, domain: Mapping[str, object], column: list[object]
) -> tuple[Any, list[Any]]:
    """Return the distribution of a param, and its values as that has them."""
    of = optuna.distributions
    low, high = domain.get("low"), domain.get("high")
    numbers = [v for v in column if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if low is None or high is None or len(numbers) < len(column):
        known = list(dict.fromkeys(json.dumps(v, sort_keys=True) for v in column))
        places = [known.index(json.dumps(v, sort_keys=True)) for v in column]
        return of.CategoricalDistribution(list(range(len(known)))), places
    ends = min(float(str(low)), *numbers), max(float(str(high)), *numbers)
    log = bool(domain.get("log")) and ends[0] > 0
    if domain.get("kind") == "int" and all(float(v).is_integer() for v in numbers):
        return of.IntDistribution(int(ends[0]), int(ends[1]), log=log), [
            int(v) for v in numbers
        ]
    return of.FloatDistribution(*ends, log=log), [float(v) for v in numbers]
