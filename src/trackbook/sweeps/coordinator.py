"""The loop of a sweep: who tries what next, what came of it, and when it is over."""

from __future__ import annotations

import math
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.sweeps.functions import said
from trackbook.sweeps.plan import Outcome
from trackbook.sweeps.space import size_of
from trackbook.sweeps.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trackbook.sweeps.crew import Crew
    from trackbook.sweeps.keeping import Keeping
    from trackbook.sweeps.plan import Plan, Target, Task, Tried
    from trackbook.sweeps.requests import Desk
    from trackbook.sweeps.searches import Search

LOOK_S = 0.25
READ_S = 2.0
GRACE_S = 10.0
"""How long after its time a trial may still be in a compiled function."""
MOST_DEATHS = 2
"""So often may the process of a trial die while nothing else runs."""
OVER = ("done", "failed", "pruned")


@dataclass(slots=True)
class Flight:
    """A trial under way."""

    task: Task
    begun: float
    alone: bool


class Coordinator:
    """Runs one sweep to its end."""

    def __init__(
        self,
        plan: Plan,
        target: Target,
        search: Search,
        crew: Crew,
        *,
        keeping: Keeping,
        desk: Desk,
        past: Sequence[Tried] = (),
        progress: Callable[[Standing], None] = lambda _standing: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._target = target
        self._search = search
        self._crew = crew
        self._keeping = keeping
        self._desk = desk
        self._progress = progress
        self._clock = clock
        size = size_of(plan.space) if plan.search == "grid" else math.inf
        budget = math.inf if plan.budget is None else plan.budget
        self.standing = Standing(
            sweep_id=keeping.run.run_id,
            name=keeping.run.name,
            total=min(size, budget),
            metric=plan.metric,
            direction=plan.direction,
        )
        self._over = {one.number for one in past if one.state in OVER}
        for one in past:
            if one.state in OVER:
                self.standing.take(one.number, one.state, one.value, one.params)
        self._number = 0
        self._flying: dict[Future[Outcome], Flight] = {}
        self._suspects: deque[Task] = deque()
        """Trials whose process died, or that were beside one: each is tried alone."""
        self._deaths: dict[int, int] = {}
        self._overdue: set[int] = set()
        self._read_at = 0.0
        self._curve = plan.metric if plan.prunes and target.records_itself else None
        """The metric whose points are read from the record, to prune by."""

    def go(self) -> Standing:
        """Try until there is nothing left, or somebody stops it.

        Raises:
            KeyboardInterrupt: somebody interrupted it; what ran was cancelled
        """
        is_calm = False
        try:
            while self._fill():
                found = wait(self._flying, timeout=LOOK_S, return_when=FIRST_COMPLETED)
                for future in found.done:
                    self._land(future)
                self._look()
                if self._desk.is_stopped:
                    self.standing.ended = "stopped"
                    return self.standing
            self.standing.ended = "finished"
            is_calm = True
        except KeyboardInterrupt:
            self.standing.ended = "interrupted"
            raise
        finally:
            self._close(kill=not is_calm)
        return self.standing

    def _fill(self) -> bool:
        """Send out as many trials as may run; say whether any runs."""
        if self._suspects:
            if not self._flying:
                self._send(self._suspects.popleft(), alone=True)
            return True
        while len(self._flying) < self._crew.jobs and self._number < self.standing.total:
            number = self._number
            if number not in self._over:
                params = self._search.ask(number)
                if params is None:
                    self.standing.total = number
                    break
                self._send(self._keeping.task(self._plan, number, params))
            self._number += 1
        self._show()
        return bool(self._flying)

    def _send(self, task: Task, *, alone: bool = False) -> None:
        future = self._crew.submit(self._target, task)
        self._flying[future] = Flight(task, self._clock(), alone)

    def _land(self, future: Future[Outcome]) -> None:
        """Write what came of a trial; one whose process died is tried once more."""
        flight = self._flying.pop(future, None)
        if flight is None:
            return
        try:
            error = future.exception()
        except CancelledError as cancelled:
            error = cancelled
        if error is None:
            self._end(flight.task, future.result())
        elif self._crew.is_gone(error):
            self._lost(flight)
        else:
            wall_s = self._clock() - flight.begun
            self._end(
                flight.task, Outcome(state="failed", error=said(error), wall_s=wall_s)
            )

    def _lost(self, first: Flight) -> None:
        """Replace workers that died; what they did is done again, one at a time."""
        lost = [first]
        for future in list(self._flying):
            error = future.exception() if future.done() and not future.cancelled() else None
            if error is not None and self._crew.is_gone(error):
                lost.append(self._flying.pop(future))
        self._crew.renew()
        for flight in lost:
            number = flight.task.number
            self._deaths[number] = self._deaths.get(number, 0) + flight.alone
            wall_s = self._clock() - flight.begun
            if number in self._overdue:
                says = f"it took more than {self._plan.timeout_s:g} s"
            elif self._deaths[number] >= MOST_DEATHS:
                says = "its process died: killed from outside, or by what it did"
            else:
                self._suspects.append(flight.task)
                continue
            self._end(flight.task, Outcome(state="failed", error=says, wall_s=wall_s))

    def _end(self, task: Task, outcome: Outcome) -> None:
        self._hear(task)
        if self._curve is not None:  # later trials are compared with all that it measured
            self._read(self._curve, [task])
        value = self._keeping.end(task, outcome, self._plan.metric)
        self._search.tell(task.number, outcome.state, value)
        self.standing.take(task.number, outcome.state, value, task.params)
        self._desk.forget(task.number)
        self._show()

    def _hear(self, task: Task) -> None:
        for step, value in self._desk.news(task.number):
            self._search.report(task.number, step, value)

    def _look(self) -> None:
        """Hear what the trials measured on their way, and end those without hope or time."""
        if self._curve is not None and self._clock() - self._read_at >= READ_S:
            self._read(self._curve, [flight.task for flight in self._flying.values()])
            self._read_at = self._clock()
        for flight in self._flying.values():
            self._hear(flight.task)
            number = flight.task.number
            if self._plan.prunes and self._search.is_hopeless(number):
                self._desk.prune(number)
        if self._plan.timeout_s is None:
            return
        latest = self._clock() - self._plan.timeout_s - GRACE_S
        late = [f.task.number for f in self._flying.values() if f.begun < latest]
        if late and not set(late) <= self._overdue:
            self._overdue.update(late)
            self._crew.renew()

    def _read(self, metric: str, tasks: Sequence[Task]) -> None:
        """Read from the record what trials in processes of their own have measured."""
        for number, step, value in self._keeping.points_now(tasks, metric):
            self._search.report(number, step, value)

    def _show(self) -> None:
        self.standing.running = len(self._flying) + len(self._suspects)
        self._progress(self.standing)

    def _close(self, *, kill: bool) -> None:
        """Let the workers go; what still ran is cancelled."""
        for future in self._flying:
            future.cancel()
        self._crew.end(kill=kill)
        for future, flight in list(self._flying.items()):
            is_done = future.done() and not future.cancelled() and not future.exception()
            if is_done:  # it came in as the sweep ended
                self._end(flight.task, future.result())
                continue
            wall_s = self._clock() - flight.begun
            ended = Outcome(
                state="cancelled",
                error=f"the sweep was {self.standing.ended}",
                wall_s=wall_s,
            )
            self._end(flight.task, ended)
        for task in self._suspects:
            ended = Outcome(state="cancelled", error=f"the sweep was {self.standing.ended}")
            self._end(task, ended)
        self._flying.clear()
        self._suspects.clear()
        self._target.end()
        self._desk.end()
        self._show()
