"""The epochs of a trainer of Lightning's, as they are heard while it trains."""

from __future__ import annotations

from typing import Any

from trackbook.libraries.base import Measured
from trackbook.libraries.given import name_of
from trackbook.libraries.lightning_facts import measures_of
from trackbook.libraries.rounds import Latest, Rounds


class Epochs(Rounds):
    """A trainer's epochs; what was logged of them is kept until it is told."""

    unit = "epoch"

    def __init__(self, trainer: Any) -> None:
        super().__init__(trainer)
        self.counts(name_of(type(trainer.lightning_module)), trainer.max_epochs)
        self.is_told = trainer.is_global_zero
        self._points: dict[str, list[tuple[int, float]]] = {}

    def take(self, trainer: Any, epoch: int) -> None:
        """Keep what was logged of an epoch."""
        rates: dict[str, object] = {}
        for optimizer in trainer.optimizers:
            rates.setdefault("lr", optimizer.param_groups[0].get("lr"))
        for name, value in measures_of(trainer, rates).items():
            self._points.setdefault(name, []).append((epoch, value))
        self.done = epoch + 1

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        points, self._points = self._points, {}
        return [Measured(name=name, values=values) for name, values in points.items()]


latest = Latest[Epochs]()
