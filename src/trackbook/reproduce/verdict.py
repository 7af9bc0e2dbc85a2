"""Whether a run gives again what it gave, and what is likely to blame when it does not."""

from __future__ import annotations

import math
import platform
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import Misused
from trackbook.fingerprint import packages_in_use
from trackbook.lineage import session_of, slice_of
from trackbook.records import Reproduction
from trackbook.reproduce.rerun import SQL, points_of, rerun, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.lineage import Part, Slice
    from trackbook.records import Cause, Run, Verdict
    from trackbook.reproduce.rerun import Points, Progress, Rerun
    from trackbook.store import Store

    Key = tuple[str, str, int]

TOLERANCE = 1e-9
MOST_SAID = 20
CLOCKED = frozenset({"fit_time_s"})
"""Metrics that are times, which no run gives again: a search's candidates keep them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric that does not come out as it did."""

    metric: str
    step: int | None
    """The first step that differs; None where the series differ in length, or one is missing."""
    recorded: float | None
    now: float | None

    @property
    def relative(self) -> float:
        """How far apart, relative to the recorded number; infinite where one is missing."""
        if self.recorded is None or self.now is None:
            return math.inf
        if math.isnan(self.recorded) or math.isnan(self.now):
            return math.inf
        if self.recorded == self.now:
            return 0.0
        apart = abs(self.now - self.recorded)
        return apart / abs(self.recorded) if self.recorded else math.inf

    def __str__(self) -> str:
        at = f" at step {self.step}" if self.step else ""
        if self.now is None:
            return f"{self.metric}{at} was {self.recorded:.6g} and is not there now"
        if self.recorded is None:
            return f"{self.metric}{at} was not there and is {self.now:.6g} now"
        return f"{self.metric}{at} was {self.recorded!r} and is {self.now!r} now"


def reproduce(
    store: Store,
    run: Run,
    *,
    tolerance: float = TOLERANCE,
    timeout_s: float | None = None,
    progress: Progress = lambda _done, _count: None,
) -> tuple[Reproduction, Slice]:
    """Execute a run's slice again in a fresh kernel and say how it compares.

    Where it differs or fails, all executions before are executed as well: if that gives
    what was recorded, the slice had missed something, and the run's slice is the whole from
    then on. If it does not, the slice is executed once more, to tell chance from the world.

    Raises:
        Misused: the run has no numbers that could be compared
        NotFound: it was made outside of cells
    """
    cut = slice_of(store, run)
    recorded = points_of(store, run.run_id)
    if not recorded:
        raise Misused(
            f"run {run.name!r} has no metrics, so nothing can be compared:"
            " %track restore gives its code"
        )
    trial = Trial(store, run, cut, recorded, tolerance, timeout_s, progress)
    first = trial.again(cut.parts)
    verdict, differences = trial.verdict_on(first)
    cause: Cause = ""
    if verdict in ("different", "failed"):
        cause = trial.cause_of(first)
    said = [str(one) for one in differences]
    if verdict == "failed":
        said.insert(0, first.failure or "it opened no run like the first one")
    return Reproduction(
        verdict=verdict,
        duration_s=trial.seconds,
        differences=said[:MOST_SAID],
        largest_difference=max((one.relative for one in differences), default=0.0),
        tolerance=tolerance,
        cause=cause,
        blames=blames(store, run, cut, cause) if cause else [],
        execution_count=len(cut.parts),
        python=platform.python_version(),
    ), cut


class Trial:
    """One run on trial: what was recorded of it, and how to execute it again."""

    def __init__(  # all that a rerun needs
        self,
        store: Store,
        run: Run,
        cut: Slice,
        recorded: Points,
        tolerance: float,
        timeout_s: float | None,
        progress: Progress,
    ) -> None:
        self._store = store
        self._run = run
        self._cut = cut
        self._recorded = recorded
        self._tolerance = tolerance
        self._timeout_s = timeout_s
        self._progress = progress
        self._key = key_of(store, run)
        self.seconds = 0.0

    def again(self, parts: Sequence[Part]) -> Rerun:
        """Execute parts in a fresh kernel."""
        done = rerun(
            parts,
            self._cut.dice,
            self._cut.folder,
            timeout_s=self._timeout_s,
            progress=self._progress,
        )
        self.seconds += done.seconds
        return done

    def verdict_on(self, done: Rerun) -> tuple[Verdict, list[Difference]]:
        """Return how a rerun compares with what was recorded."""
        return compared(self._recorded, done, self._key, self._tolerance)

    def cause_of(self, first: Rerun) -> Cause:
        """Return why a rerun of the slice does not give what was recorded."""
        cut = self._cut
        whole = before_and_with(session_of(self._store, self._run.session_id), cut)
        if len(whole) > len(cut.parts):
            good = ("identical", "within tolerance")
            if self.verdict_on(self.again(whole))[0] in good:
                return "missed dependency"
        now = first.runs.get(self._key) if self._key is not None else None
        if now is None:
            return "external"
        other = compared(now, self.again(cut.parts), self._key, 0.0)[0]
        return "external" if other == "identical" else "nondeterministic"


