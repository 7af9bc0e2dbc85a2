"""Whether a candidate treats groups of people alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.answers import said_by
from trackbook.gates.calibrated import BINS, odd_bins
from trackbook.gates.evaluation import Evaluation, rows_of
from trackbook.gates.measured import given, unmeasurable
from trackbook.gates.slices import FEWEST_ROWS, parts_of
from trackbook.statistics import (
    Group,
    Predictions,
    Rate,
    alike,
    calibration_error,
    columns_of,
    group_rates,
    probabilities,
    spread_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate
    from trackbook.gates.evaluation import Rows

Label = str | int | float | bool
TWO = 2
"""Groups to compare, labels to choose from."""


class Asked(NamedTuple):
    """Rows, what was said of them, and which of it is positive."""

    rows: Rows
    said: Predictions
    is_true: Any
    is_said: Any
    group: Any
    """The group of each row, as a text."""
    positive: str


def demographic_parity(
    candidate: Candidate,
    bench: Bench,
    *,
    group: str,
    positive: Label | None = None,
    max_diff: float | None = None,
    min_ratio: float | None = None,
    min_rows: int = FEWEST_ROWS,
    evaluation: Evaluation | None = None,
) -> Answer:
    """Groups are predicted as positive about equally often; 0.8 as `min_ratio` is four fifths."""
    asked = asked_of(candidate, bench, group, positive, evaluation)
    rates = {name: one.selected for name, one in rates_in(asked).items()}
    return compared("selected", rates, asked, min_rows, max_diff, min_ratio)


def equal_opportunity(
    candidate: Candidate,
    bench: Bench,
    *,
    group: str,
    max_diff: float,
    positive: Label | None = None,
    min_rows: int = FEWEST_ROWS,
    evaluation: Evaluation | None = None,
) -> Answer:
    """Of the truly positive, groups are predicted as positive about equally often."""
    asked = asked_of(candidate, bench, group, positive, evaluation)
    rates = {name: one.true_positive for name, one in rates_in(asked).items()}
    return compared("true positive", rates, asked, min_rows, max_diff, None)


def equalized_odds(
    candidate: Candidate,
    bench: Bench,
    *,
    group: str,
    max_diff: float,
    positive: Label | None = None,
    min_rows: int = FEWEST_ROWS,
    evaluation: Evaluation | None = None,
) -> Answer:
    """Groups differ little in true positives, and in false positives too."""
    asked = asked_of(candidate, bench, group, positive, evaluation)
    found = rates_in(asked)
    both = {
        "true positive": {name: one.true_positive for name, one in found.items()},
        "false positive": {name: one.false_positive for name, one in found.items()},
    }
    answers = [
        compared(what, rates, asked, min_rows, max_diff, None)
        for what, rates in both.items()
    ]
    order = ("failed", "skipped", "passed")
    worst = min(answers, key=lambda one: order.index(one.outcome))
    known = [one.value for one in answers if isinstance(one.value, float)]
    return Answer(
        outcome=worst.outcome,
        words="; ".join(one.words for one in answers if one.outcome == worst.outcome),
        value=max(known) if known else None,
        threshold={"max_diff": max_diff},
        evidence={what: one.evidence for what, one in zip(both, answers, strict=True)},
    )


def calibration(
    candidate: Candidate,
    bench: Bench,
    *,
    group: str,
    max_ece: float,
    positive: Label | None = None,
    bins: int = BINS,
    min_rows: int = FEWEST_ROWS,
    evaluation: Evaluation | None = None,
) -> Answer:
    """What is said to be so probable comes true as often, in each group by itself."""
    asked = asked_of(candidate, bench, group, positive, evaluation)
    shares, classes = probabilities(asked.said)
    sure = shares[:, columns_of(of_label(classes, asked.positive), classes)[0]]
    found: dict[str, dict[str, object]] = {}
    errors: dict[str, float] = {}
    left_out: dict[str, int] = {}
    for name, at in parts_of(asked.rows, (group,)).items():
        if len(at) < min_rows:
            left_out[name] = len(at)
            continue
        right = asked.is_true[at].astype(float)
        errors[name], parts = calibration_error(sure[at], right, bins)
        found[name] = {
            "n": len(at),
            "ece": errors[name],
            "bins": [one._asdict() for one in parts],
        }
    held = {"max_ece": max_ece}
    facts = {"groups": found, "left_out": left_out, "positive": asked.positive}
    facts |= asked.rows.facts
    if not found:
        return skipped(f"no group of {group!r} has {min_rows} rows", **facts)
    worst = max(errors, key=lambda name: errors[name])
    told = f"ece is at most {errors[worst]:.4g} ({worst}, n {found[worst]['n']})"
    if errors[worst] > max_ece:
        return failed(f"{told}, {max_ece:.4g} is allowed", errors[worst], held, **facts)
    return passed(told, errors[worst], held, **facts)


def asked_of(
    candidate: Candidate,
    bench: Bench,
    group: str,
    positive: Label | None,
    evaluation: Evaluation | None,
) -> Asked:
    """Ask a candidate, and tell what is positive: what is named, or the larger of two labels."""
    import numpy as np

    evaluated = given(evaluation)
    rows = rows_of(bench, evaluated)
    said = said_by(candidate, bench, rows, evaluated)
    truth, outputs = alike(rows.target, said.outputs)
    known = np.unique(np.concatenate([truth, outputs]))
    if positive is None and len(known) != TWO:
        raise Misused(f"{len(known)} labels: say which one is positive = ...")
    wanted = str(known[-1]) if positive is None else str(positive)
    at = of_label(known, wanted)
    name = np.empty(len(rows.table), dtype=object)
    for part, places in parts_of(rows, (group,)).items():
        name[places] = part.removeprefix(f"{group}=")
    return Asked(rows, said, truth == at, outputs == at, name.astype(str), wanted)


def of_label(known: Any, wanted: str) -> Any:
    """Return a label, in an array of one, as it is among those that are known."""
    for at, one in enumerate(known):
        if str(one) == wanted:
            return known[at : at + 1]
    there = ", ".join(map(str, known[:10]))
    raise Misused(f"no row is {wanted!r}: there are {there}; say which one is positive")


def rates_in(asked: Asked) -> dict[str, Group]:
    """Return what became of each group."""
    return group_rates(asked.is_true, asked.is_said, asked.group)


def compared(
    what: str,
    rates: Mapping[str, Rate | None],
    asked: Asked,
    min_rows: int,
    max_diff: float | None,
    min_ratio: float | None,
) -> Answer:
    """Hold the spread of one rate against its bounds, over groups with enough rows."""
    enough = {name: one for name, one in rates.items() if one and one.n >= min_rows}
    left_out = {
        name: one.n if one else 0 for name, one in rates.items() if name not in enough
    }
    limits = (("max_diff", max_diff), ("min_ratio", min_ratio))
    held = {name: limit for name, limit in limits if limit is not None}
    facts: dict[str, object] = {
        "groups": {
            name: {"n": one.n, "hits": one.hits, "rate": one.share,
                   "low": one.interval.low, "high": one.interval.high}
            for name, one in enough.items()
        },
        "left_out": left_out, "positive": asked.positive, **asked.rows.facts,
    }  # fmt: skip
    if len(enough) < TWO:
        few = f"{len(enough)} groups have {min_rows} rows that count for the {what} rate"
        return skipped(f"{few}: two are needed", **facts)
    found = spread_of(enough)
    ends = f"{found.lowest} {enough[found.lowest].share:.3g}, {found.highest}"
    said = f"the {what} rate is from {ends} {enough[found.highest].share:.3g}"
    wrong = []
    if max_diff is not None and found.difference > max_diff:
        wrong.append(f"{found.difference:.3g} apart, {max_diff:.3g} is allowed")
    if min_ratio is not None and found.ratio < min_ratio:
        wrong.append(f"a ratio of {found.ratio:.3g}, {min_ratio:.3g} is needed")
    value = found.difference
    facts["ratio"] = found.ratio
    if wrong:
        return failed(f"{said}: {', '.join(wrong)}", value, held, **facts)
    return passed(said, value, held, **facts)


def unfair(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for fairness."""
    wrong = unmeasurable(params) or odd_bins(params)
    if wrong:
        return wrong
    if not {"max_diff", "min_ratio", "max_ece"} & params.keys():
        return "give max_diff or min_ratio"
    return "min_rows has to be at least 1" if params.get("min_rows", 1) < 1 else None
