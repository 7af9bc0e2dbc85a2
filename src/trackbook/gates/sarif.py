"""A gate's report as SARIF 2.1.0 (OASIS), which code hosts show beside what it is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from trackbook.clock import time_of
from trackbook.gates.policy_text import file_called
from trackbook.table import visible
from trackbook.version import __version__

if TYPE_CHECKING:
    from trackbook.gates.report import Report, Result

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
KINDS = {"passed": "pass", "skipped": "notApplicable"}
"""Whatever else comes out is a failure; how bad, its level says."""


def sarif_of(report: Report) -> str:
    """Return the report as a SARIF log: a rule and a result for each check.

    What keeps the version out is an error there, what does not a warning. Each result points
    to the policy that asked for it, and to the version by name.
    """
    policy = file_called(report.policy)
    rules = list(dict.fromkeys(one.check for one in report.results))
    began = time_of(report.began_us)
    run = {
        "tool": {
            "driver": {
                "name": "trackbook",
                "version": __version__,
                "rules": [{"id": visible(name)} for name in rules],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "startTimeUtc": began.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            }
        ],
        "automationDetails": {"id": quote(f"trackbook/{report.model}/{report.target}")},
        "results": [
            result_of(report, one, rules.index(one.check), policy) for one in report.results
        ],
        "properties": {
            "verdict": report.verdict,
            "report_id": report.report_id,
            "package_digest": report.package_digest,
            "policy_digest": report.policy_digest,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, allow_nan=False, indent=2)


def result_of(report: Report, one: Result, rule: int, policy: str) -> dict[str, object]:
    """Return one check's result."""
    kind = "fail" if one.blocks else KINDS.get(one.outcome, "fail")
    level = "none" if kind != "fail" else "error" if one.blocks else "warning"
    version = visible(f"{report.model}@{report.version}")
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": policy},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"fullyQualifiedName": version, "kind": "object"}],
    }
    words = f"{version}, {one.label}: {one.outcome}: {one.words}"
    return {
        "ruleId": visible(one.check),
        "ruleIndex": rule,
        "kind": kind,
        "level": level,
        "message": {"text": visible(words)},
        "locations": [place],
        "partialFingerprints": {"check/v1": f"{report.version_id}/{visible(one.label)}"},
        "properties": {"outcome": one.outcome, "severity": one.severity},
    }
