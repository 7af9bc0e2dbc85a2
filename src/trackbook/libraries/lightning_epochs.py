"""The epochs of a trainer of Lightning's, as they are heard while it trains."""

from __future__ import annotations

from typing import Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import name_of
from trackbook.libraries.lightning_facts import logged_number, told_names
from trackbook.libraries.rounds import Latest, Rounds


class Epochs(Rounds):
    """A trainer's epochs; what was logged of them is kept until it is told."""

    unit = "epoch"

    def __init__(self, trainer: Any) -> None:
        super().__init__(trainer)
        self.counts(name_of(type(trainer.lightning_module)), trainer.max_epochs)
        self.is_told = trainer.is_global_zero
        self._points: dict[str, list[tuple[int, float]]] = {}
        self._logged: tuple[str, ...] = ()
        self._told: dict[str, str] = {}

    def take(self, trainer: Any, epoch: int) -> None:
        """Keep what was logged of an epoch."""
        logged = trainer.callback_metrics
        names = tuple(logged)
        if names != self._logged:
            self._logged, self._told = names, told_names(trainer, names)
        found = {told: logged[name] for name, told in self._told.items()}
        for optimizer in trainer.optimizers[:1]:
            found["lr"] = optimizer.param_groups[0].get("lr")
        for name, value in found.items():
            number = logged_number(value)
            if number is not None:
                self._points.setdefault(name, []).append((epoch, number))
        self.done = epoch + 1

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        points, self._points = self._points, {}
        return [Measured(name=name, values=values) for name, values in points.items()]


latest = Latest[Epochs]()
