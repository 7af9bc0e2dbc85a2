"""A candidate measured on rows that are not its own, by itself and beside another version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.errors import Misused, TrackbookError
from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.answers import said_by
from trackbook.gates.evaluation import Evaluation, cannot_be_meant, column_in, rows_of
from trackbook.statistics import (
    MOST_RESAMPLES,
    RESAMPLES,
    Compared,
    bounds,
    mcnemar,
    metric_named,
    paired_bootstrap,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Champion
    from trackbook.gates.evaluation import Rows

On = Literal["point", "ci_lower", "ci_upper"]
Mode = Literal["non_inferiority", "superiority"]
FEWEST_RESAMPLES = 100


class Dice(NamedTuple):
    """How rows are drawn again."""

    resamples: int = RESAMPLES
    seed: int = 0
    stratify: str = ""
    """A column: rows are drawn within each of its values."""

    def facts(self) -> dict[str, object]:
        """What a report keeps of it."""
        return {
            "resamples": self.resamples,
            "seed": self.seed,
            "stratify": self.stratify or None,
        }

    def generator(self) -> Any:
        """Return the dice, the same for the same seed."""
        import numpy as np

        return np.random.default_rng(self.seed)

    def strata(self, rows: Rows) -> Any:
        """Return the group of each row; None where all are one."""
        if not self.stratify:
            return None
        return column_in(rows.table, self.stratify, rows.source).astype(str).to_numpy()


class Rivalry(NamedTuple):
    """How two versions are compared on the same rows."""

    metric: str
    test: Literal["paired_bootstrap", "mcnemar"]
    mode: Mode
    margin: float
    """In the metric's own unit, not negative."""
    alpha: float
    """One-sided."""

    @property
    def beyond(self) -> float:
        """The gain that has to be beaten."""
        return self.margin if self.mode == "superiority" else -self.margin


def held_up(
    candidate: Candidate,
    bench: Bench,
    metric: str,
    limits: Mapping[str, float],
    on: On,
    level: float,
    dice: Dice,
    evaluation: Evaluation | None,
) -> Answer:
    """Hold a measure, or its bound, against `min` and `max`."""
    rows = rows_of(bench, evaluation)
    said = said_by(candidate, bench, rows, given(evaluation))
    value, interval = bounds(
        metric_named(metric), rows.target, said, rng=dice.generator(),
        level=2 * level - 1, resamples=dice.resamples, strata=dice.strata(rows),
    )  # fmt: skip
    seen = {"point": value, "ci_lower": interval.low, "ci_upper": interval.high}[on]
    what = {
        "point": metric,
        "ci_lower": f"the lower {100 * level:g} % bound of {metric}",
        "ci_upper": f"the upper {100 * level:g} % bound of {metric}",
    }[on]
    evidence = {
        "metric": metric,
        "measured": value,
        "low": interval.low,
        "high": interval.high,
        "level": level,
        "interval": interval.method,
        **dice.facts(),
        **rows.facts,
    }
    wrong = [
        f"{'below' if name == 'min' else 'above'} {limit:.5g}"
        for name, limit in limits.items()
        if (seen < limit if name == "min" else seen > limit)
    ]
    told = f"{what} is {seen:.5g} on {len(rows.table)} rows"
    if on != "point":
        told += f" ({metric} {value:.5g})"
    if wrong:
        return failed(f"{told}, {wrong[0]}", seen, dict(limits), **evidence)
    return passed(told, seen, dict(limits), **evidence)


def beside(
    candidate: Candidate,
    bench: Bench,
    rival: Champion,
    role: str,
    rivalry: Rivalry,
    dice: Dice,
    evaluation: Evaluation | None,
) -> Answer:
    """Compare a candidate with another version on the same rows."""
    asked = given(evaluation)
    rows = rows_of(bench, asked)
    ours = said_by(candidate, bench, rows, asked)
    theirs = said_by(rival, bench, rows, asked)
    metric = metric_named(rivalry.metric)
    found = paired_bootstrap(
        metric, rows.target, ours, theirs, rng=dice.generator(), beyond=rivalry.beyond,
        level=1 - 2 * rivalry.alpha, resamples=dice.resamples, strata=dice.strata(rows),
    )  # fmt: skip
    p_value, counted = found.p_value, {}
    if rivalry.test == "mcnemar" and metric.rows is not None:
        right = [metric.rows(rows.target, one) for one in (ours, theirs)]
        if metric.direction == "min":
            right = [1 - one for one in right]
        discordant = mcnemar(*right)
        p_value = discordant.p_better
        counted = {"only_ours": discordant.only_ours, "only_theirs": discordant.only_theirs,
                   "p_two_sided": discordant.p_value, "method": discordant.method}  # fmt: skip
    good = p_value <= rivalry.alpha
    words = f"{told(rivalry, found, role, rival)} on the same {len(rows.table)} rows"
    evidence = {
        "p_value": p_value, "gain": found.gain, "low": found.interval.low,
        "high": found.interval.high, "level": found.interval.level, "ours": found.ours,
        "theirs": found.theirs, role: rival.known_as, f"{role}_package": rival.package_digest,
        **counted, **dice.facts(), **rows.facts,
    }  # fmt: skip
    return Answer(
        outcome="passed" if good else "failed",
        words=f"{words}; {judged(rivalry, p_value, good=good)}",
        value=found.gain,
        threshold=rivalry._asdict(),
        evidence=evidence,
        p_value=p_value,
        alpha=rivalry.alpha,
    )


