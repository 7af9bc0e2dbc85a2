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
        rates = [each.param_groups[0].get("lr") for each in trainer.optimizers[:1]]
        values = [(told, logged[name]) for name, told in self._told.items()]
        values += [("lr", rate) for rate in rates]
        found: dict[str, float] = {}
        for told, value in values:
            if (number := logged_number(value)) is not None:
                found[told] = number  # of two of one name the last that is a number
        for told, number in found.items():
            self._points.setdefault(told, []).append((epoch, number))
        self.done = epoch + 1

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        points, self._points = self._points, {}
        return [Measured(name=name, values=values) for name, values in points.items()]


latest = Latest[Epochs]()
