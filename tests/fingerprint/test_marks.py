"""A mark tells whether a value was changed, and runs nothing of the user's."""

from __future__ import annotations

import io
import random
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pandas as pd
import pytest

from trackbook.fingerprint import Budget, mark_of


def set_item(at, to):
    def change(value):
        value[at] = to

    return change


class Box:
    def __init__(self, inside):
        self.inside = inside


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = [1]


def fill(frame):
    frame.loc[0, "a"] = 9.0


def rename(frame):
    frame.index.name = "other"


CHANGES = [
    ([1, 2], lambda v: v.append(3)),
    ([[1], [2]], lambda v: v[0].append(3)),
    ({"a": {"b": 1}}, lambda v: v["a"].update(b=2)),
    ({1, 2}, lambda v: v.add(3)),
    (deque([1]), lambda v: v.appendleft(0)),
    (OrderedDict(a=1, b=2), lambda v: v.move_to_end("a")),
    (defaultdict(list), lambda v: v["x"].append(1)),
    (Counter("ab"), lambda v: v.update("a")),
    (bytearray(b"ab"), set_item(0, 1)),
    (np.zeros(1000), set_item(500, 1.0)),
    (np.zeros((50, 4))[:, 1], set_item(3, 1.0)),
    (np.array(["a", [1]], dtype=object), lambda v: v[1].append(2)),
    (np.array([f"t{n}" for n in range(9000)], dtype=object), set_item(8000, "other")),
    (np.random.default_rng(0), lambda v: v.random()),
    (random.Random(0), lambda v: v.random()),
    (pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}), fill),
    (pd.DataFrame({"a": [1.0, 2.0]}), rename),
    (pd.DataFrame({"a": [1.0]}), lambda v: v.insert(0, "n", 1)),
    (pd.DataFrame({"a": [1.0]}), lambda v: v.attrs.update(k=1)),
    (pd.Series([1, 2, 3]), set_item(1, 9)),
    (pd.Series(["a", "b", "c"]), set_item(1, "z")),
    (Box([1]), lambda v: v.inside.append(2)),
    (Box(Box({})), lambda v: v.inside.inside.update(a=1)),
    (Slotted(), lambda v: v.a.append(2)),
    (Slotted(), lambda v: setattr(v, "b", 1)),
]


@pytest.mark.parametrize(("value", "change"), CHANGES)
def test_a_change_in_place_shows(value, change) -> None:
    before = mark_of(value)
    assert not before.shows_change(mark_of(value))
    change(value)
    assert before.shows_change(mark_of(value))


def test_a_list_that_holds_itself_has_a_mark() -> None:
    value: list = [1]
    value.append(value)
    before = mark_of(value)
    value[0] = 2
    assert before.shows_change(mark_of(value))


def test_names_of_one_object_share_its_parts() -> None:
    frame = pd.DataFrame({"a": [1.0]})
    assert mark_of(frame).parts & mark_of({"kept": frame}).parts
    base = np.zeros(10)
    assert mark_of(base).parts & mark_of(base[2:5]).parts


@pytest.mark.parametrize(
    "value", [iter([1]), (n for n in "ab"), open, object(), io.StringIO("a")]
)
def test_what_cannot_be_seen_into_is_not_exact(value) -> None:
    mark = mark_of(value)
    assert mark.exact == (value is open)
    assert not mark.shows_change(mark_of(value))


def test_a_large_array_is_marked_by_a_sample() -> None:
    value = np.zeros(20_000_000)
    assert not mark_of(value).exact
    assert mark_of(np.zeros(1_000_000)).exact


class LoudNumber(int):
    def __reduce__(self):
        raise AssertionError("somebody asked")

    __hash__ = __eq__ = __index__ = __int__ = __reduce__


@pytest.mark.parametrize(
    "value",
    [
        list(range(3_000)),
        tuple(f"word {n}" for n in range(3_000)),
        [n / 7 if n % 3 else None for n in range(3_000)],
        {f"key {n}": n for n in range(3_000)},
        {n: b"%d" % n for n in range(3_000)},
    ],
)
def test_many_texts_and_numbers_are_told_apart_by_each_of_them(value) -> None:
    mark = mark_of(value)
    assert mark.exact and mark.lasting
    again = type(value)(value.items() if isinstance(value, dict) else value)
    assert mark_of(again).digest == mark.digest
    for at in (0, 1_717, 2_999):
        if isinstance(value, dict):
            other = {**value, list(value)[at]: "another"}
        else:
            other = type(value)([*value[:at], "another", *value[at + 1 :]])
        assert mark_of(other).digest != mark.digest
    assert mark_of([*[2] * 400, 1]).digest != mark_of([*[2] * 400, 1.0]).digest
    assert mark_of([1] * 400).digest != mark_of([True] * 400).digest


def test_among_many_what_can_change_is_a_part() -> None:
    inner = [1, 2]
    for many in ([*range(3_000), inner], {**dict.fromkeys(range(3_000)), "last": inner}):
        before = mark_of(many)
        assert id(inner) in before.parts
        inner.append(3)
        assert mark_of(many).digest != before.digest
    loud = mark_of([*range(3_000), LoudNumber(3)])
    assert loud.digest != mark_of([*range(3_000), 3]).digest


def test_more_than_can_be_taken_in_is_marked_by_a_sample() -> None:
    budget = Budget()
    few, most = list(range(10_000)), list(range(600_000))
    assert mark_of(few, budget).exact
    mark = mark_of(most, budget)
    assert not mark.exact
    assert mark_of([*most, 1]).digest != mark.digest
    assert mark_of(few, budget).exact  # what was too much took nothing from the others
    assert not mark_of([*most, object()]).exact
    assert not mark_of(set(most)).exact


def test_an_object_that_took_anothers_place_is_another() -> None:
    held = [object.__new__(type("Opaque", (), {"__slots__": ("__weakref__",)}))]
    before = mark_of(held)
    held[0] = object.__new__(type(held[0]))
    assert before.shows_change(mark_of(held))


class Loud:
    """Whatever it is asked, it says so."""

    def __init__(self):
        object.__setattr__(self, "heard", [])

    def __getattribute__(self, name):
        object.__getattribute__(self, "__dict__")["heard"].append(name)
        return object.__getattribute__(self, name)

    def __eq__(self, other):
        raise AssertionError("compared")

    def __hash__(self):
        raise AssertionError("hashed")

    def __repr__(self):
        raise AssertionError("shown")

    def __len__(self):
        raise AssertionError("counted")


def test_nothing_of_the_users_runs() -> None:
    value = Loud()
    mark_of([value, {"a": value}])
    assert object.__getattribute__(value, "__dict__")["heard"] == []
