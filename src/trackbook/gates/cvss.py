"""How grave a vulnerability is, as its CVSS vector says."""

from __future__ import annotations

from typing import Literal

Grade = Literal["low", "medium", "high", "critical"]
FROM: tuple[tuple[float, Grade], ...] = (
    (9.0, "critical"),
    (7.0, "high"),
    (4.0, "medium"),
    (0.0, "low"),
)
WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
RIGHTS = {
    "U": {"N": 0.85, "L": 0.62, "H": 0.27},
    "C": {"N": 0.85, "L": 0.68, "H": 0.5},
}
"""By scope."""
WORDS: dict[str, Grade] = {
    "LOW": "low",
    "MODERATE": "medium",
    "MEDIUM": "medium",
    "HIGH": "high",
    "CRITICAL": "critical",
}
"""What databases write."""


def base_score(vector: str) -> float | None:
    """Return the base score of a vector of CVSS 3.0 or 3.1; None for any other text.

    Source: FIRST, Common Vulnerability Scoring System v3.1: Specification, section 7.1.
    """
    if not vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
        return None
    given = dict(part.partition(":")[::2] for part in vector.split("/")[1:])
    try:
        w = {name: weights[given[name]] for name, weights in WEIGHTS.items()}
        scope = given["S"]
        right = RIGHTS[scope][given["PR"]]
    except KeyError:
        return None
    base = 1 - (1 - w["C"]) * (1 - w["I"]) * (1 - w["A"])
    changed = scope == "C"
    impact = 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 if changed else 6.42 * base
    ease = 8.22 * w["AV"] * w["AC"] * right * w["UI"]
    if impact <= 0:
        return 0.0
    return rounded_up(min((1.08 if changed else 1) * (impact + ease), 10))


def rounded_up(value: float) -> float:
    """Return the next tenth, as appendix A of the specification has it."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10


def grade_of(score: float) -> Grade:
    """Return the word for a score."""
    return next(word for least, word in FROM if score >= least)
