"""Where the values of a param stand: along numbers, along their logarithms, or side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.panels.fields import number_of
from trackbook.panels.picture import ticks
from trackbook.table import in_short, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_WORDS = 12
LONGEST = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One param, or the metric, from 0 at its low end to 1 at its high end."""

    name: str
    low: float = 0.0
    high: float = 1.0
    is_log: bool = False
    words: tuple[str, ...] = ()
    """What stands side by side, where the values are no numbers."""

    def at(self, value: object) -> float | None:
        """Return where a value stands; None where it has no place."""
        if self.words:
            text = word_of(value)
            return self._part(self.words.index(text)) if text in self.words else None
        number = plain_number(value)
        if number is None or (self.is_log and number <= 0):
            return None
        low, high, number = map(self._scaled, (self.low, self.high, number))
        return 0.5 if high == low else (number - low) / (high - low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places that bear a label, with it."""
        if self.words:
            step = max(1, math.ceil(len(self.words) / MOST_WORDS))
            return [(self._part(at), cut_short(word))
                    for at, word in enumerate(self.words) if at % step == 0]  # fmt: skip
        marks = self._decades() if self.is_log else ticks(self.low, self.high)
        placed = [(self.at(mark), number_words(mark)) for mark in marks]
        return [(at, text) for at, text in placed if at is not None]

    def _part(self, at: int) -> float:
        return (at + 0.5) / len(self.words)

    def _scaled(self, number: float) -> float:
        return math.log10(number) if self.is_log else number

    def _decades(self) -> list[float]:
        first, last = (
            math.ceil(math.log10(self.low) - 1e-9),
            math.floor(math.log10(self.high) + 1e-9),
        )
        step = max(1, math.ceil((last - first + 1) / 6))
        marks = [10.0**power for power in range(first, last + 1, step)]
        return marks if len(marks) > 1 else [self.low, self.high]


def axis_of(name: str, domain: Mapping[str, object], values: Sequence[object]) -> Axis:
    """Return the axis of a param, from its space and from what trials had."""
    given = domain.get("values")
    known = [*(given if isinstance(given, list) else ()), *values]
    numbers = [plain_number(value) for value in known if value is not None]
    held = [number for number in numbers if number is not None]
    if len(held) < len(numbers) or not held:
        every = dict.fromkeys(word_of(value) for value in known)
        return Axis(name=name, words=tuple(every) or ("",))
    ends = [
        number
        for key in ("low", "high")
        if (number := number_of(domain.get(key))) is not None
    ]
    low, high = min(*held, *ends, held[0]), max(*held, *ends, held[0])
    return Axis(name=name, low=low, high=high, is_log=_is_log(domain, held, low))


def metric_axis(name: str, values: Sequence[float]) -> Axis:
    """Return the axis of the metric."""
    return Axis(name=name, low=min(values, default=0.0), high=max(values, default=1.0))


def plain_number(value: object) -> float | None:
    """Return a finite number, unless it is a text or a truth."""
    return None if isinstance(value, str) else number_of(value)


def word_of(value: object) -> str:
    """Return what stands for a value that is no number."""
    return visible(value) if isinstance(value, str) else in_short(value) or "none"


def cut_short(text: str) -> str:
    """Return a text that fits beside an axis."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def number_words(number: float) -> str:
    """Return a tick's label."""
    return f"{number:.4g}".replace("e-0", "e-").replace("e+0", "e")


def _is_log(domain: Mapping[str, object], held: Sequence[float], low: float) -> bool:
    if low <= 0:
        return False
    if domain.get("log"):
        return True
    given = domain.get("values")  # 0.001, 0.01, 0.1 was meant in powers
    return isinstance(given, list) and len(set(held)) > 2 and max(held) / low >= 100  # noqa: PLR2004
