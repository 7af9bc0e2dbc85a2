"""A gate's report as a table, as text, Markdown, JSON and JUnit's XML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from trackbook.clock import time_of
from trackbook.table import Table, visible

if TYPE_CHECKING:
    from trackbook.gates.report import Report, Result

SIGNS = {"passed": "✓", "failed": "✗", "warned": "!", "errored": "✗", "skipped": "○"}
COLUMNS = ("", "check", "outcome", "found", "s")
IN_MARKDOWN = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]<>|#!~&@:"} | {"\n": " ", "\r": " "}
)


def table_of(report: Report) -> Table:
    """Return one row per check, what keeps the version out first said above."""
    rows = [
        (SIGNS[one.outcome], one.label, said_of(one), one.words, round(one.duration_s, 2))
        for one in report.results
    ]
    return Table(COLUMNS, rows, title=head_of(report), note=foot_of(report))


def text_of(report: Report) -> str:
    """Return the report as plain text, with every word of every check."""
    lines = [visible(head_of(report))]
    widest = max((len(one.label) for one in report.results), default=0)
    for one in report.results:
        name = visible(one.label).ljust(widest)
        lines.append(f"  {SIGNS[one.outcome]} {name}  {said_of(one)}: {visible(one.words)}")
    return "\n".join([*lines, visible(foot_of(report))])


def markdown_of(report: Report) -> str:
    """Return the report as Markdown that no word of it can break out of."""
    lines = [
        f"## {escaped(head_of(report))}",
        "",
        "| | check | outcome | found | s |",
        "|---|---|---|---|---:|",
    ]
    for one in report.results:
        cells = (SIGNS[one.outcome], escaped(one.label), said_of(one), escaped(one.words))
        lines.append(f"| {' | '.join(cells)} | {one.duration_s:.2f} |")
    return "\n".join([*lines, "", escaped(foot_of(report)), ""])


def json_of(report: Report) -> str:
    """Return the report as one JSON object; what was JSON in it is nested, not quoted."""
    names = (
        "report_id", "model", "version", "version_id", "package_digest", "target", "verdict",
        "policy_digest", "champion", "duration_s",
    )  # fmt: skip
    whole: dict[str, object] = {name: getattr(report, name) for name in names}
    whole |= {
        "started_at": time_of(report.began_us).isoformat().replace("+00:00", "Z"),
        "machine": json.loads(report.machine),
        "policy": report.policy,
        "results": [result_of(one) for one in report.results],
    }
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, indent=2)


def result_of(one: Result) -> dict[str, object]:
    """Return one check's result as plain values."""
    return {
        "check": one.check,
        "label": one.label,
        "outcome": one.outcome,
        "severity": one.severity,
        "blocks": one.blocks,
        "words": one.words,
        "value": None if one.value is None else json.loads(one.value),
        "threshold": None if one.threshold is None else json.loads(one.threshold),
        "evidence": json.loads(one.evidence),
        "duration_s": one.duration_s,
    }


def junit_of(report: Report) -> str:
    """Return the report as JUnit's XML: what blocks is a failure or an error there."""
    states = {one.label: state_of(one) for one in report.results}
    suite = Element(
        "testsuite",
        name=visible(f"{report.model}@{report.version} -> {report.target}"),
        tests=str(len(report.results)),
        failures=str(sum(state == "failure" for state in states.values())),
        errors=str(sum(state == "error" for state in states.values())),
        skipped=str(sum(state == "skipped" for state in states.values())),
        time=f"{report.duration_s:.3f}",
        timestamp=time_of(report.began_us).strftime("%Y-%m-%dT%H:%M:%S"),
    )
    properties = SubElement(suite, "properties")
    for name in ("report_id", "package_digest", "policy_digest", "verdict"):
        SubElement(properties, "property", name=name, value=visible(getattr(report, name)))
    for one in report.results:
        case = SubElement(
            suite,
            "testcase",
            classname=visible(one.check),
            name=visible(one.label),
            time=f"{one.duration_s:.3f}",
        )
        state = states[one.label]
        words = visible(one.words)
        if state:
            SubElement(case, state, message=words).text = visible(one.evidence)
        else:
            SubElement(case, "system-out").text = f"{one.outcome}: {words}"
    suites = Element("testsuites")
    suites.append(suite)
    indent(suites)
    return tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def state_of(one: Result) -> str:
    """Return what JUnit calls a result; empty for what passes."""
    if one.blocks:
        return "error" if one.outcome == "errored" else "failure"
    return "skipped" if one.outcome in {"skipped", "errored"} else ""


def head_of(report: Report) -> str:
    """Return the verdict in one line."""
    sign = "✓" if report.passed else "✗"
    return f"{sign} {report.model}@{report.version} {report.verdict} the gate to {report.target}"


def foot_of(report: Report) -> str:
    """Return what stands below: counts, and by what the report is known."""
    order = ("passed", "warned", "skipped", "failed", "errored")
    counts = ", ".join(
        f"{report.counts[name]} {name}" for name in order if report.counts[name]
    )
    return (
        f"{counts} in {report.duration_s:.1f} s · package {report.package_digest[:12]}"
        f" · policy {report.policy_digest[:12]} · report {report.report_id}"
    )


def said_of(one: Result) -> str:
    """Return an outcome, and that it blocks where one would not think so."""
    expected = one.outcome in {"failed", "errored"}
    if one.blocks == expected:
        return one.outcome
    return f"{one.outcome} (blocks)" if one.blocks else f"{one.outcome} (does not block)"


def escaped(text: str) -> str:
    """Return text that is only text in Markdown and in a cell of a table."""
    return visible(text).translate(IN_MARKDOWN)
