"""A training in pieces, of which some are heard and some are not: what hearing adds to each."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import reduce
from importlib import import_module
from math import expm1, log
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

FEWEST = 10
"""Pairs of pieces of which a mean says something."""


class Piece(NamedTuple):
    """What lies between two beats of a training."""

    seconds: float
    """Without what was timed."""
    timed_s: float
    is_heard: bool


class Beat:
    """Cuts a training in pieces, times what is rare in them, and switches from one to the next."""

    def __init__(self, place: str, rng: Random) -> None:
        """Begin a piece at each call of a function from now on.

        Args:
            place: `module:name` of a function, or of a method as `module:Class.name`; nothing
                that trackbook itself hears; empty for one piece
            rng: says which of two pieces is heard
        """
        self.switch: Callable[[bool], object] | None = None
        """What switches, in a turn in which that is wanted."""
        self._timed_s, self._is_timing = 0.0, False
        self._begun: tuple[float, float] | None = None
        self._coming: list[bool] = []
        self._is_heard, self._rng = True, rng
        self._pieces: list[Piece] = []
        self.is_cut = bool(place)
        """Whether there are pieces to switch at."""
        if place:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            owner = reduce(getattr, owners, import_module(module))
            setattr(owner, name, self._beating(getattr(owner, name)))

    def note(self) -> None:
        """End a piece, and begin another: of two that follow each other one is heard."""
        now = perf_counter()
        if self._begun is not None:
            timed_s = self._timed_s - self._begun[1]
            seconds = now - self._begun[0] - timed_s
            self._pieces.append(Piece(seconds, timed_s, self._is_heard))
            if self.switch is not None:
                if not self._coming:
                    first = self._rng.random() < 0.5
                    self._coming = [first, not first]
                self._is_heard = self._coming.pop()
                self.switch(not self._is_heard)  # the same work each time
                self.switch(self._is_heard)
        self._begun = perf_counter(), self._timed_s

    def end(self) -> list[Piece]:
        """Return the pieces since the last end."""
        if self.switch is not None:
            self.switch(True)
        pieces, self._pieces = self._pieces, []
        self._begun, self._coming, self._is_heard = None, [], True
        return pieces

    def timed(self, act: Callable[..., object] | None) -> Any:
        """Return what does the same and is timed."""
        if act is None:
            return None

        def acted(*args: object, **named: object) -> object:
            if self._is_timing:
                return act(*args, **named)
            self._is_timing, begun = True, perf_counter()
            try:
                return act(*args, **named)
            finally:
                self._timed_s += perf_counter() - begun
                self._is_timing = False

        return acted

    def _beating(self, function: Callable[..., object]) -> Callable[..., object]:
        def called(*args: object, **named: object) -> object:
            if self._begun is not None:
                self.note()
            return function(*args, **named)

        return called


def added_by_switching(turns: Sequence[Sequence[Piece]]) -> Sequence[float]:
    """Return what pieces that are heard take longer, as a part of a turn; from where and to.

    Two neighbours, one heard and one not, are compared as multiples of what each of them takes in
    other turns. Of the logarithms of their ratios the mean counts without a tenth at either end, with
    its 95 % interval by the winsorised variance (Tukey and McLaughlin 1963).

    Args:
        turns: pieces of the same training, in their order
    """
    by_piece = list(zip(*turns, strict=True))
    ratios = []
    for number, pieces in enumerate(turns):
        taken = [
            log(one.seconds / usual(same, number))
            for one, same in zip(pieces, by_piece, strict=True)
        ]
        heard = [one.is_heard for one in pieces]  # the first piece has no neighbour
        for first, second, is_first in zip(
            taken[1::2], taken[2::2], heard[1::2], strict=False
        ):
            ratios.append(first - second if is_first else second - first)
    out = len(ratios) // 10
    kept = sorted(ratios)[out : len(ratios) - out]
    if len(kept) < FEWEST:
        return ()
    winsorised = [kept[0]] * out + kept + [kept[-1]] * out
    mean = statistics.mean(kept)
    away = 1.96 * statistics.stdev(winsorised) * len(ratios) ** 0.5 / len(kept)
    return [expm1(each) for each in (mean, mean - away, mean + away)]


def usual(same: Sequence[Piece], number: int) -> float:
    """Return the seconds that a piece takes in all turns but one: the median; 1 if there is none.

    With that one in it, what hearing adds would be part of what it is compared with.
    """
    others = [one.seconds for at, one in enumerate(same) if at != number]
    return statistics.median(others) if others else 1.0
