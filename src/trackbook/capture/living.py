"""Trainings that still run: what they told so far, and the runs that are open for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trackbook.libraries import Measured, Training

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trackbook.capture.run import ActiveRun
    from trackbook.libraries import Step


@dataclass(slots=True)
class Begun:
    """One training that told a step and has not ended."""

    run: ActiveRun
    call: int | None
    """The watched call in which it runs; None for a loop of the user's own."""
    training: Training
    """What is known so far, without the objects."""
    owns: bool
    """The run was opened for it alone, and ends with it."""
    in_cell: bool
    continues: bool = False
    """It goes on in a run that trained the same before."""
    points: dict[str, dict[int, float]] = field(default_factory=dict)
    """What it told of each metric, by step."""

    def fresh(self, metrics: Iterable[Measured]) -> Iterator[tuple[str, dict[int, float]]]:
        """Yield the points that were not told before, by metric and step, and keep them."""
        for measured in metrics:
            known = self.points.setdefault(measured.name, {})
            new: dict[int, float] = {}
            for step, value in measured.values:
                if step not in known:
                    known[step] = new[step] = value
            yield measured.name, new

    def news(self, params: Mapping[str, object]) -> dict[str, object]:
        """Return the params that are other objects than it told before, and keep them."""
        known = self.training.params
        new = {n: value for n, value in params.items() if known.get(n, self) is not value}
        if new:
            self.training = replace(self.training, params={**known, **new})
        return new

    def whole(self) -> Training:
        """Return what is known of it as a training that ended here."""
        metrics = [
            Measured(name=name, values=tuple(points.items()))
            for name, points in self.points.items()
        ]
        return replace(self.training, metrics=metrics)

    def joined(self, training: Training) -> Training:
        """Return a finished training, with what it told on the way and does not repeat."""
        said = {measured.name for measured in training.metrics}
        rest = [one for one in self.whole().metrics if one.name not in said]
        params = {**self.training.params, **training.params}
        return replace(training, params=params, metrics=[*training.metrics, *rest])


class Living:
    """The trainings that run just now, by the watched call or by the run that is theirs."""

    def __init__(self) -> None:
        self._of_call: dict[int, Begun] = {}
        self._of_run: dict[str, Begun] = {}

    def find(self, call: int | None, run_id: str | None) -> Begun | None:
        """Return a call's training, or of a loop that whose model a run trains."""
        if call is not None:
            return self._of_call.get(call)
        begun = self._of_run.get(run_id) if run_id is not None else None
        return begun if begun is not None and begun.run.status is None else None

    def of(self, run_id: str) -> Begun | None:
        """Return the training that a run is open for."""
        return self._of_run.get(run_id)

    def add(self, begun: Begun) -> None:
        """Take in a training that told its first step."""
        if begun.call is not None:
            self._of_call[begun.call] = begun
        self._of_run[begun.run.run_id] = begun

    def move(self, begun: Begun, run: ActiveRun) -> None:
        """Let another run be open for a training."""
        self._of_run.pop(begun.run.run_id, None)
        begun.run = run
        self._of_run[run.run_id] = begun

    def end(self, call: int | None) -> Begun | None:
        """Return a call's training and forget it: it ended."""
        begun = self._of_call.pop(call, None) if call is not None else None
        if begun is not None:
            self._of_run.pop(begun.run.run_id, None)
        return begun

    def leave(self) -> list[Begun]:
        """Return what a cell began and did not end, and forget it; the latest first."""
        left = [begun for begun in self._of_run.values() if begun.in_cell]
        for begun in left:
            self._of_run.pop(begun.run.run_id)
            if begun.call is not None:
                self._of_call.pop(begun.call, None)
        return left[::-1]


def beginning(step: Step) -> Training:
    """Return a first step as a training of which nothing else is known yet."""
    return Training(
        label=step.label or "training", model=step.of, params=step.params, data=step.data
    )


def grown(before: Training, now: Training) -> Training:
    """Return two trainings of the same, one after the other, as one."""
    points: dict[str, dict[int, float]] = {}
    for one in (*before.metrics, *now.metrics):
        points.setdefault(one.name, {}).update(one.values)
    metrics = [Measured(name=n, values=tuple(each.items())) for n, each in points.items()]
    return replace(now, params={**before.params, **now.params}, metrics=metrics)
