"""What holds for every policy and every text, however odd."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.errors import Misused
from trackbook.gates import Policy, Report, Result
from trackbook.gates.policy_text import from_document

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
NAMES = st.sampled_from(
    ["staging", "a", "default", "compliance.approvals", "perf.threshold", "perf.vs_champion",
     "size.package", "deps.pinned", "mine:check", "f1", "fail", "warn", "14d", "[", ""]
)  # fmt: skip
VALUES = st.recursive(
    PLAIN | NAMES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner)
)
KEYS = st.sampled_from(
    ["check", "label", "severity", "time_limit", "metric", "min", "max", "direction", "count",
     "from", "expires", "max_mb", "margin", "not_author"]
)  # fmt: skip
CHECK = NAMES | VALUES | st.dictionaries(KEYS, VALUES | NAMES)
TARGET = st.fixed_dictionaries(
    {},
    optional={
        "extends": NAMES | VALUES,
        "require": st.lists(NAMES) | VALUES,
        "checks": st.lists(CHECK, max_size=3) | VALUES,
        "approvals": st.dictionaries(KEYS, VALUES),
        "on_error": VALUES | NAMES,
        "on_skip": st.dictionaries(NAMES, NAMES) | VALUES,
        "description": VALUES,
    },
)
DOCUMENT = st.fixed_dictionaries(
    {"targets": st.dictionaries(NAMES, TARGET | VALUES, max_size=3)},
    optional={"version": VALUES, "groups": st.dictionaries(NAMES, VALUES)},
)


@settings(max_examples=100, deadline=None)
@given(DOCUMENT)
def test_a_policy_is_taken_or_refused_in_one_clear_error(document) -> None:
    found = taken(document)
    if isinstance(found, Policy):
        assert all(target.wants for target in found.targets.values())
    else:
        assert found.startswith("the policy: ")


def taken(document) -> Policy | str:
    """The policy of a document, or what is said against it."""
    try:
        return from_document(document, "", "the policy", None)
    except Misused as error:
        return str(error)


TEXT = st.text(max_size=40)


@settings(max_examples=200, deadline=None)
@given(
    TEXT, TEXT, TEXT, st.sampled_from(["passed", "failed", "warned", "errored", "skipped"])
)
def test_no_text_breaks_out_of_a_report(model, label, words, outcome) -> None:
    result = Result(
        label=label, check="c", outcome=outcome, severity="fail", blocks=outcome == "failed",
        words=words, value=None, threshold=None, evidence=json.dumps({"x": words}),
        duration_s=0.1,
    )  # fmt: skip
    report = Report(
        report_id="r", model=model, version="1", version_id="v", package_digest="d",
        target="t", policy_digest="p", policy=words, champion=None, verdict="failed",
        began_us=0, duration_s=1.0, machine="{}", results=(result,),
    )  # fmt: skip
    suite = ET.fromstring(report.junit()).find("testsuite")
    assert len(list(suite.iter("testcase"))) == 1
    assert json.loads(report.json())["results"][0]["words"] == words
    assert len(json.loads(report.sarif())["runs"][0]["results"]) == 1
    lines = report.markdown().split("\n")
    assert (
        len([line for line in lines if line.startswith("| ") and line.endswith(" 0.10 |")])
        == 1
    )
    assert len(lines) == 8
    assert len(report.text().split("\n")) == 3


@pytest.mark.parametrize("depth", [50, 5_000])
def test_a_policy_that_is_nested_deeply_is_refused(depth, tmp_path) -> None:
    from trackbook.gates import POLICY_FILE, read_policy

    text = "[targets.a]\nchecks = " + "[" * depth + "]" * depth
    (tmp_path / POLICY_FILE).write_text(text)
    with pytest.raises(Misused):
        read_policy(tmp_path)
