"""What the benchmark of the cards makes of pieces that are heard and not, where it is known."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

BENCHMARKS = str(Path(__file__).parents[1] / "benchmarks")


def turns_of(beats, rng: Random, added: float) -> list[list[object]]:
    """Return six turns of 301 pieces, each turn at a pace of its own."""
    base = [rng.uniform(3, 8) for _ in range(301)]
    turns = []
    for _ in range(6):
        pace = rng.uniform(0.9, 1.2)
        heard = [True]
        while len(heard) < len(base):
            heard += rng.choice(([True, False], [False, True]))
        turns.append(
            [
                beats.Piece(
                    each * pace * rng.lognormvariate(0, 0.02) * (1 + added * is_heard),
                    0.0,
                    is_heard,
                )
                for each, is_heard in zip(base, heard, strict=True)
            ]
        )
    return turns


@pytest.mark.parametrize("added", [0.0, 0.06])
def test_what_hearing_adds_is_found_whatever_the_pace_of_a_turn(monkeypatch, added) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import beats

    found, low, high = beats.added_by_switching(turns_of(beats, Random(5), added))
    assert found == pytest.approx(added, abs=0.004)
    assert low < found < high
    assert high - low < 0.01


def test_of_few_pieces_nothing_is_said(monkeypatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    import beats

    few = [turn[:5] for turn in turns_of(beats, Random(5), 0.06)[:2]]
    assert beats.added_by_switching(few) == ()
