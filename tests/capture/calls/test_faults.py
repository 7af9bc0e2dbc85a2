"""Calls, readers and listeners that raise."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

from trackbook.libraries import Library, Noted

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


def test_after_a_call_that_raised_the_next_one_is_told(toy, toy_watch):
    with toy_watch as watching:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                toy.call(lambda: 1 / 0)
        toy.work(0)
    assert [call.name for call, _, _ in watching.calls] == ["work"]


def test_what_a_raised_call_was_given_is_let_go(watch_over):
    class Own(BaseEstimator):
        def fit(self, X):  # noqa: N803 - its name in scikit-learn
            raise ValueError("no")

    with watch_over() as watching:
        model = Own()
        gone = weakref.ref(model)
        with pytest.raises(ValueError, match="no"):
            model.fit(X)
        del model
        watching.watch.refresh()
        gc.collect()
        assert gone() is None


def test_nothing_is_kept_of_a_call_once_it_was_told(watch_over):
    with watch_over() as watching:
        model, data = LogisticRegression(), X.copy()
        model.fit(data, Y)
        gone = weakref.ref(model), weakref.ref(data)
        watching.calls.clear()
        del model, data
        assert [each() for each in gone] == [None, None]


def test_a_class_of_the_users_is_let_go(watch_over):
    with watch_over():
        own = type("Own", (LogisticRegression,), {"fit": lambda self: self})
        gone = weakref.ref(own)
        del own
        gc.collect()
        assert gone() is None


def test_a_reader_that_raises_is_named_once_and_not_asked_again(toy, toy_card, watch_over):
    asked = []

    def broken(call):
        asked.append(call.name)
        raise LookupError("no such thing")

    card = Library(module="toy", functions={**toy_card.functions, "toy:work": broken})
    with watch_over(card) as watching:
        assert [toy.work(0), toy.work(0)] == [0, 0]
        toy.call(lambda: 1)
    assert asked == ["work"]
    assert watching.faults == [("reading toy: work", "no such thing")]
    assert len(watching.calls) == 1


def lazily(_value, _result):
    yield from {}["no such thing"]


@pytest.mark.parametrize(
    "how",
    [
        {"note": lambda *_: {}["no such thing"]},
        {"note": lazily},
        {"note": lambda *_: None, "when": lambda: {}["no such thing"]},
    ],
    ids=["note", "lazily", "when"],
)
def test_a_note_that_raises_is_named_once_and_not_asked_again(toy, how, watch_over):
    card = Library(module="toy", live={"toy:work": Noted("n", **how)})
    with watch_over(card) as watching:
        assert [toy.work(0), toy.work(0)] == [0, 0]
    assert watching.faults == [("reading toy: work", "'no such thing'")]


def test_a_listener_that_raises_leaves_the_call_alone(toy, toy_watch):
    with toy_watch as watching:
        watching.watch._found = lambda *_: 1 / 0
        assert [toy.work(0), toy.work(0)] == [0, 0]
    assert watching.faults == [("telling a call", "division by zero")]


def test_an_interrupt_while_reading_reaches_the_user(toy, toy_card, watch_over):
    def interrupted(call):
        raise KeyboardInterrupt

    card = Library(module="toy", functions={**toy_card.functions, "toy:work": interrupted})
    with watch_over(card) as watching:
        with pytest.raises(KeyboardInterrupt):
            toy.work(0)
        toy.call(lambda: None)
    assert [call.name for call, _, _ in watching.calls] == ["call"]


def test_a_second_watch_too_many_says_so_and_watches_nothing(toy, toy_card, watch_over):
    watches = [watch_over(toy_card) for _ in range(3)]
    for each in watches:
        each.watch.start()
    try:
        assert watches[-1].faults[0][0] == "watching library calls"
        assert toy.work(0) == 0
        assert watches[-1].calls == []
    finally:
        for each in watches:
            each.watch.stop()
