"""What a check says of a candidate."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LONGEST_TEXT, MOST_ITEMS, DEEPEST = 2_000, 200, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one check found; what it means for the gate is the policy's to say."""

    outcome: Literal["passed", "failed", "skipped"]
    words: str
    """One sentence: what was found, and what to do about it."""
    value: object = None
    """What was seen."""
    threshold: object = None
    """What it was held against."""
    evidence: Mapping[str, object] = field(default_factory=dict)
    """Plain values from which somebody else can see it too."""
    p_value: float | None = None
    """Of a test: how probable as much is by chance, where there is nothing to be shown."""
    alpha: float | None = None
    """Of a test: up to which p something counts as shown."""
    is_grave: bool = False
    """Whether a skip keeps the version out unless the policy's `on_skip` says otherwise."""


def passed(
    words: str, value: object = None, threshold: object = None, **evidence: object
) -> Answer:
    """Return the answer of a check that found nothing wrong."""
    return Answer(
        outcome="passed", words=words, value=value, threshold=threshold, evidence=evidence
    )


def failed(
    words: str, value: object = None, threshold: object = None, **evidence: object
) -> Answer:
    """Return the answer of a check that found something wrong."""
    return Answer(
        outcome="failed", words=words, value=value, threshold=threshold, evidence=evidence
    )


def skipped(words: str, **evidence: object) -> Answer:
    """Return the answer of a check that could not be asked here."""
    return Answer(outcome="skipped", words=words, evidence=evidence)


def plain(value: object, depth: int = 0) -> object:
    """Return a value as strict JSON has it, cut to what a record can hold."""
    if isinstance(value, (float, str)):
        return number_or_text(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if depth < DEEPEST and isinstance(value, Mapping):
        some = list(value.items())[:MOST_ITEMS]
        return {str(number_or_text(str(name))): plain(one, depth + 1) for name, one in some}
    if depth < DEEPEST and isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one, depth + 1) for one in list(value)[:MOST_ITEMS]]
    if depth < DEEPEST and getattr(value, "shape", None) == ():
        return plain(getattr(value, "item", str)(), depth + 1)
    return number_or_text(str(value))


def number_or_text(value: float | str) -> object:
    """Return a number that JSON has, or a text of it, not too long."""
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    # Names of files may hold bytes that are no text; nothing can be written with them.
    text = str(value).encode("utf-8", errors="backslashreplace").decode()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def as_json(value: object) -> str:
    """Return a value as strict JSON."""
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, sort_keys=False)
