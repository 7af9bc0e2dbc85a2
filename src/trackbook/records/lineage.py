"""What rests on what: executions on executions, runs on executions."""

from __future__ import annotations

from typing import Literal

import msgspec

from trackbook.records.base import Record, kind


@kind("tie")
class Tie(Record, frozen=True, kw_only=True):
    """On what an execution rests, and what it changed; stamped with that execution."""

    before: list[str]
    """Executions whose work it used, in their order."""
    why: list[str]
    """For each of them the names and things by which, with commas between."""
    binds: list[str]
    """Names it bound anew."""
    changes: list[str]
    """Names whose objects it changed in place, or may have, and files that it wrote."""
    ambient: bool = False
    """It changed what every later execution may rest on."""
    unknown: str | None = None
    """Why nothing certain is known, so that it rests on everything before it."""
    seeds: list[str] = msgspec.field(default_factory=list)
    """Generators of random numbers that it set anew."""


@kind("contribution")
class Contribution(Record, frozen=True, kw_only=True):
    """An execution gave something to a run; stamped with both."""

    metrics: list[str]


@kind("dice")
class Dice(Record, frozen=True, kw_only=True):
    """A generator of random numbers as it stood before an execution first used it."""

    of: str
    """random, numpy or torch."""
    state: str
    """As JSON: what the generator's own getter gives, arrays as lists."""


Verdict = Literal["identical", "within tolerance", "different", "failed"]
Cause = Literal["missed dependency", "nondeterministic", "external", ""]


@kind("reproduction")
class Reproduction(Record, frozen=True, kw_only=True):
    """A run's slice was executed again in a fresh kernel; stamped with the run."""

    verdict: Verdict
    duration_s: float
    differences: list[str]
    """What differs, a sentence each; empty where nothing does."""
    largest_difference: float
    """Relative, of all metrics; 0 where all are the same to the bit."""
    tolerance: float
    """Relative: up to which difference two numbers count as the same."""
    cause: Cause = ""
    """What the difference comes from, as found by executing more."""
    blames: list[str] = msgspec.field(default_factory=list)
    """What is likely to blame, a sentence each."""
    execution_count: int = 0
    """Executions in the slice."""
    python: str = ""
    tries: int = 1
    """How often the slice was executed to judge it."""
    environment: str = ""
    """What it was executed in, where that was not the environment of whoever asked."""


@kind("noise")
class Noise(Record, frozen=True, kw_only=True):
    """How far a metric's last value goes apart over several tries; stamped with the run."""

    metric: str
    tries: int
    least: float
    greatest: float
    mean: float
    deviation: float
    """Standard, of a sample."""
