"""What a version says of rows, and how long that takes it, whatever comes of asking it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from trackbook.clock import now_us, time_of
from trackbook.errors import TrackbookError
from trackbook.gates.answers import Unmeasured, outputs_of, with_scores
from trackbook.gates.bench import Bench
from trackbook.gates.evaluation import features_for
from trackbook.gates.loading import MEMORY_MB, Loaded, fault_of, load
from trackbook.gates.policy import TIME_LIMIT_S

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from trackbook.gates.candidate import Candidate
    from trackbook.gates.evaluation import Evaluation, Rows
    from trackbook.gates.loading import Clock, Times
    from trackbook.statistics import Predictions


class Measured(NamedTuple):
    """What came of asking a version, each part by itself."""

    said: Predictions | None = None
    """Of each row; None where there are none, or it said nothing that can be used."""
    why: str = ""
    """Why not."""
    load_s: float | None = None
    peak_bytes: int | None = None
    """Most that its process had in memory."""
    times: Times | None = None
    times_why: str = ""
    """Why it was not timed."""


def measure(
    candidate: Candidate,
    rows: Rows | None,
    asked: Evaluation | None,
    *,
    scratch: Path,
    halt: Event,
    clock: Clock,
    seconds: float = TIME_LIMIT_S,
) -> Measured:
    """Ask a version in a fresh process of its own, as `load.clean_process` does it.

    It is verified and scanned first, and has neither network nor secrets. Without rows it is
    timed with those that are pinned in its package.

    Args:
        candidate: the version
        rows: what it is asked
        asked: which of their columns, and which one is what is true
        scratch: a folder that is removed afterwards
        halt: ends its process when set
        clock: how long it is timed
        seconds: how long it may take, loading and being timed included
    """
    bench = Bench(
        candidate=candidate, scratch=scratch, project=None, policy_digest="",
        now=time_of(now_us()), halt=halt, deadline=time.monotonic() + seconds,
    )  # fmt: skip
    try:
        features = None if rows is None or asked is None else features_for(
            candidate, rows, asked
        )  # fmt: skip
        found = load(bench, MEMORY_MB, rows=features, clock=clock)
    except TrackbookError as error:
        return Measured(why=str(error), times_why=str(error))
    fault = fault_of(found)
    whole = told(found, fault)
    if rows is None or (fault is not None and not stands(found)):
        return whole._replace(why=fault or "")
    try:
        outputs = outputs_of(found.outputs, len(rows.table), "it")
    except Unmeasured as error:
        return whole._replace(why=str(error))
    said = with_scores(outputs, found.scores, candidate.signature, rows.target)
    return whole._replace(said=said)


def told(found: Loaded, fault: str | None) -> Measured:
    """Return what is known besides what a version said."""
    if found.refused or found.changed:
        return Measured(times_why=fault or "")
    none = fault or (
        "no rows are pinned in its package, so that there was nothing to ask it"
        if found.times is None
        else "the times that it told can be none"
    )
    spent = found.told
    timed = found.times if usable(found.times) else None
    return Measured(
        load_s=spent.load_s if spent else None,
        peak_bytes=max(found.ended.peak_bytes, (spent and spent.peak_bytes) or 0) or None,
        times=timed,
        times_why="" if timed else none,
    )


def stands(found: Loaded) -> bool:
    """Tell whether all was predicted, though the process failed at being timed afterwards."""
    return found.is_done and not found.refused and not found.changed


def usable(times: Times | None) -> bool:
    """Tell whether times can be such."""
    return times is not None and all(
        one and min(one) >= 0 for one in (times.one_ns, times.batch_ns)
    )
