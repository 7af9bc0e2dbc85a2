"""Whether a run gives again what it gave, and why not where it does not."""

from __future__ import annotations

import platform
import statistics
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from trackbook.errors import Misused
from trackbook.lineage import session_of, slice_of
from trackbook.records import Noise, Reproduction
from trackbook.reproduce.blames import blames
from trackbook.reproduce.differences import (
    data_differences,
    metric_differences,
    model_differences,
)
from trackbook.reproduce.outcome import launch_of_session, outcome_of, runs_of
from trackbook.reproduce.rerun import rerun

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.lineage import Part, Slice
    from trackbook.records import Cause, Run, Verdict
    from trackbook.reproduce.differences import Difference
    from trackbook.reproduce.outcome import Outcome, Used
    from trackbook.reproduce.rerun import Progress, Rerun
    from trackbook.store import Store

    Key = tuple[str, str, int]

TOLERANCE = 1e-9
MOST_SAID = 20
GOOD = ("identical", "within tolerance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run is put on trial."""

    tolerance: float = TOLERANCE
    """Relative: up to which difference two numbers count as the same."""
    timeout_s: float | None = None
    """For each try; None for three times what it took at first."""
    tries: int = 1
    """How often the slice is executed; from two on the noise of each metric is learned."""
    python: str = sys.executable
    """The interpreter of the fresh kernel."""
    version: str = field(default_factory=platform.python_version)
    """Of that interpreter."""
    environment: str = ""
    """What that interpreter has, where it is not this process's own."""
    remarks: Sequence[str] = ()
    """In what it is not as it was."""


class Proven(NamedTuple):
    """What came of a trial."""

    found: Reproduction
    cut: Slice
    noise: Sequence[Noise]


class Compared(NamedTuple):
    """How a rerun compares with what was recorded."""

    verdict: Verdict
    metrics: Sequence[Difference] = ()
    data: Sequence[tuple[Used, str]] = ()
    models: Sequence[str] = ()

    @property
    def said(self) -> list[str]:
        """What differs, a sentence each."""
        return [*map(str, self.metrics), *(said for _, said in self.data), *self.models]


def reproduce(
    store: Store,
    run: Run,
    terms: Terms | None = None,
    *,
    progress: Progress = lambda _done, _count: None,
) -> Proven:
    """Execute a run's slice again in a fresh kernel and say how it compares.

    Where it differs or fails, all executions before are executed as well: if that gives
    what was recorded, the slice had missed something, and the run's slice is the whole from
    then on. If it does not, the slice is executed once more, to tell chance from the world.

    Raises:
        Misused: the run has no numbers that could be compared
        NotFound: it was made outside of cells
    """
    cut = slice_of(store, run)
    recorded = outcome_of(store, run.run_id)
    must_be_comparable(run, recorded)
    return on_trial(Trial(store, run, cut, recorded, terms or Terms(), progress))


def on_trial(trial: Trial) -> Proven:
    """Execute a run again as often as its terms say, and say how it compares."""
    cut = trial.cut
    first = trial.again(cut.parts)
    tries = [first, *(trial.again(cut.parts) for _ in range(trial.terms.tries - 1))]
    result = trial.judged(tries)
    cause = trial.cause_of(first) if result.verdict not in GOOD else ""
    said = result.said
    if result.verdict == "failed":
        said.insert(0, first.failure or "it opened no run like the first one")
    changed = [used for used, _ in result.data]
    found = Reproduction(
        verdict=result.verdict,
        duration_s=trial.seconds,
        differences=said[:MOST_SAID],
        largest_difference=max((one.relative for one in result.metrics), default=0.0),
        tolerance=trial.terms.tolerance,
        cause=cause,
        blames=trial.blames(cause, changed) if cause else [],
        execution_count=trial.execution_count,
        python=trial.terms.version,
        tries=trial.terms.tries,
        environment=trial.terms.environment,
    )
    return Proven(found, cut, noise_of(trial.outcomes(tries)))


def must_be_comparable(run: Run, recorded: Outcome) -> None:
    """Refuse a run that has nothing to be compared."""
    if not recorded.points and not recorded.models:
        raise Misused(
            f"run {run.name!r} has no metrics and no models, so nothing can be compared:"
            " %track restore gives its code"
        )


class Trial:
    """One run on trial: what was recorded of it, and how to execute it again."""

    def __init__(
        self,
        store: Store,
        run: Run,
        cut: Slice,
        recorded: Outcome,
        terms: Terms,
        progress: Progress,
    ) -> None:
        self.terms = terms
        self.cut = cut
        self.execution_count = len(cut.parts)
        self.seconds = 0.0
        self._store = store
        self._run = run
        self._recorded = recorded
        self._progress = progress
        self._key = key_of(store, run)
        self._launch = launch_of_session(store, run.session_id)

    @property
    def source(self) -> str:
        """The code that is executed."""
        return "\n".join(part.source for part in self.cut.parts)

    def blames(self, cause: Cause, data: Sequence[Used]) -> list[str]:
        """Return what is likely to be behind a difference."""
        return blames(self._store, self._run, self.source, cause, data, self.terms)

    def again(self, parts: Sequence[Part]) -> Rerun:
        """Execute parts in a fresh kernel."""
        done = rerun(
            parts,
            self.cut.dice,
            self.cut.folder,
            timeout_s=self.terms.timeout_s,
            progress=self._progress,
            python=self.terms.python,
            launch=self._launch,
        )
        self.seconds += done.seconds
        return done

    def outcomes(self, tries: Sequence[Rerun]) -> list[Outcome]:
        """Return what the run gave in each try that came to its end."""
        found = [t.runs.get(self._key) for t in tries if self._key and t.failure is None]
        return [outcome for outcome in found if outcome is not None]

    def judged(self, tries: Sequence[Rerun]) -> Compared:
        """Return the verdict on all tries: how the first compares, and how far they differ."""
        result = self.verdict_on(tries[0])
        if result.verdict == "different" and not result.metrics and not result.data:
            # Only a model differs: is it one whose content stays the same at all?
            return self._without_chance(result, tries)
        if result.verdict == "different" and not result.data and len(tries) > 1:
            gave = self.outcomes(tries)
            if all(is_noise(one, gave) for one in result.metrics):
                return result._replace(verdict="within tolerance")
        return result

    def _without_chance(self, result: Compared, tries: Sequence[Rerun]) -> Compared:
        more = [] if len(tries) > 1 else [self.again(self.cut.parts)]
        found = self.outcomes([*tries, *more])
        digests = {tuple(model.digest for model in one.models) for one in found}
        return Compared("identical") if len(digests) > 1 else result

    def verdict_on(self, done: Rerun) -> Compared:
        """Return how a rerun compares with what was recorded."""
        return compared(self._recorded, done, self._key, self.terms.tolerance)

    def cause_of(self, first: Rerun) -> Cause:
        """Return why a rerun of the slice does not give what was recorded."""
        if self.is_missing():
            return "missed dependency"
        now = first.runs.get(self._key) if self._key is not None else None
        if now is None:
            return "external"
        other = compared(now, self.again(self.cut.parts), self._key, 0.0).verdict
        return "external" if other == "identical" else "nondeterministic"

    def is_missing(self) -> bool:
        """Execute all that went before too; say whether that gives what was recorded."""
        whole = before_and_with(session_of(self._store, self._run.session_id), self.cut)
        is_more = len(whole) > len(self.cut.parts)
        return is_more and self.verdict_on(self.again(whole)).verdict in GOOD


def key_of(store: Store, run: Run) -> Key | None:
    """Return by which a run is known in a rerun: its opener, its kind, its place there."""
    for run_id, opener, relation, place in runs_of(store, run.session_id):
        if run_id == run.run_id:
            return opener, relation, place
    return None


def compared(
    recorded: Outcome, found: Rerun, key: Key | None, tolerance: float
) -> Compared:
    """Return the verdict of a rerun, and all that differs to the bit."""
    now = found.runs.get(key) if key is not None else None
    if found.failure is not None or now is None:
        return Compared("failed")
    metrics = metric_differences(recorded.points, now.points)
    data = list(data_differences(recorded, now))
    models = model_differences(recorded.models, now.models)
    if not metrics and not data and not models:
        return Compared("identical")
    near = bool(metrics) and all(one.relative <= tolerance for one in metrics)
    if near and not data:
        # Weights that round otherwise are no other model than metrics that round otherwise.
        return Compared("within tolerance", metrics)
    return Compared("different", metrics, data, models)


def is_noise(one: Difference, tries: Sequence[Outcome]) -> bool:
    """Tell whether a recorded number lies within what several tries gave.

    That is their range, widened to three standard deviations around their mean.
    """
    values = [dict(t.points.get(one.metric, ())).get(one.step or 0) for t in tries]
    known = [value for value in values if value is not None]
    if one.recorded is None or len(known) < 2 or len(known) < len(values):  # noqa: PLR2004
        return False
    mean, apart = statistics.fmean(known), 3 * statistics.stdev(known)
    low, high = min(*known, mean - apart), max(*known, mean + apart)
    return low <= one.recorded <= high


def noise_of(tries: Sequence[Outcome]) -> list[Noise]:
    """Return how far the last values of each metric lie apart over several tries."""
    if len(tries) < 2:  # noqa: PLR2004
        return []
    last: Mapping[str, list[float]] = {
        name: [t.points[name][-1][1] for t in tries if t.points.get(name)]
        for name in sorted(tries[0].points)
    }
    return [
        Noise(
            metric=name,
            tries=len(values),
            least=min(values),
            greatest=max(values),
            mean=statistics.fmean(values),
            deviation=statistics.stdev(values),
        )
        for name, values in last.items()
        if len(values) > 1
    ]


def before_and_with(session: Sequence[Part], cut: Slice) -> list[Part]:
    """Return every execution up to the last one of a slice."""
    last = cut.parts[-1].execution_id
    return [part for part in session if part.execution_id <= last]