def told(rivalry: Rivalry, found: Compared, role: str, rival: Champion) -> str:
    """Say what was measured."""
    gain, name = found.gain, rivalry.metric
    word = "equal to" if gain == 0 else "better than" if gain > 0 else "worse than"
    far = f" by {abs(gain):.3g}" if gain else ""
    low, high, level = found.interval.low, found.interval.high, found.interval.level
    return (
        f"{name} {found.ours:.5g} is {word} the {role}'s {found.theirs:.5g}{far}"
        f" ({rival.version}; gain {low:.3g} to {high:.3g} at {100 * level:g} %)"
    )


def judged(rivalry: Rivalry, p_value: float, *, good: bool) -> str:
    """Say what was asked, and whether it is shown."""
    asked = f"better by more than {rivalry.margin:.3g}" if rivalry.margin else "better"
    if rivalry.mode == "non_inferiority":
        asked = f"not worse by {rivalry.margin:.3g}"
    shown = "is shown" if good else "is not shown"
    return f"that it is {asked} {shown} (p {p_value:.3g}, alpha {rivalry.alpha:g})"


def given(evaluation: Evaluation | None) -> Evaluation:
    """Return the evaluation, which a policy without one is refused for."""
    if evaluation is None:
        raise Misused("no evaluation set is named: write [evaluation] data, target")
    return evaluation


def unmeasurable(params: Mapping[str, Any]) -> str | None:
    """Say what keeps a measure from being taken on rows, whatever the rows are."""
    evaluation = params.get("evaluation")
    if not isinstance(evaluation, Evaluation):
        return 'no evaluation set: write [evaluation] data = "eval.parquet", target = "y"'
    wrong = cannot_be_meant(evaluation)
    if wrong:
        return wrong
    if "metric" in params:
        try:
            metric_named(str(params["metric"]))
        except TrackbookError as error:
            return str(error)
    return odd_numbers(params)


def odd_numbers(params: Mapping[str, Any]) -> str | None:
    """Say which number no test can be held with."""
    for name, least, most in (("level", 0.5, 1.0), ("alpha", 0.0, 0.5)):
        found = params.get(name)
        if found is not None and not least < found < most:
            return f"{name} is {found}: it has to be between {least:g} and {most:g}"
    resamples = params.get("resamples", RESAMPLES)
    if not FEWEST_RESAMPLES <= resamples <= MOST_RESAMPLES:
        return f"resamples is {resamples}: {FEWEST_RESAMPLES} to {MOST_RESAMPLES} go"
    if params.get("seed", 0) < 0:
        return f"seed is {params['seed']}: it cannot be negative"
    alpha = params.get("alpha")
    if alpha is not None and alpha * (resamples + 1) < 1:
        return (
            f"alpha {alpha} needs at least {int(1 / alpha)} resamples: nothing could pass"
        )
    return None


def no_rivalry(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a comparison on rows."""
    wrong = unmeasurable(params)
    if wrong:
        return wrong
    mode, margin = params["mode"], params.get("margin", 0.0)
    if margin < 0:
        return f"margin is {margin}: give a difference that is not negative"
    if params["test"] == "mcnemar":
        if not metric_named(params["metric"]).is_share:
            return f"mcnemar compares accuracy or error_rate, not {params['metric']}"
        if mode != "superiority" or margin:
            return 'mcnemar shows superiority without a margin only: mode = "superiority"'
    if mode == "non_inferiority" and not margin:
        return "non_inferiority needs a margin: by how much it may be worse"
    return None