def key_of(store: Store, run: Run) -> Key | None:
    """Return by which a run is known in a rerun: its opener, its kind, its place there."""
    for run_id, opener, relation, place in runs_of(store, run.session_id):
        if run_id == run.run_id:
            return opener, relation, place
    return None


def compared(
    recorded: Points, found: Rerun, key: Key | None, tolerance: float
) -> tuple[Verdict, list[Difference]]:
    """Return the verdict of a rerun, and every metric that differs to the bit."""
    now = found.runs.get(key) if key is not None else None
    if found.failure is not None or now is None:
        return "failed", []
    compared_names = sorted({*recorded, *now} - CLOCKED)
    differences = [
        difference
        for name in compared_names
        for difference in differing(name, recorded.get(name, []), now.get(name, []))
    ]
    if not differences:
        return "identical", []
    near = all(one.relative <= tolerance for one in differences)
    return ("within tolerance" if near else "different"), differences


def differing(
    name: str, recorded: Sequence[tuple[int, float]], now: Sequence[tuple[int, float]]
) -> list[Difference]:
    """Return the first difference of two series, and the largest where that is another."""
    found = [
        Difference(metric=name, step=step, recorded=value, now=other)
        for (step, value), (at, other) in zip(recorded, now, strict=False)
        if step != at or bits(value) != bits(other)
    ]
    if len(recorded) != len(now):
        longer = recorded if len(recorded) > len(now) else now
        step, value = longer[min(len(recorded), len(now))]
        found.append(
            Difference(
                metric=name,
                step=step,
                recorded=value if longer is recorded else None,
                now=value if longer is now else None,
            )
        )
    if not found:
        return []
    largest = max(found, key=lambda one: one.relative)
    return [found[0]] if largest is found[0] else [found[0], largest]


def bits(value: float) -> bytes:
    """Return a number so that NaN equals itself."""
    return struct.pack("<d", math.nan if math.isnan(value) else value)


def before_and_with(session: Sequence[Part], cut: Slice) -> list[Part]:
    """Return every execution up to the last one of a slice."""
    last = cut.parts[-1].execution_id
    return [part for part in session if part.execution_id <= last]


def blames(store: Store, run: Run, cut: Slice, cause: Cause) -> list[str]:
    """Return what is likely to be behind a difference."""
    found: list[str] = []
    if cause == "missed dependency":
        found.append("trackbook had left out an execution that mattered")
    rows = store.rows(SQL["packages_of"], run=run.run_id).rows
    then = dict(package.partition("==")[::2] for package in (rows[0][0] if rows else []))
    now = dict(package.partition("==")[::2] for package in packages_in_use())
    other = [
        f"{name} {version} then, {now[name]} now"
        for name, version in then.items()
        if name in now and now[name] != version
    ]
    if other:
        found.append(f"other packages: {', '.join(sorted(other)[:8])}")
    ((python,),) = store.rows(SQL["python_of"], session=run.session_id).rows
    if python != platform.python_version():
        found.append(f"Python {python} then, {platform.python_version()} now")
    source = "\n".join(part.source for part in cut.parts)
    found += [says for word, says in SUSPECTS.items() if word in source]
    if "seed(" not in source and "random_state" not in source:
        found.append("no seed is set (trackbook.seed_everything(42) sets them all)")
    return found


SUSPECTS = {
    "default_rng()": "default_rng() without a seed",
    "n_jobs": "several threads or processes (n_jobs)",
    "time.time": "the clock is read (time.time)",
    "datetime.now": "the clock is read (datetime.now)",
    "requests.": "the network is used (requests)",
    "urlopen": "the network is used (urlopen)",
    "http": "something is fetched from an address (http)",
    "input(": "somebody is asked (input)",
    "***": "a secret in the code was masked when it was recorded",
}
"""Words in a source that make a result hard to get again, and why."""
