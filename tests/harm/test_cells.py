"""Every odd cell gives with trackbook what it gives without."""

from __future__ import annotations

import sys

import pytest
from corpus import cases
from kernels import FAULTS

CASES = cases()
KNOWN = {
    "recursion of a watched call to the limit": pytest.mark.xfail(
        sys.version_info < (3, 12),
        reason="3.11: code spliced into the watched function has no line for IPython to show",
    )
}


@pytest.mark.parametrize(
    ("group", "steps"),
    [
        pytest.param(group, steps, id=name, marks=KNOWN.get(name, ()))
        for group, name, steps in CASES
    ],
)
def test_a_recorded_cell_gives_what_it_gives_unrecorded(pair_of, group, steps):
    pair = pair_of(group)
    differences = pair.differences(steps)
    assert pair.tracked.asked(FAULTS) == "[]"
    assert differences == []
