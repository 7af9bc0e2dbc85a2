"""What a Trainer of transformers logs, as it is heard while it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.libraries.given import name_of
from trackbook.libraries.rounds import Latest, Rounds
from trackbook.libraries.transformers_facts import curves_of

if TYPE_CHECKING:
    from trackbook.libraries.base import Measured, Step


class Logged(Rounds):
    """A training whose state keeps all that was logged."""

    unit = "step"

    def __init__(self, handler: Any, state: Any) -> None:
        super().__init__(handler)
        self.counts(name_of(type(handler.model)), state.max_steps)
        self._state, self._told = state, len(state.log_history)

    def news(self) -> list[Measured]:
        """Return the points that have come since the last time."""
        logs = self._state.log_history[self._told :]
        self._told += len(logs)
        return list(curves_of(logs))

    def step(self, of: object = None) -> Step:
        """Return what has come since the last time."""
        self.done = self._state.global_step
        return super().step(of)


latest = Latest[Logged]()
