"""Spaces are read as they are typed, or refused with a word on what is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import Misused
from trackbook.sweeps import space_from, space_of
from trackbook.sweeps.plan import Plan
from trackbook.sweeps.searches import FEWEST, Suggested
from trackbook.sweeps.space import Span, drawn, grid, read, text_of


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("lr=0.01,0.1", {"values": [0.01, 0.1]}),
        ("depth=3..9", {"low": 3, "high": 9, "step": 1, "kind": "int"}),
        ("width=64..512:64", {"low": 64, "high": 512, "step": 64, "kind": "int"}),
        ("c=1e-4..1:log", {"low": 1e-4, "high": 1, "log": True, "kind": "float"}),
        ("c=-1..1.5:0.5", {"low": -1, "high": 1.5, "step": 0.5, "kind": "float"}),
        ("on=true,False", {"values": [True, False]}),
        ("""name='adam, w',"1",2,sgd,''""", {"values": ["adam, w", "1", 2, "sgd", ""]}),
        ("lr=0.1,0.1,1,1.0,true", {"values": [0.1, 1, 1.0, True]}),
        ("path=../data,a..b.csv", {"values": ["../data", "a..b.csv"]}),
        ("x=<b>&\"';", None),
    ],
)
def test_what_is_typed_is_understood(word, plain) -> None:
    if plain is None:
        with pytest.raises(Misused, match="cannot read"):
            space_of([word])
        return
    (domain,) = space_of([word]).values()
    assert domain.plain() == plain
    assert text_of(read(text_of(space_of([word])))) == text_of(space_of([word]))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["lr"], "no param with its values"),
        (["lr="], "no param with its values"),
        (["lr=1,"], "missing behind the last comma"),
        (["lr=1,,2"], "a value is empty"),
        (["a b=1"], "no name of a param"),
        (["__import__('os')=1"], "no name of a param"),
        (["<img>=1"], "no name of a param"),
        (["lr=1", "lr=2"], "stands twice"),
        (["d=9..3"], "from its least number to its greatest"),
        (["d=0..1:log"], "begins above 0"),
        (["d=1..2:0"], "above 0"),
        (["d=1..x"], "between no numbers"),
        (["d=1..5:fast"], "a step, or log"),
    ],
)
def test_what_cannot_be_meant_is_refused(words, says) -> None:
    with pytest.raises(Misused, match=says):
        space_of(words)


def test_a_grid_turns_its_last_param_fastest_and_repeats_nothing() -> None:
    space = space_from({"a": [1, 2, 2], "b": range(2), "c": "x"})
    found = [tuple(params.values()) for params in grid(space)]
    assert found == [(1, 0, "x"), (1, 1, "x"), (2, 0, "x"), (2, 1, "x")]
    assert [p["f"] for p in grid(space_of(["f=0..0.3:0.1"]))] == [0.0, 0.1, 0.2, 0.3]
    with pytest.raises(Misused, match="no grid can go through"):
        next(grid(space_of(["c=1e-4..1:log"])))


@given(
    st.integers(-1000, 1000), st.integers(0, 1000), st.integers(1, 50), st.integers(0, 99)
)
def test_what_is_drawn_lies_in_the_space(low, more, step, seed) -> None:
    rng = np.random.default_rng(seed)
    spans = {
        "whole": Span(kind="int", low=low, high=low + more, step=step),
        "real": Span(kind="float", low=low, high=low + more),
        "log": Span(kind="float", low=0.5, high=more + 1, log=True),
    }
    found = drawn(spans, rng)
    assert found["whole"] in range(low, low + more + 1, step)
    assert low <= found["real"] <= low + more
    assert 0.5 <= found["log"] <= more + 1
    assert drawn(spans, np.random.default_rng(seed)) == found


@pytest.mark.filterwarnings("error")
def test_points_that_are_read_again_are_reported_to_optuna_once() -> None:
    space = space_from({"x": [0, 1]})
    plan = Plan(space=space, search="optuna", metric="acc", direction="max", seed=0)
    search = Suggested(plan, [])
    for number in range(6):
        search.ask(number)
        for _ in range(2):
            search.report(number, 0, 9.0 - number)
        # the median of others needs `FEWEST` that ended
        assert search.is_hopeless(number) == (number >= FEWEST)
        search.tell(number, "done", 9.0 - number)
