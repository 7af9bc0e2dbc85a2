"""Every check reports, whatever the others do, and the verdict follows from them."""

from __future__ import annotations

import json
import os
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from sarif_pydantic import Sarif

from trackbook.errors import NotFound, Refused
from trackbook.gates import (
    Cancelled,
    Gate,
    ask,
    evaluate,
    gates,
    last_reports,
    report_named,
    reports_of,
)


def crash(_folder):
    raise ZeroDivisionError("the scanner is broken")


def test_no_check_keeps_another_from_being_asked(packed) -> None:
    policy = gates(
        Gate("staging", ["security.scan", ask("perf.threshold", metric="f1", min=0.99),
                         "deps.pinned", "signature.compatible"])
    )  # fmt: skip
    report = evaluate(packed.candidate(scan=crash), policy, "staging")
    assert [one.outcome for one in report.results] == [
        "errored",
        "failed",
        "passed",
        "skipped",
    ]
    assert [one.label for one in report.blocking] == ["security.scan", "perf.threshold(f1)"]
    assert report.verdict == "failed"


def test_a_check_that_crashes_blocks_and_keeps_its_trace(packed) -> None:
    policy = gates(Gate("staging", [ask("security.scan", severity="warn")]))
    report = evaluate(packed.candidate(scan=crash), policy, "staging")
    (found,) = report.results
    assert (found.outcome, found.blocks) == ("errored", True)
    assert found.words == "it crashed: ZeroDivisionError: the scanner is broken"
    assert "in crash" in json.loads(found.evidence)["trace"]


def test_the_policy_may_let_a_crash_pass(packed) -> None:
    rules = {"security.*": "warn", "default": "fail"}
    policy = gates(Gate("staging", ["security.scan"], on_error=rules))
    report = evaluate(packed.candidate(scan=crash), policy, "staging")
    assert report.results[0].outcome == "errored"
    assert report.passed


@pytest.mark.parametrize(("rule", "blocks"), [("fail", True), ("warn", False)])
def test_the_policy_says_what_a_skip_means(packed, rule, blocks) -> None:
    policy = gates(Gate("staging", ["security.scan"], on_skip={"security.*": rule}))
    report = evaluate(packed.candidate(scan=None), policy, "staging")
    assert (report.results[0].outcome, report.results[0].blocks) == ("skipped", blocks)
    assert report.passed is not blocks


def test_a_check_that_only_warns_does_not_block(packed) -> None:
    asked = ask("perf.threshold", metric="f1", min=0.99, severity="warn")
    report = evaluate(packed.candidate(), gates(Gate("a", [asked])), "a")
    assert (report.results[0].outcome, report.verdict) == ("warned", "passed")


def test_a_check_that_does_not_answer_is_left_behind(packed, monkeypatch) -> None:
    monkeypatch.setattr("trackbook.gates.alone.GRACE_S", 0.1)
    awake = threading.Event()
    policy = gates(Gate("a", [ask("security.scan", time_limit="200ms"), "deps.pinned"]))
    began = time.monotonic()
    report = evaluate(packed.candidate(scan=lambda _: awake.wait(30)), policy, "a")
    awake.set()
    assert time.monotonic() - began < 20
    assert [one.outcome for one in report.results] == ["errored", "passed"]
    assert "no answer within 0.2 s" in report.results[0].words


def test_whoever_watches_is_told_before_and_after_each_check(packed) -> None:
    policy = gates(Gate("a", ["deps.pinned", "signature.present"]))
    steps = []
    evaluate(packed.candidate(), policy, "a", progress=steps.append)
    told = [(s.number, s.count, s.want.check, s.result and s.result.outcome) for s in steps]
    assert told == [
        (0, 2, "deps.pinned", None),
        (0, 2, "deps.pinned", "passed"),
        (1, 2, "signature.present", None),
        (1, 2, "signature.present", "passed"),
    ]


def test_a_gate_that_is_stopped_gives_no_report(packed) -> None:
    stop, steps = threading.Event(), []

    def watch(step) -> None:
        steps.append(step)
        stop.set()

    policy = gates(Gate("a", ["deps.pinned", "signature.present"]))
    with pytest.raises(Cancelled):
        evaluate(packed.candidate(), policy, "a", progress=watch, cancel=stop)
    assert len(steps) == 1


def test_an_interrupt_ends_what_the_check_had_started(packed) -> None:
    import _thread

    code = "import time\ndef load_model(folder):\n    time.sleep(66)\n"
    packed.write("code/predict.py", code)
    policy = gates(Gate("a", ["load.clean_process"]))
    timer = threading.Timer(1.0, _thread.interrupt_main)
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        evaluate(packed.candidate(), policy, "a")
    assert time.monotonic() - began < 30


def test_a_report_holds_until_package_policy_or_champion_change(packed) -> None:
    report = evaluate(packed.candidate(), gates(Gate("a", ["deps.pinned"])), "a")
    now = {
        "package_digest": report.package_digest,
        "policy_digest": report.policy_digest,
        "champion": None,
    }
    assert report.stale_because(**now) is None
    assert "package" in report.stale_because(**now | {"package_digest": "0"})
    assert "policy" in report.stale_because(**now | {"policy_digest": "0"})
    assert "champion" in report.stale_because(**now | {"champion": "v9"})


