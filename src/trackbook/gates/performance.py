"""Whether a candidate measures well enough, by itself and beside the champion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

from trackbook.code import direction_of
from trackbook.errors import NotFound
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.evaluation import Evaluation  # noqa: TC001  the policy's keys are read by it
from trackbook.gates.measured import (
    Dice,
    Rivalry,
    beside,
    held_up,
    no_rivalry,
    unmeasurable,
)
from trackbook.statistics import RESAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Champion

ALL = "*"


def threshold(
    candidate: Candidate,
    bench: Bench,
    *,
    metric: str,
    min_: float | None = None,
    max_: float | None = None,
    on: Literal["recorded", "point", "ci_lower", "ci_upper"] = "recorded",
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
    stratify: str = "",
    evaluation: Evaluation | None = None,
) -> Answer:
    """A metric is no smaller than `min` and no larger than `max`.

    It is the one that its run recorded, or with any other `on` one that is measured now, on the
    evaluation set: `ci_lower` and `ci_upper` are its one-sided bounds at `level`.
    """
    bounds = {k: v for k, v in (("min", min_), ("max", max_)) if v is not None}
    if on != "recorded":
        dice = Dice(resamples, seed, stratify)
        return held_up(candidate, bench, metric, bounds, on, level, dice, evaluation)
    value = candidate.metrics.get(metric)
    if value is None:
        return failed(unmeasured(metric, candidate.metrics), None, bounds)
    if not math.isfinite(value):
        return failed(f"{metric} is {value}, which is no measure", value, bounds)
    if min_ is not None and value < min_:
        return failed(f"{metric} {value:.5g} is below {min_:.5g}", value, bounds)
    if max_ is not None and value > max_:
        return failed(f"{metric} {value:.5g} is above {max_:.5g}", value, bounds)
    held = " and ".join(
        f"{'at least' if name == 'min' else 'at most'} {bound:.5g}"
        for name, bound in bounds.items()
    )
    return passed(f"{metric} {value:.5g} is {held}", value, bounds)


def no_bound(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a threshold that nothing can fail, or nothing can pass."""
    low, high, on = params.get("min"), params.get("max"), params.get("on", "recorded")
    if low is None and high is None:
        return "give min or max"
    if (on == "ci_lower" and high is not None) or (on == "ci_upper" and low is not None):
        return "the lower bound is held against min, the upper one against max"
    if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low > high:
        return f"min {low} is above max {high}"
    if on != "recorded":
        return unmeasurable(params)
    needless = {"evaluation", "level", "resamples", "seed", "stratify"} & params.keys()
    if needless:
        return f'{min(needless)} goes with on = "point", "ci_lower" or "ci_upper"'
    return None


class Rule(NamedTuple):
    """How a metric of a candidate is held against the champion's."""

    metric: str
    direction: Literal["max", "min"]
    margin: float
    mode: Literal["non_inferiority", "superiority"]


def vs_champion(
    candidate: Candidate,
    bench: Bench,
    *,
    metric: str = ALL,
    direction: Literal["max", "min", "auto"] = "auto",
    margin: float = 0.0,
    mode: Literal["non_inferiority", "superiority"] = "non_inferiority",
    test: Literal["stored", "paired_bootstrap", "mcnemar"] = "stored",
    same_data: bool = False,
    alpha: float = 0.05,
    resamples: int = RESAMPLES,
    seed: int = 0,
    stratify: str = "",
    evaluation: Evaluation | None = None,
) -> Answer:
    """A metric is not worse than the champion's by more than a margin, or better by more.

    `stored` compares what both runs recorded: `*` stands for every metric that both have and of
    which the direction is known, and with `same_data` both must have been measured on the same
    test data. With any other test both predict the evaluation set now, and the difference has
    to be shown at `alpha`, one-sided.
    """
    champion = candidate.champion
    if test != "stored":
        rivalry = Rivalry(metric, test, mode, margin, alpha)
        dice = Dice(resamples, seed, stratify)
        return against(candidate, bench, champion, "champion", rivalry, dice, evaluation)
    if champion is None:
        return no_rival("champion")
    return recorded(
        candidate, champion, metric, direction, margin, mode, same_data=same_data
    )


def recorded(
    candidate: Candidate,
    champion: Champion,
    metric: str,
    direction: Literal["max", "min", "auto"],
    margin: float,
    mode: Literal["non_inferiority", "superiority"],
    *,
    same_data: bool,
) -> Answer:
    """Compare what the runs of two versions recorded."""
    names = [metric] if metric != ALL else shared(candidate, champion)
    if not names:
        return skipped("no metric that both have is known to be better high or low")
    where = same_test_data(candidate, champion)
    if same_data and where is not True:
        return failed(
            f"not measured on the champion's test data (v{champion.version})"
            if where is False
            else "it is not known whether both were measured on the same test data",
            candidate=dict(candidate.data),
            champion=dict(champion.data),
        )
    answers = []
    for name in names:
        way = direction_of(name) if direction == "auto" else direction
        answers.append(stored(candidate, champion, Rule(name, way or "max", margin, mode)))
    return together(answers, names, f" ({ON[where]})" if where is not True else "")


def vs_baseline(
    candidate: Candidate,
    bench: Bench,
    *,
    metric: str,
    margin: float = 0.0,
    mode: Literal["non_inferiority", "superiority"] = "superiority",
    test: Literal["paired_bootstrap", "mcnemar"] = "paired_bootstrap",
    alpha: float = 0.05,
    resamples: int = RESAMPLES,
    seed: int = 0,
    stratify: str = "",
    evaluation: Evaluation | None = None,
) -> Answer:
    """A metric is better than the baseline's, both on the evaluation set, at `alpha` one-sided.

    The baseline is the version that the alias `baseline` leads to.
    """
    rivalry = Rivalry(metric, test, mode, margin, alpha)
    dice = Dice(resamples, seed, stratify)
    return against(
        candidate, bench, candidate.baseline, "baseline", rivalry, dice, evaluation
    )


