"""Whether a candidate is good enough in every part of the rows, not only on the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from trackbook.errors import Misused
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.answers import said_by
from trackbook.gates.evaluation import Evaluation, Rows, column_in, rows_of
from trackbook.gates.measured import Dice, given, unmeasurable
from trackbook.statistics import RESAMPLES, holm, measured, metric_named, redrawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate
    from trackbook.statistics import Metric, Predictions

FEWEST_ROWS, MOST_SLICES, NAMED = 30, 100, 3
MISSING = "(missing)"


class Bound(NamedTuple):
    """What a metric is held against."""

    name: Literal["min", "max"]
    value: float


class Slice(NamedTuple):
    """One part of the rows."""

    name: str
    """COLUMN=VALUE."""
    n: int
    value: float | None
    """None where it has too few rows, or the measure is undefined on them."""
    p_value: float = 1.0
    """Of a measure as bad, if the true one keeps the bound; not adjusted."""
    why: str = ""
    """Why it was left out."""


def slices(
    candidate: Candidate,
    bench: Bench,
    *,
    metric: str,
    by: tuple[str, ...],
    min_: float | None = None,
    max_: float | None = None,
    on: Literal["evidence", "point"] = "evidence",
    alpha: float = 0.05,
    min_rows: int = FEWEST_ROWS,
    resamples: int = RESAMPLES,
    seed: int = 0,
    evaluation: Evaluation | None = None,
) -> Answer:
    """A metric keeps its bound for each value of the columns `by`, of those with 30 rows.

    `evidence` fails a slice that is past the bound by more than chance: Holm's p-values over
    all slices are held against alpha. `point` fails any that is past it.
    """
    asked = given(evaluation)
    rows = rows_of(bench, asked)
    said = said_by(candidate, bench, rows, asked)
    bound = Bound("min", min_) if min_ is not None else Bound("max", max_ or 0.0)
    dice = Dice(resamples, seed)
    parts = parts_of(rows, by)
    found = [
        part_measured(
            name, at, metric_named(metric), rows.target, said, bound, dice, min_rows
        )
        for name, at in parts.items()
    ]
    return judged(found, bound, metric, on, alpha, dice.facts() | rows.facts)


def parts_of(rows: Rows, by: tuple[str, ...]) -> dict[str, Any]:
    """Return the numbers of the rows of each slice, by its name."""
    import numpy as np

    parts: dict[str, Any] = {}
    for column in by:
        values = column_in(rows.table, column, rows.source)
        names = values.astype(object).where(values.notna(), MISSING).astype(str).to_numpy()
        distinct, codes = np.unique(names, return_inverse=True)
        if len(distinct) > MOST_SLICES:
            raise Misused(
                f"{column!r} has {len(distinct)} values, {MOST_SLICES} slices at most can be"
                " told: add a column with few values to the evaluation set"
            )
        for at, name in enumerate(distinct):
            parts[f"{column}={name}"] = np.flatnonzero(codes == at)
    return parts


def part_measured(
    name: str,
    at: Any,
    metric: Metric,
    truth: Any,
    said: Predictions,
    bound: Bound,
    dice: Dice,
    min_rows: int,
) -> Slice:
    """Return one slice's measure, and how probable one as bad is."""
    if len(at) < min_rows:
        return Slice(name, len(at), None, why=f"fewer than {min_rows} rows")
    try:
        value = measured(metric, truth[at], said.of(at))
        p_value = p_past(metric, truth[at], said.of(at), bound, dice)
    except Misused as error:
        return Slice(name, len(at), None, why=str(error))
    return Slice(name, len(at), value, p_value)


def p_past(
    metric: Metric, truth: Any, said: Predictions, bound: Bound, dice: Dice
) -> float:
    """Return how probable a measure as bad is: exact of shares, or else of resamples.

    Source: the binomial test; Davison and Hinkley, Bootstrap Methods, 1997, section 4.2.
    """
    import numpy as np
    from scipy.stats import binom

    if metric.is_share and metric.rows is not None:
        count, total = int(metric.rows(truth, said).sum()), len(truth)
        share = min(1.0, max(0.0, bound.value))
        tail = binom.cdf(count, total, share) if bound.name == "min" else (
            binom.sf(count - 1, total, share)
        )  # fmt: skip
        return float(tail)
    draws = redrawn(metric, truth, [said], dice.generator(), dice.resamples)[:, 0]
    good = draws >= bound.value if bound.name == "min" else draws <= bound.value
    # Where the measure is undefined, nothing speaks against the slice.
    kept = int(np.sum(good | ~np.isfinite(draws)))
    return (1 + kept) / (1 + dice.resamples)


def judged(
    found: list[Slice],
    bound: Bound,
    metric: str,
    on: Literal["evidence", "point"],
    alpha: float,
    facts: Mapping[str, object],
) -> Answer:
    """Return what all slices come to."""
    told = [one for one in found if one.value is not None]
    left_out = {
        one.name: {"n": one.n, "why": one.why} for one in found if one.value is None
    }
    if not told:
        return skipped("no slice has enough rows to tell", left_out=left_out, **facts)
    adjusted = holm([one.p_value for one in told])
    bad = []
    for one, p_value in zip(told, adjusted, strict=True):
        is_past = past(one.value, bound)
        if is_past and (on == "point" or p_value <= alpha):
            bad.append(one)
    worst = (min if bound.name == "min" else max)(told, key=lambda one: one.value or 0.0)
    evidence = {
        "slices": {
            one.name: {"n": one.n, metric: one.value, "p": one.p_value, "p_holm": p_value}
            for one, p_value in zip(told, adjusted, strict=True)
        },
        "left_out": left_out,
        **facts,
    }
    held = {bound.name: bound.value, "on": on, "alpha": alpha}
    more = f"; {len(left_out)} left out" if left_out else ""
    if bad:
        bad.sort(key=lambda one: one.value or 0.0, reverse=bound.name == "max")
        named = ", ".join(f"{one.name} {one.value:.5g} (n {one.n})" for one in bad[:NAMED])
        also = f" and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
        where = "below" if bound.name == "min" else "above"
        said = f"{metric} is {where} {bound.value:.5g} for {named}{also}{more}"
        return failed(said, worst.value, held, **evidence)
    said = (
        f"the worst of {len(told)} slices is {worst.name}: {metric} {worst.value:.5g}{more}"
    )
    if past(worst.value, bound):
        said += f", past {bound.value:.5g} by no more than chance"
    return passed(said, worst.value, held, **evidence)


def past(value: float | None, bound: Bound) -> bool:
    """Tell whether a measure is past its bound."""
    if value is None:
        return False
    return value < bound.value if bound.name == "min" else value > bound.value


def no_slices(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for slices."""
    wrong = unmeasurable(params)
    if wrong:
        return wrong
    if not params["by"]:
        return 'by names no column: by = ["region"]'
    if ("min" in params) == ("max" in params):
        return "give either min or max"
    wanted = "min" if metric_named(params["metric"]).direction == "max" else "max"
    if wanted not in params:
        return f"{params['metric']} is better the other way: give {wanted}"
    return "min_rows has to be at least 1" if params.get("min_rows", 1) < 1 else None
