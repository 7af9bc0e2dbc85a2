"""Seeds set what is there, say what is not, and give the same numbers again."""

from __future__ import annotations

import random

import numpy as np
import pytest

import trackbook
from trackbook.errors import Misused
from trackbook.fingerprint import dice_now, same_dice


def test_a_seed_gives_the_same_numbers_again() -> None:
    trackbook.seed_everything(7)
    first = random.random(), np.random.rand(3).tolist()
    trackbook.seed_everything(7)
    assert (random.random(), np.random.rand(3).tolist()) == first


def test_what_is_not_seeded_is_said() -> None:
    told = dict(trackbook.seed_everything(1).rows)
    assert told["numpy"].startswith("seeded")
    assert told["tensorflow"] == "not imported: not seeded"
    assert "PYTHONHASHSEED" in told["hashes of texts"]


@pytest.mark.parametrize("seed", [-1, 1 << 32, 1.5, "7", True])
def test_what_is_no_seed_is_refused(seed) -> None:
    before = dice_now()
    with pytest.raises(Misused, match="a seed is an integer"):
        trackbook.seed_everything(seed)
    assert all(same_dice(before[of], state) for of, state in dice_now().items())


def test_a_reproducible_function_leaves_the_generators_as_they_were() -> None:
    draw = trackbook.reproducible(lambda n: np.random.rand(n).tolist(), seed=3)
    before = dice_now()
    assert draw(3) == draw(3)
    assert draw.__name__ == "<lambda>"
    assert all(same_dice(before[of], state) for of, state in dice_now().items())
