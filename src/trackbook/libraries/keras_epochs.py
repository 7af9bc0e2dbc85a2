"""Epochs of a Keras model, counted over all its fits, and the curves by them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import ref

from trackbook.libraries.base import Measured
from trackbook.libraries.given import name_of, values_of
from trackbook.libraries.measures import number_of
from trackbook.libraries.rounds import Latest, Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trackbook.libraries.base import Step


@dataclass(slots=True)
class Epochs:
    """Where the fits of one model, compiled once, have come to."""

    optimizer: Callable[[], object]
    history: Callable[[], object]
    shift: int = 0
    """Epochs before this fit, where Keras counts anew from 0."""
    next: int = 0
    """Epochs done in all."""
    is_continued: bool = False
    first_rate: float | None = None
    """The learning rate of the fit's first epoch, where a callback changes it."""
    numbers: list[int] = field(default_factory=list)
    """This fit's, as Keras has them."""
    logs: Mapping[str, list[object]] = field(default_factory=dict)


class Fit(Rounds):
    """One fit; what was logged of its epochs is kept as it came until it is told."""

    unit = "epoch"

    def __init__(self, callbacks: Any, epochs: Epochs) -> None:
        super().__init__(callbacks)
        self.epochs = epochs
        total = (callbacks.params or {}).get("epochs")
        total = epochs.shift + total if type(total) is int else None
        self.counts(name_of(type(callbacks.model)), total)
        self._logged: list[tuple[int, Mapping[str, object]]] = []

    def take(self, epoch: int, logs: Mapping[str, object]) -> None:
        """Keep what was logged of an epoch, which has Keras's number."""
        epochs = self.epochs
        if epochs.numbers[-1:] != [epoch]:
            epochs.numbers.append(epoch)
        self._logged.append((epochs.shift + epoch, dict(logs)))
        self.done = epochs.next = epochs.shift + epoch + 1

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        logged, self._logged = self._logged, []
        points: dict[str, list[tuple[int, float]]] = {}
        for epoch, logs in logged:
            for name, value in logs.items():
                number = number_of(value)
                if number is not None:
                    points.setdefault(called(str(name)), []).append((epoch, number))
        return [Measured(name=name, values=values) for name, values in points.items()]

    def step(self, of: object = None) -> Step:
        """Return what has come since the last time."""
        return replace(super().step(of), continued=self.epochs.is_continued)


latest = Latest[Fit]()
_known: dict[int, tuple[ref[object], Epochs]] = {}


def epochs_of(model: Any, history: Any) -> Epochs:
    """Return a model's epochs, brought up to what the history of its newest fit tells.

    A fit goes on where the last one ended, unless the model was compiled anew between; then
    it is another training. A fit that says its `initial_epoch` counts by itself.
    """
    numbers = list(values_of(history).get("epoch") or ())  # type: ignore[call-overload]  # Keras's list
    known = _known.get(id(model))
    before = known[1] if known and known[0]() is model else None
    if before and before.optimizer() is not model.optimizer:
        before = None
    is_same = (
        before is not None
        and before.history() is history
        and before.numbers[:1] == numbers[:1]
        and len(before.numbers) <= len(numbers)
    )
    if before is not None and is_same:
        epochs = before
    else:
        epochs, key = Epochs(weak(model.optimizer), weak(history)), id(model)
        if before is not None:
            epochs.is_continued, epochs.next = True, before.next
        epochs.shift = 0 if numbers and numbers[0] else epochs.next
        _known[key] = ref(model, lambda _: _known.pop(key, None)), epochs
    epochs.numbers, epochs.logs = numbers, values_of(history).get("history") or {}  # type: ignore[assignment]  # Keras's dict
    if numbers:
        epochs.next = epochs.shift + numbers[-1] + 1
    rates = epochs.logs.get("learning_rate") or ()
    if len(rates) >= len(numbers) > 0:
        epochs.first_rate = number_of(rates[-len(numbers)])
    return epochs


def weak(thing: object) -> Callable[[], object]:
    """Return a weak reference; a `fit` of the user's own may have no history at all."""
    return ref(thing) if thing is not None else lambda: None


def split(name: str) -> tuple[str, str]:
    """Return the data set and the metric that a log's name stands for."""
    if name.startswith("val_"):
        return "validation", name.removeprefix("val_")
    return "train", name


def called(name: str) -> str:
    """Return what a log is called here: `validation.loss`; a learning rate is of no data."""
    return name if name == "learning_rate" else ".".join(split(name))


def curves_of(epochs: Epochs, frequency: object) -> Iterator[Measured]:
    """Return the curves of the newest fit; validation may be at some epochs only."""
    for name, values in epochs.logs.items():
        numbers = epochs.numbers
        if name.startswith("val_") and len(values) < len(numbers):
            numbers = [n for n in numbers if is_validated(n, frequency)]
        points = [
            (epochs.shift + epoch, number)
            for epoch, value in zip(numbers, values[-len(numbers) :], strict=False)
            if (number := number_of(value)) is not None
        ]
        if points:
            yield Measured(name=called(str(name)), values=points)


def is_validated(epoch: int, frequency: Any) -> bool:
    """Tell whether `validation_freq` has an epoch validated."""
    if type(frequency) is int:
        return (epoch + 1) % frequency == 0
    return epoch + 1 in (frequency or ())
