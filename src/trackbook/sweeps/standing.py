"""How far a sweep is, and what the best of its trials is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from trackbook.records import TrialState
    from trackbook.sweeps.space import Params


class Best(NamedTuple):
    """The best trial so far."""

    number: int
    value: float
    params: Params


@dataclass(slots=True, kw_only=True)
class Standing:
    """A sweep as it stands now."""

    sweep_id: str
    name: str
    total: float
    """Trials in all; infinite where nobody said."""
    metric: str | None
    direction: Literal["max", "min"] | None
    states: Counter[TrialState] = field(default_factory=Counter)
    """How many trials ended how."""
    running: int = 0
    best: Best | None = None
    ended: Literal["", "finished", "stopped", "interrupted"] = ""
    remarks: list[str] = field(default_factory=list)
    """What is worth saying about how the trials were executed."""

    def take(
        self, number: int, state: TrialState, value: float | None, params: Params
    ) -> None:
        """Count a trial that ended."""
        self.states[state] += 1
        if state == "done" and value is not None and self._is_better(number, value):
            self.best = Best(number, value, params)

    def _is_better(self, number: int, value: float) -> bool:
        if self.direction is None or not math.isfinite(value):
            return False
        if self.best is None:
            return True
        if value == self.best.value:  # whichever ended first: the earlier one is the best
            return number < self.best.number
        return (
            value > self.best.value if self.direction == "max" else value < self.best.value
        )

    @property
    def line(self) -> str:
        """Say it in one line."""
        of = f" of {self.total:g}" if self.total < math.inf else ""
        others = [
            f"{count} {state}"
            for state in ("failed", "pruned", "cancelled")
            if (count := self.states[state])
        ]
        if self.running:
            others.append(f"{self.running} running")
        said = f"{self.name}: {self.states['done']}{of} done"
        said += "".join(f", {other}" for other in others)
        if self.best is not None:
            chosen = " ".join(f"{name}={value}" for name, value in self.best.params.items())
            said += (
                f"; best {self.metric} {self.best.value:.6g} in trial {self.best.number}"
            )
            said += f" ({chosen})"[:200]
        return said
