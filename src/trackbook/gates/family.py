"""Several tests of one gate, held together against chance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trackbook.gates.answer import Answer
from trackbook.statistics import holm

if TYPE_CHECKING:
    from collections.abc import Mapping


def together(said: Mapping[str, Answer | BaseException]) -> dict[str, Answer]:
    """Return those answers anew that are tests, each with what its p comes to among all.

    With one test there is nothing to hold together. Who tests five comparisons at 0.05 finds
    one of them by chance in a gate of four; of all that Holm's method lets stand, a wrong one
    is among them in one gate of twenty.

    Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979.
    """
    tests = {
        label: (one, one.p_value, one.alpha)
        for label, one in said.items()
        if isinstance(one, Answer) and one.p_value is not None and one.alpha is not None
    }
    if len(tests) < 2:  # noqa: PLR2004
        return {}
    adjusted = holm([p_value for _, p_value, _ in tests.values()])
    return {
        label: held(one, p_holm, alpha, list(tests))
        for (label, (one, _, alpha)), p_holm in zip(tests.items(), adjusted, strict=True)
    }


def held(one: Answer, p_holm: float, alpha: float, family: list[str]) -> Answer:
    """Return an answer as it stands among all tests of its gate."""
    is_lost = one.outcome == "passed" and p_holm > alpha
    more = f"; among {len(family)} comparisons of this gate p is {p_holm:.3g} (Holm)"
    if is_lost:
        more += ": that is not enough"
    return replace(
        one,
        outcome="failed" if is_lost else one.outcome,
        words=one.words + more,
        evidence={**one.evidence, "p_holm": p_holm, "comparisons": family},
    )
