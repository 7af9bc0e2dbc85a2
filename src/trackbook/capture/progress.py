"""How far the trainings of this process are, written down now and then."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from trackbook.records import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.capture.ink import Ink
    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Step

EVERY_S = 1.0
MOST = 1 << 63


class Going:
    """One run's training: what was told of it last, and when that was written."""

    __slots__ = (
        "done", "execution_id", "is_counted", "is_written", "total", "turn", "unit",
        "written_s",
    )  # fmt: skip

    def __init__(self) -> None:
        self.done = 0
        self.total: int | None = None
        self.unit = "step"
        self.turn = 0
        self.is_counted = True
        """By ourselves, as long as the library does not say how many are done."""
        self.execution_id: str | None = None
        """The cell that trains."""
        self.written_s: float | None = None
        self.is_written = False

    def take(self, step: Step) -> None:
        """Take in one step."""
        self.is_written = False
        done = count_of(step.done)
        if done is not None:
            if done < self.done and not self.is_counted:
                self.turn += 1
            self.done, self.unit = done, str(step.unit)
            self.is_counted = False
        elif self.is_counted:
            self.done += 1
        else:
            return
        self.total = count_of(step.total)

    def record(self, *, is_over: bool = False) -> Progress:
        """Return it as the fact that is written."""
        return Progress(
            done=self.done,
            total=self.total,
            unit=self.unit,
            turn=self.turn,
            is_over=is_over,
        )


class Goings:
    """How far each open run is: the first word at once, then the latest once a second."""

    def __init__(self, ink: Ink, *, clock: Callable[[], float] = monotonic) -> None:
        """Know of no run yet.

        Args:
            ink: takes the facts
            clock: seconds, going on only
        """
        self._ink = ink
        self._clock = clock
        self._goings: dict[str, Going] = {}

    def told(self, run: ActiveRun, step: Step, execution_id: str | None = None) -> None:
        """Take in how far a run's training is; costs next to nothing most of the time.

        Args:
            run: whose training it is
            step: what the library told
            execution_id: the cell that trains; None for the one that opened the run
        """
        going = self._goings.get(run.run_id)
        if going is None:
            going = self._goings[run.run_id] = Going()
        going.execution_id = execution_id or run.execution_id
        going.take(step)
        self._write(run.run_id, going)

    def flush(self) -> None:
        """Write what was told within the second after the last word, and has waited since."""
        for run_id, going in list(self._goings.items()):  # runs end meanwhile
            if not going.is_written:
                self._write(run_id, going)

    def _write(self, run_id: str, going: Going) -> None:
        now = self._clock()
        if going.written_s is None or now - going.written_s >= EVERY_S:
            going.written_s, going.is_written = now, True
            self._ink.put(going.record(), run_id, going.execution_id)

    def over(self, run: ActiveRun) -> None:
        """Take in that a run's training finished, though the run goes on."""
        going = self._goings.get(run.run_id)
        if going is not None:
            going.is_written = True
            self._ink.put(going.record(is_over=True), run.run_id, going.execution_id)

    def moved(self, run: ActiveRun, to: ActiveRun) -> None:
        """Let another run stand for a training; its own now stands for several."""
        going = self._goings.pop(run.run_id, None)
        if going is None:
            return
        nothing = Progress(done=0, total=None, unit=going.unit, is_over=True)
        self._ink.put(nothing, run.run_id, going.execution_id)
        is_over = to.status is not None
        self._ink.put(going.record(is_over=is_over), to.run_id, going.execution_id)
        if not is_over:
            self._goings[to.run_id] = going

    def ended(self, run: ActiveRun) -> None:
        """Write what was told of a run and not written yet, and forget it."""
        going = self._goings.pop(run.run_id, None)
        if going is not None and not going.is_written:
            self._ink.put(going.record(), run.run_id, going.execution_id)


def count_of(value: object) -> int | None:
    """Return a library's count as a plain one; None where it is none, or absurd."""
    try:
        number = int(value)  # type: ignore[call-overload]  # numpy's and a tensor's, too
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < MOST else None