def against(
    candidate: Candidate,
    bench: Bench,
    rival: Champion | None,
    role: Literal["champion", "baseline"],
    rivalry: Rivalry,
    dice: Dice,
    evaluation: Evaluation | None,
) -> Answer:
    """Compare with another version on the same rows, if there is one."""
    if rival is not None:
        return beside(candidate, bench, rival, role, rivalry, dice, evaluation)
    return no_rival(role)


def no_rival(role: Literal["champion", "baseline"]) -> Answer:
    """Return that there is nothing to be better than; only the policy's words let that pass."""
    first = "first version: there is no champion to compare with"
    none = "no version has the alias baseline: %track alias sets it"
    said = first if role == "champion" else none
    way = f'on_skip = {{ "perf.vs_{role}" = "warn" }} lets that pass'
    return Answer(outcome="skipped", words=f"{said} ({way})", is_grave=True)


ON = {False: "measured on other test data", None: "whether on the same data is not known"}


def no_comparison(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a comparison with the champion."""
    if params.get("test", "stored") == "stored":
        return no_direction(params)
    if params.get("metric", ALL) == ALL or {"direction", "same_data"} & params.keys():
        return "on an evaluation set: name one metric, its direction and data are known"
    return no_rivalry({"mode": "non_inferiority", **params})


def no_direction(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a comparison of which nobody knows what is better."""
    margin, metric = params.get("margin", 0.0), str(params.get("metric", ALL))
    needless = {"alpha", "evaluation", "resamples", "seed", "stratify"} & params.keys()
    if needless:
        return f'{min(needless)} goes with test = "paired_bootstrap" or "mcnemar"'
    if isinstance(margin, (int, float)) and margin < 0:
        return f"margin is {margin}: give a difference that is not negative"
    asked = params.get("direction", "auto")
    if asked == "auto" and metric != ALL and direction_of(metric) is None:
        return f'whether more of {metric!r} is better is not known: give direction = "max" or "min"'
    if asked != "auto" and metric == ALL:
        return "a direction goes with one metric: name it"
    return None


def no_baseline(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with a comparison with the baseline."""
    return no_rivalry({"mode": "superiority", "test": "paired_bootstrap", **params})


def stored(candidate: Candidate, champion: Champion, rule: Rule) -> Answer:
    """Compare the numbers that were recorded for both."""
    name = rule.metric
    ours, theirs = candidate.metrics.get(name), champion.metrics.get(name)
    if ours is None:
        return failed(unmeasured(name, candidate.metrics))
    if theirs is None:
        return skipped(f"the champion has no {name}")
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return failed(
            f"{name} is {ours}, the champion's {theirs}: no comparison", ours, theirs
        )
    gain = ours - theirs if rule.direction == "max" else theirs - ours
    wanted = rule.margin if rule.mode == "superiority" else -rule.margin
    # A margin of 0.005 must not fail a difference of exactly 0.005 for its last bit.
    slack = 4 * math.ulp(max(abs(ours), abs(theirs), rule.margin))
    good = gain > wanted + slack if rule.mode == "superiority" else gain >= wanted - slack
    word = "equal to" if gain == 0 else "better than" if gain > 0 else "worse than"
    far = f" by {abs(gain):.3g}" if gain else ""
    needs = "" if good else f"; {needed(rule)}"
    said = f"{name} {ours:.5g} is {word} the champion's {theirs:.5g}{far}{needs}"
    return (passed if good else failed)(
        said, ours, theirs, gain=gain, direction=rule.direction
    )


def needed(rule: Rule) -> str:
    """Return what a rule asks for, in words."""
    if rule.mode == "superiority":
        return f"it has to be better by more than {rule.margin:.3g}"
    return f"it may be worse by {rule.margin:.3g}" if rule.margin else "it may not be worse"


def together(answers: list[Answer], names: list[str], remark: str) -> Answer:
    """Return one answer for several metrics: the bad ones are named first."""
    order = {"failed": 0, "passed": 1, "skipped": 2}
    worst = min(answers, key=lambda one: order[one.outcome])
    said = [one.words for one in answers if one.outcome == worst.outcome]
    evidence = {
        name: {"candidate": one.value, "champion": one.threshold, **one.evidence}
        for name, one in zip(names, answers, strict=True)
    }
    return Answer(
        outcome=worst.outcome,
        words="; ".join(said) + remark,
        value=worst.value if len(answers) == 1 else None,
        threshold=worst.threshold if len(answers) == 1 else None,
        evidence=evidence,
    )


def shared(candidate: Candidate, champion: Champion) -> list[str]:
    """Return the metrics that both have and of which the direction is known."""
    both = candidate.metrics.keys() & champion.metrics.keys()
    return sorted(name for name in both if direction_of(name) is not None)


def same_test_data(candidate: Candidate, champion: Champion) -> bool | None:
    """Tell whether both were measured on the same data; None where that is not known."""
    for role in ("test", "validation"):
        ours, theirs = candidate.data.get(role), champion.data.get(role)
        if ours and theirs:
            return ours == theirs
    return None


def unmeasured(metric: str, metrics: Mapping[str, float]) -> str:
    """Say that a candidate has no such metric, and which it may be."""
    hint = str(NotFound.named("metric", metric, known=metrics))
    return (
        hint
        if "mean" in hint
        else f"{hint}: there are {', '.join(sorted(metrics)) or 'none'}"
    )
