"""Whether a candidate is as often right as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.answers import said_by
from trackbook.gates.evaluation import Evaluation, rows_of
from trackbook.gates.measured import given, unmeasurable
from trackbook.statistics import calibration_error, measured, metric_named, most_probable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

BINS, MOST_BINS = 10, 100


def calibration(
    candidate: Candidate,
    bench: Bench,
    *,
    max_ece: float | None = None,
    max_brier: float | None = None,
    bins: int = BINS,
    evaluation: Evaluation | None = None,
) -> Answer:
    """Probabilities are no further from what comes true than `max_ece`, `max_brier` allow.

    ECE is that of the most probable class; the Brier score of two classes is halved, so that
    it goes from 0 to 1.
    """
    asked = given(evaluation)
    rows = rows_of(bench, asked)
    said = said_by(candidate, bench, rows, asked)
    ece, parts = calibration_error(*most_probable(rows.target, said), bins)
    brier = measured(metric_named("brier"), rows.target, said)
    limits = {k: v for k, v in (("ece", max_ece), ("brier", max_brier)) if v is not None}
    seen = {"ece": ece, "brier": brier}
    wrong = [
        f"{name} {seen[name]:.4g} is above {limit:.4g}"
        for name, limit in limits.items()
        if seen[name] > limit
    ]
    told = f"ece {ece:.4g}, brier {brier:.4g} on {len(rows.table)} rows"
    evidence = {"bins": [one._asdict() for one in parts], **seen, **rows.facts}
    if wrong:
        return failed(
            f"{', '.join(wrong)} on {len(rows.table)} rows", seen, limits, **evidence
        )
    return passed(told, seen, limits, **evidence)


def no_calibration(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for calibration."""
    wrong = unmeasurable(params)
    if wrong:
        return wrong
    if "max_ece" not in params and "max_brier" not in params:
        return "give max_ece or max_brier"
    return odd_bins(params)


def odd_bins(params: Mapping[str, Any]) -> str | None:
    """Say which number of bins cannot be meant."""
    bins = params.get("bins", BINS)
    return None if 1 <= bins <= MOST_BINS else f"bins is {bins}: 1 to {MOST_BINS} go"
