"""A version before a gate: every check is asked, one by one, and all of them report."""

from __future__ import annotations

import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trackbook.clock import new_id, now_us, time_of
from trackbook.errors import TrackbookError
from trackbook.fingerprint import computer, this_machine
from trackbook.gates.alone import Overdue, answer_of
from trackbook.gates.answer import Answer, as_json, plain
from trackbook.gates.bench import Bench
from trackbook.gates.catalogue import check_named, keywords
from trackbook.gates.family import together
from trackbook.gates.report import Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from trackbook.gates.candidate import Candidate
    from trackbook.gates.policy import Policy, Target, Want
    from trackbook.records import GateOutcome

TRACE_LINES = 30
BASELINE = "perf.vs_baseline"


class Cancelled(TrackbookError):
    """Somebody stopped a gate before all its checks were asked; there is no report."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a gate is."""

    number: int
    """Of the check, from 0."""
    count: int
    want: Want
    result: Result | None
    """None while the check works."""


def evaluate(
    candidate: Candidate,
    policy: Policy,
    target: str,
    *,
    progress: Callable[[Step], object] = lambda _: None,
    cancel: threading.Event | None = None,
    clock: Callable[[], int] = now_us,
) -> Report:
    """Ask a candidate everything that stands before a target; return all that was found.

    No check keeps another from being asked; one that crashes or is late is `errored`.
    `progress` is told before and after each, in the caller's thread, and once more from the
    first on that is lost when tests are held together (`family`). When `cancel` is set, what a
    check had started is ended.

    Raises:
        NotFound: the policy has no such target
        Cancelled: `cancel` was set
    """
    gate = policy.target(target)
    began_us, began = clock(), time.monotonic()
    stop, now = cancel or threading.Event(), time_of(began_us)
    said, files = all_asked(candidate, policy, gate, progress, stop, now)
    results = settled(said, gate, progress)
    champion = candidate.champion
    return Report(
        report_id=new_id(),
        model=candidate.model,
        version=candidate.version,
        version_id=candidate.version_id,
        package_digest=candidate.package_digest,
        target=target,
        policy_digest=policy.digest,
        policy=policy.text,
        champion=None if champion is None else champion.known_as,
        baseline=baseline_of(candidate, gate),
        files=tuple(f"{files[name]} {name}" for name in sorted(files)),
        verdict="failed" if any(one.blocks for one in results) else "passed",
        began_us=began_us,
        duration_s=time.monotonic() - began,
        machine=machine(),
        results=results,
    )


def all_asked(
    candidate: Candidate,
    policy: Policy,
    gate: Target,
    progress: Callable[[Step], object],
    stop: threading.Event,
    now: datetime,
) -> tuple[list[Asked], dict[str, str]]:
    """Ask every check of a gate, in its order; return the files that they read too."""
    said: list[Asked] = []
    files: dict[str, str] = {}
    memory: dict[Hashable, object] = {}
    count = len(gate.wants)
    with tempfile.TemporaryDirectory(
        prefix="trackbook-gate-", ignore_cleanup_errors=True
    ) as scratch:
        for number, want in enumerate(gate.wants):
            progress(Step(number, count, want, None))
            bench = Bench(
                candidate=candidate,
                scratch=Path(scratch),
                project=policy.folder,
                policy_digest=policy.digest,
                now=now,
                halt=threading.Event(),
                deadline=time.monotonic() + want.time_limit_s,
                memory=memory,
                files=files,
            )
            said.append(asked(want, bench, stop))
            progress(Step(number, count, want, result_of(said[-1], gate)))
    return said, files


def baseline_of(candidate: Candidate, gate: Target) -> str | None:
    """Return the baseline that a gate compares with, empty for none; None where it does not."""
    if not any(want.check == BASELINE for want in gate.wants):
        return None
    return "" if candidate.baseline is None else candidate.baseline.known_as


def settled(
    said: list[Asked], gate: Target, progress: Callable[[Step], object]
) -> tuple[Result, ...]:
    """Return what all checks found, once their tests are held together against chance."""
    anew = together({one.want.label: one.said for one in said}) if gate.holm else {}
    results: list[Result] = []
    is_changed = False
    for number, one in enumerate(said):
        label = one.want.label
        whole = one._replace(said=anew[label]) if label in anew else one
        results.append(result_of(whole, gate))
        is_changed |= results[-1].outcome != result_of(one, gate).outcome
        if is_changed:  # and all after it, for whoever shows them in their order
            progress(Step(number, len(said), one.want, results[-1]))
    return tuple(results)


class Asked(NamedTuple):
    """What one check said."""

    want: Want
    said: Answer | BaseException
    duration_s: float


def asked(want: Want, bench: Bench, stop: threading.Event) -> Asked:
    """Ask one check."""
    began = time.monotonic()
    check = check_named(want.check)
    params = keywords(want.params, check)

    def job() -> Answer:
        return check(bench.candidate, bench, **params)

    said = answer_of(job, want.time_limit_s, bench.halt, stop.is_set)
    if stop.is_set():
        raise Cancelled(f"the gate was stopped at {want.label}: nothing was decided")
    if not isinstance(said, (Answer, BaseException)):
        said = TypeError(f"returned {type(said).__name__}, not an Answer")
    return Asked(want, said, time.monotonic() - began)


def result_of(asked: Asked, gate: Target) -> Result:
    """Return what a check's answer means for the gate."""
    want, said = asked.want, asked.said
    outcome, blocks = meaning(want, gate, said)
    answer = said if isinstance(said, Answer) else crash(said)
    return Result(
        label=want.label,
        check=want.check,
        outcome=outcome,
        severity=want.severity,
        blocks=blocks,
        words=str(plain(str(answer.words))),
        value=None if answer.value is None else as_json(answer.value),
        threshold=None if answer.threshold is None else as_json(answer.threshold),
        evidence=as_json(answer.evidence),
        duration_s=asked.duration_s,
    )


def meaning(
    want: Want, gate: Target, said: Answer | BaseException
) -> tuple[GateOutcome, bool]:
    """Return what became of a check, and whether that keeps the version out."""
    is_strict = want.severity == "fail"
    if not isinstance(said, Answer):
        return "errored", gate.after("error", want.check) == "fail"
    if said.outcome == "skipped":
        keeps = gate.after("skip", want.check, is_grave=said.is_grave)
        return "skipped", is_strict and keeps == "fail"
    if said.outcome == "passed":
        return "passed", False
    return ("failed", True) if is_strict else ("warned", False)


def crash(error: BaseException) -> Answer:
    """Return what is to be told of a check that crashed."""
    told = str(error).strip() or "no message"
    kind = type(error).__name__
    ours = isinstance(error, (TrackbookError, Overdue))
    lines = traceback.format_exception(error)[-TRACE_LINES:]
    return Answer(
        outcome="failed",
        words=told if ours else f"it crashed: {kind}: {told}",
        evidence={"error": kind, "trace": "".join(lines)},
    )


def machine() -> str:
    """Return where a gate was held, as JSON."""
    here, seen = this_machine(), computer()
    return as_json(
        {
            "host": here.host,
            "python": here.python,
            "system": seen.os,
            "processor": seen.cpu,
            "cpu_count": seen.cpu_count,
            "memory_bytes": seen.memory_limit_bytes or seen.memory_bytes,
        }
    )
