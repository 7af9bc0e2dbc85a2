"""Writes a scan as SARIF 2.1.0, which code-hosting sites and editors show."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from trackbook.version import __version__

if TYPE_CHECKING:
    from trackbook.scan.finding import Finding, Scan

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(scan: Scan) -> dict[str, object]:
    """Return a scan as one SARIF log with one run, for `json.dumps`."""
    rules = sorted({finding.code for finding in scan.findings})
    driver = {
        "name": "trackbook scan",
        "version": __version__,
        "rules": [{"id": rule, "name": rule} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "results": [result_of(finding, rules) for finding in scan.findings],
        "invocations": [{"executionSuccessful": True}],
        "properties": {"verdict": scan.verdict, "files": len(scan.files)},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def result_of(finding: Finding, rules: list[str]) -> dict[str, object]:
    """Return one finding as SARIF has it; the place is the file, the words name the member."""
    file, _, member = finding.path.partition("!")
    words = f"{member}: {finding.words}" if member else finding.words
    place = {"artifactLocation": {"uri": quote(file)}}
    return {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": finding.severity,
        "message": {"text": words},
        "locations": [{"physicalLocation": place}],
    }
