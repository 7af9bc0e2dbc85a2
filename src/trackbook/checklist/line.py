"""One line of a checklist: what was asked, whether it is done, and how one can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["done", "not done", "cannot be known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that an experiment should have."""

    state: State
    evidence: str
    """What is on record, with the ids and digests by which it is found."""
    next: str = ""
    """What to do; nothing where it is done."""


def done(evidence: str) -> Line:
    """Return that something is done."""
    return Line(state="done", evidence=evidence)


def lacking(evidence: str, next_: str) -> Line:
    """Return that something is not done, and what to do."""
    return Line(state="not done", evidence=evidence, next=next_)


def unknown(evidence: str, next_: str) -> Line:
    """Return that nothing on record can tell, and how it could."""
    return Line(state="cannot be known", evidence=evidence, next=next_)


def counted(count: int, what: str) -> str:
    """Return how many there are of something: `1 model`, `2 models`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
