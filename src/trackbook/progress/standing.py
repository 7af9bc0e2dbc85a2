"""How far a run is just now, how long it may still take, and whether it goes on at all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from trackbook.progress.rows import GoingRow
from trackbook.progress.words import counted, lasting, nth
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.store import Store

SQL = queries_of("trackbook.progress")
RECENT = 20
"""Words by which the pace is judged: twenty seconds, or twenty epochs that take longer."""
QUIET_S, USUAL, LONGEST = 120.0, 20, 3
"""A run hangs when it was quiet for so long, so many usual gaps, and so often its longest."""
FAR = 10
KNOWN = 4
"""Words that must have been said before silence means anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one run is."""

    done: int
    total: int | None
    unit: str
    turn: int
    is_over: bool
    """The training finished; its run may go on."""
    pace_s: float | None
    """What one of them takes, by the latest; None where too few are known."""
    left_s: float | None
    """Until all are done; None where that is not known, or it is over."""
    quiet_s: float
    """Since it was heard of last."""
    hangs: bool
    """Whether it was quiet for many times as long as it ever was."""

    @property
    def words(self) -> str:
        """Say it in short: `12/50 epochs, 3 min left`; empty for a run of several parts."""
        if self.is_over and not self.done:
            return ""
        parts = [counted(self.done, self.total, self.unit)]
        if self.turn:
            parts.append(f"{nth(self.turn + 1)} time")
        if self.left_s is not None and not self.hangs:
            parts.append(f"{lasting(self.left_s)} left")
        return ", ".join(parts)

    @property
    def sentence(self) -> str:
        """Say it with the pace: `12/50 epochs, 4.1 s each, 3 min left`."""
        first, *rest = self.words.split(", ")
        each = [] if self.pace_s is None else [f"{lasting(self.pace_s)} each"]
        return ", ".join([first, *each, *rest])

    @property
    def trouble(self) -> str:
        """Say that it hangs; empty where it does not."""
        if not self.hangs:
            return ""
        usual = "" if self.pace_s is None else f", where one took {lasting(self.pace_s)}"
        return f"no {self.unit} for {lasting(self.quiet_s)}{usual}: it may hang"


def standings(store: Store, run_ids: Sequence[str], *, now_us: int) -> dict[str, Standing]:
    """Return how far some runs are, by their ids; nothing of those that never said.

    Args:
        store: the project's
        run_ids: the runs
        now_us: what time it is, in µs since 1970
    """
    if not run_ids:
        return {}
    rows = store.ask(SQL["goings"], GoingRow, runs=list(run_ids), most=RECENT)
    return {row.run_id: standing_of(row, now_us) for row in rows}


def standing_of(row: GoingRow, now_us: int) -> Standing:
    """Return how far a run is, from its latest words."""
    said = zip(row.dones, row.turns, row.times_us, strict=True)
    pace_s = pace_of([(done, at) for done, turn, at in said if turn == row.turn])
    quiet_s = max(0.0, (now_us - row.times_us[-1]) / 1e6)
    goes_on = row.is_running and row.is_executing and not row.is_over
    left_s = None
    if goes_on and pace_s is not None and row.total is not None and not row.turn:
        # how many turns are still to come nobody knows
        left_s = max(0.0, (row.total - row.done) * pace_s - quiet_s)
    return Standing(
        done=row.done,
        total=row.total,
        unit=row.unit,
        turn=row.turn,
        is_over=row.is_over,
        pace_s=pace_s,
        left_s=left_s,
        quiet_s=quiet_s,
        hangs=goes_on and row.done != row.total and is_silent(row.times_us, quiet_s),
    )


def pace_of(said: Sequence[tuple[int, int]]) -> float | None:
    """Return the seconds that one takes, of (how many were done, µs when it was said).

    The mean, so that what comes every few epochs counts; the two slowest are left out
    where they took ten times the median: a first epoch, a pause, a laptop that slept.
    None where fewer than two words are known.
    """
    first_said: dict[int, int] = {}
    for done, at in said:
        first_said.setdefault(done, at)
    spans = sorted(
        ((later - at) / 1e6 / (more - done), more - done)
        for (done, at), (more, later) in pairwise(sorted(first_said.items()))
    )
    if not spans:
        return None
    usual = median(each for each, _ in spans)
    kept = [one for one in spans[-2:] if one[0] <= FAR * usual]
    spans = [*spans[:-2], *kept] or spans
    whole = sum(each * count for each, count in spans)
    return max(0.0, whole / sum(count for _, count in spans))


def is_silent(times_us: Sequence[int], quiet_s: float) -> bool:
    """Say whether a run has been quiet for far longer than it ever was."""
    if len(times_us) < KNOWN:
        return False
    gaps = [(later - at) / 1e6 for at, later in pairwise(times_us)]
    return quiet_s > max(QUIET_S, USUAL * median(gaps), LONGEST * max(gaps))
