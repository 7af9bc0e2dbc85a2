"""What a gate found: never changed, and shown in whatever form somebody needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.gates import forms
from trackbook.gates.evaluation import changed
from trackbook.records import GateReport, GateResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trackbook.records import GateOutcome, GateVerdict, Severity
    from trackbook.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one check found, and what that means."""

    label: str
    check: str
    outcome: GateOutcome
    severity: Severity
    blocks: bool
    """Whether it keeps the version out."""
    words: str
    value: str | None
    """What was seen, as JSON."""
    threshold: str | None
    """What it was held against, as JSON."""
    evidence: str
    """As JSON."""
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a gate found of one version; it shows itself as a table."""

    report_id: str
    model: str
    version: str
    version_id: str
    package_digest: str
    target: str
    policy_digest: str
    policy: str
    """The policy's text."""
    champion: str | None
    baseline: str | None = None
    """The version that the alias led to, empty for none; None where it was not compared with."""
    files: Sequence[str] = ()
    """The project's files on which answers rest: of each its SHA-256, a space, its name."""
    verdict: GateVerdict
    began_us: int
    duration_s: float
    machine: str
    """As JSON."""
    results: Sequence[Result]

    @property
    def passed(self) -> bool:
        """Whether the version may enter."""
        return self.verdict == "passed"

    @property
    def blocking(self) -> list[Result]:
        """What keeps the version out."""
        return [one for one in self.results if one.blocks]

    @property
    def counts(self) -> Counter[str]:
        """How many checks had each outcome."""
        return Counter(one.outcome for one in self.results)

    def stale_because(
        self,
        *,
        package_digest: str,
        policy_digest: str,
        champion: str | None,
        baseline: str | None = None,
        project: Path | None = None,
    ) -> str | None:
        """Say why the report no longer holds; None where it does.

        Args:
            package_digest: of the version's bytes now
            policy_digest: of the policy now
            champion: the version that serves now, as `Champion.known_as` gives it
            baseline: the version that the alias leads to now, given in the same way
            project: where the files are that were read; None where they are not to be read again
        """
        if package_digest != self.package_digest:
            return "the package is another one now"
        if policy_digest != self.policy_digest:
            return "the policy was changed"
        if champion != self.champion:
            return "the champion is another one now"
        return self.rests_on_other(baseline=baseline, project=project)

    def rests_on_other(self, *, baseline: str | None, project: Path | None) -> str | None:
        """Say that the baseline, or a file that was read, is another now; None where none is."""
        if self.baseline is not None and (baseline or "") != self.baseline:
            return "the baseline is another one now"
        found = changed(project, self.files) if project is not None else []
        return found[0] if found else None

    def table(self) -> Table:
        """Return one row per check."""
        return forms.table_of(self)

    def text(self) -> str:
        """Return the report as plain text."""
        return forms.text_of(self)

    def markdown(self) -> str:
        """Return the report as Markdown."""
        return forms.markdown_of(self)

    def json(self) -> str:
        """Return the report as one JSON object."""
        return forms.json_of(self)

    def junit(self) -> str:
        """Return the report as JUnit's XML, which CI systems show as tests."""
        return forms.junit_of(self)

    def sarif(self) -> str:
        """Return the report as a SARIF log, which code hosts show beside the code."""
        from trackbook.gates.sarif import sarif_of

        return sarif_of(self)

    def records(self) -> list[GateReport | GateResult]:
        """Return what is written down of it."""
        return [
            GateReport(
                report_id=self.report_id,
                model=self.model,
                version_id=self.version_id,
                version=self.version,
                package_digest=self.package_digest,
                target=self.target,
                policy_digest=self.policy_digest,
                policy=self.policy,
                champion=self.champion,
                baseline=self.baseline,
                files=list(self.files),
                verdict=self.verdict,
                began_us=self.began_us,
                duration_s=self.duration_s,
                machine=self.machine,
            ),
            *(self._record(place, one) for place, one in enumerate(self.results)),
        ]

    def _record(self, place: int, one: Result) -> GateResult:
        return GateResult(
            report_id=self.report_id,
            place=place,
            label=one.label,
            check_name=one.check,
            outcome=one.outcome,
            severity=one.severity,
            blocks=one.blocks,
            words=one.words,
            value=one.value,
            threshold=one.threshold,
            evidence=one.evidence,
            duration_s=one.duration_s,
        )

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()