def test_a_report_cannot_be_changed(packed) -> None:
    report = evaluate(packed.candidate(), gates(Gate("a", ["deps.pinned"])), "a")
    with pytest.raises(FrozenInstanceError):
        report.verdict = "passed"
    with pytest.raises(FrozenInstanceError):
        report.results[0].blocks = False
    assert isinstance(report.results, tuple)


HOSTILE = "a|b\n<script>\x1b[2J\x00]]>&`*x*` \ufffe"


@pytest.fixture
def report(packed):
    def refuse(*_):
        raise Refused(HOSTILE)

    policy = gates(
        Gate("staging", ["package.intact", "security.scan", "deps.pinned", "signature.compatible",
                         ask("perf.threshold", metric="loss", max=0.1, severity="warn")])
    )  # fmt: skip
    candidate = packed.candidate(verify=refuse, scan=crash, model="<churn>")
    return evaluate(candidate, policy, "staging")


def test_text_and_markdown_say_every_check_and_nothing_moves(report) -> None:
    for text in (report.text(), report.markdown()):
        assert all(
            one.label.split("(")[0].replace("_", "")
            in text.replace("\\", "").replace("_", "")
            for one in report.results
        )
        assert not {"\x1b", "\x00"} & set(text)
        assert "1 passed, 1 warned, 1 skipped, 1 failed, 1 errored" in text
    rows = [line for line in report.markdown().splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(report.results)
    assert "<script>" not in report.markdown().replace("\\<", "")
    assert "<script>" not in report._repr_html_()


def test_json_says_everything_strictly(report) -> None:
    whole = json.loads(report.json(), parse_constant=pytest.fail)
    assert whole["verdict"] == "failed"
    assert whole["results"][4]["value"] == 0.3
    assert whole["results"][4]["threshold"] == {"max": 0.1}
    assert whole["results"][0]["words"] == HOSTILE
    assert whole["machine"]["python"].startswith("3.")


def test_junit_counts_what_blocks_as_failures_and_errors(report) -> None:
    suite = ET.fromstring(report.junit()).find("testsuite")
    counts = {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "1", "errors": "1", "skipped": "1"}
    cases = {c.get("name"): c for c in suite.iter("testcase")}
    assert cases["security.scan"].find("error").get("message").startswith("it crashed")
    assert cases["package.intact"].find("failure") is not None
    assert cases["signature.compatible"].find("skipped") is not None


def test_sarif_is_as_published_and_what_blocks_is_an_error_there(report) -> None:
    log = json.loads(report.sarif(), parse_constant=pytest.fail)
    read = Sarif.model_validate(log)
    assert read.runs[0].tool.driver.name == "trackbook"
    levels = {
        one["ruleId"]: (one["kind"], one["level"]) for one in log["runs"][0]["results"]
    }
    assert levels == {
        "package.intact": ("fail", "error"),
        "security.scan": ("fail", "error"),
        "deps.pinned": ("pass", "none"),
        "signature.compatible": ("notApplicable", "none"),
        "perf.threshold": ("fail", "warning"),
    }
    assert not {"\x1b", "\x00"} & set(log["runs"][0]["results"][0]["message"]["text"])
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in log["runs"][0]["results"]] == [*levels]


def test_a_file_whose_name_is_no_text_can_be_told_and_recorded(packed, project) -> None:
    Path(os.fsdecode(bytes(packed.folder / "model") + b"/\xff\xfe.pkl")).write_bytes(b"x")
    policy = gates(Gate("a", ["security.format", "size.package", "security.secrets"]))
    candidate = packed.candidate(package_digest="0" * 64)
    report = evaluate(candidate, policy, "a")
    assert "model/\\udcff\\udcfe.pkl" in report.results[0].words
    for record in report.records():
        project.journal.put(record)
    assert report_named(project.store, report.report_id) == report
    assert report.junit().encode()
    assert report.sarif().encode()


def test_what_is_recorded_can_be_asked_in_sql(report, project) -> None:
    for record in report.records():
        project.journal.put(record)
    store = project.store
    assert report_named(store, report.report_id) == report
    assert reports_of(store, "v2", target="staging") == [report]
    assert reports_of(store, "v2", target="production") == []
    assert last_reports(store) == {"v2": [report]}
    with pytest.raises(NotFound, match="no gate report named 'nix'"):
        report_named(store, "nix")
    asked = "SELECT model, target, verdict, started_at IS NOT NULL FROM gate_reports"
    assert store.rows(asked).rows == [("<churn>", "staging", "failed", True)]
    asked = "SELECT label, outcome FROM gate_results WHERE blocks ORDER BY place"
    assert store.rows(asked).rows == [
        ("package.intact", "failed"),
        ("security.scan", "errored"),
    ]
