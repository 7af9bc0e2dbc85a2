"""What a version was asked before it might enter a target, and what it answered."""

from __future__ import annotations

from typing import Literal

from trackbook.records.base import Record, kind

GateOutcome = Literal["passed", "failed", "warned", "errored", "skipped"]
GateVerdict = Literal["passed", "failed"]
Severity = Literal["fail", "warn"]


@kind("gate_report")
class GateReport(Record, frozen=True, kw_only=True):
    """A version stood before a gate; the report is never changed afterwards."""

    report_id: str
    model: str
    version_id: str
    version: str
    package_digest: str
    target: str
    """What it wanted to enter: staging, production, or a name of the policy's own."""
    policy_digest: str
    """SHA-256 of the policy's text."""
    policy: str
    """The policy's text, as it was."""
    champion: str | None
    """The version that it was compared with; None where there was none."""
    verdict: GateVerdict
    began_us: int
    """Microseconds since 1970."""
    duration_s: float
    machine: str
    """As JSON: host, Python, system, processor, memory."""
    baseline: str | None = None
    """The version that the alias led to, empty for none; None where it was not compared with."""
    files: list[str] | None = None
    """The project's files on which answers rest: of each its SHA-256, a space, its name."""


@kind("gate_result")
class GateResult(Record, frozen=True, kw_only=True):
    """What one check of a gate found."""

    report_id: str
    place: int
    """Among the checks of the report, from 0."""
    label: str
    check_name: str
    outcome: GateOutcome
    severity: Severity
    blocks: bool
    """Whether it kept the version out."""
    words: str
    """One sentence."""
    value: str | None
    """What was seen, as JSON."""
    threshold: str | None
    """What it was held against, as JSON."""
    evidence: str
    """As JSON."""
    duration_s: float
