"""How hyper-parameters are read off an object."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.libraries.given import LONGEST, defaults_of, given_params, plain
from trackbook.libraries.measures import number_of, numbers_of


class Hostile:
    """Everything that recording must not call raises."""

    def _refuse(self, *_args):
        raise AssertionError("recording called the user's code")

    __len__ = __eq__ = __repr__ = __str__ = __iter__ = __float__ = __bool__ = _refuse
    __array__ = __hash__ = __getattr__ = get_params = _refuse


class Net:
    def __init__(self, width=3, *, rate=0.1, missing=math.nan, thing=None):
        self.width, self.rate, self.missing, self.thing = width, rate, missing, thing

    def get_params(self, deep=True):
        raise AssertionError("recording called the user's code")


class Deeper(Net):
    def __init__(self, depth=1, **rest):
        super().__init__(**rest)
        self.depth = depth


def test_only_what_differs_from_the_defaults_is_given():
    assert given_params(Net(width=3, rate=0.2)) == {"rate": 0.2}


def test_what_a_constructor_passes_on_is_given_too():
    assert given_params(Deeper(depth=2, width=9)) == {"depth": 2, "width": 9}
    assert list(defaults_of(Deeper)) == ["depth", "width", "rate", "missing", "thing"]


def test_nested_objects_are_flattened_with_dots():
    assert given_params(Net(thing=Net(thing=Net(rate=1)))) == {
        "thing": "Net",
        "thing.thing": "Net",
        "thing.thing.rate": 1,
    }


def test_an_object_inside_itself_ends():
    net = Net()
    net.thing = net
    assert given_params(net)["thing"] == "Net"


def test_nothing_of_the_users_is_called():
    assert given_params(Net(width=[Hostile()], thing=Hostile())) == {
        "width": ["Hostile"],
        "thing": "Hostile",
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.float64(0.5), 0.5),
        (np.int32(3), 3),
        (np.bool_(True), True),
        (np.str_("relu"), "relu"),
        (np.zeros((100, 3)), "ndarray(100, 3)"),
        (np.random.default_rng(0), "Generator"),
        ((1, (2, 3)), [1, [2, 3]]),
        (list(range(1000)), "list(1000)"),
        ({"a": 1, 2: None}, {"a": 1, "2": None}),
        ({2, 1}, [1, 2]),
        (range(1, 9, 2), "range(1, 9, 2)"),
        (len, "len"),
        (np.mean, "mean"),
        (lambda x: x, "<lambda>"),
        (Net, "Net"),
        (partial(print, 1), "partial"),
        ("x" * 500, "x" * (LONGEST - 1) + "…"),
    ],
)
def test_a_value_is_written_down_or_named(value, shown):
    assert plain(value) == shown


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text(), inner) | st.sets(st.text())
        ),
    )
)
def test_any_value_becomes_a_small_tree_of_plain_ones(value):
    def check(tree, depth=0):
        assert depth < 10
        if isinstance(tree, (list, dict)):
            assert len(tree) <= 30
            for each in tree.values() if isinstance(tree, dict) else tree:
                check(each, depth + 1)
        else:
            assert tree is None or type(tree) in (bool, int, float, str)

    check(plain(value))


@pytest.mark.parametrize("value", [True, None, "1", 1j, np.bool_(True), [1]])
def test_what_is_no_real_number_is_not_taken_for_one(value):
    assert number_of(value) is None


@pytest.mark.parametrize("value", [[1, "a"], [], np.zeros((2, 2)), "12", [True]])
def test_what_is_no_row_of_numbers_is_not_taken_for_one(value):
    assert numbers_of(value) is None


def test_an_object_that_refuses_everything_is_no_number_and_is_not_asked():
    assert number_of(Hostile()) is None
    assert numbers_of(Hostile()) is None
    assert numbers_of([Hostile()]) is None
