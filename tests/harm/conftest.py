"""Pairs of kernels, kept for as long as cases share them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from kernels import Pair


@pytest.fixture(scope="module")
def pair_of():
    """pair_of(group): that group's two kernels; those of the group before are let go."""
    current: dict[str, Pair] = {}

    def pair(group: str) -> Pair:
        if group not in current:
            for old in current.values():
                old.close()
            current.clear()
            current[group] = Pair()
        return current[group]

    yield pair
    for old in current.values():
        old.close()
