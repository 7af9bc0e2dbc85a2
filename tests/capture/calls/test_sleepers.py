"""What sleeps while a trainer trains misses nothing of the user's own loops."""

from __future__ import annotations

import contextlib
import importlib
import sys
import textwrap
from threading import Barrier, Event, Thread

import pytest

from trackbook.libraries import Library, Measured, Noted, Training

DOZE = """
def beat(n): return n
def step(n): return n

class Net:
    def fit(self, meanwhile=lambda n: None, fails=False):
        for n in range(4):
            beat(-n)
            meanwhile(n)
            step(-n)
        if fails:
            raise ValueError("no luck")
        return self

    def search(self, objective):
        return objective()

def loop(numbers, meanwhile=lambda n: None):
    for n in numbers:
        beat(n)
        meanwhile(n)
        step(n)
"""


def told(name):
    return lambda n, _: (Measured(name=name, values=[(n, 0.0)]),)


DOZED = Library(
    module="doze",
    methods={
        "doze:Net": {
            "fit": lambda call: [
                Training(label="Net", model=call.given["self"], params={})
            ],
            "search": lambda _: [],
        },
    },
    live={
        "doze:beat": Noted("n", told("beat"), is_outside=True, is_pulse=True),
        "doze:step": Noted("n", told("step"), is_outside=True, sleeps=True),
    },
    hosts=("search",),
)


@pytest.fixture
def doze(tmp_path, monkeypatch):
    (tmp_path / "doze.py").write_text(textwrap.dedent(DOZE))
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("doze")
    sys.modules.pop("doze")


@pytest.fixture
def dozing(doze, watch_over):
    with watch_over(DOZED) as watching:
        yield watching
    assert watching.faults == []


def heard(dozing):
    return [
        (one.name, one.values[0][0])
        for _, findings, _ in dozing.calls
        for one in findings
        if isinstance(one, Measured)
    ]


def steps(*numbers):
    return [(name, n) for n in numbers for name in ("beat", "step")]


def test_they_sleep_from_the_first_beat_of_a_fit_until_it_ends(doze, dozing):
    sleepers, seen = dozing.watch._running.sleepers, []
    doze.Net().fit(lambda _: seen.append(sleepers.is_asleep))
    assert seen == [True] * 4
    assert not sleepers.is_asleep
    doze.loop([1, 2])
    assert heard(dozing) == steps(1, 2)


def test_a_loop_after_a_fit_that_failed_is_heard_whole(doze, dozing):
    with contextlib.suppress(ValueError):
        doze.Net().fit(fails=True)
    doze.loop([1, 2])
    assert heard(dozing) == steps(1, 2)


def test_a_fit_that_failed_lets_nothing_sleep_in_the_next_cell(doze, dozing):
    with contextlib.suppress(ValueError):
        doze.Net().fit(fails=True)
    dozing.watch.refresh()
    doze.step(1)
    assert heard(dozing) == [("step", 1)]


def test_a_loop_of_another_thread_that_went_on_before_keeps_every_step(doze, dozing):
    turns, has_begun = Barrier(2), Event()

    def meanwhile(_):
        has_begun.set()
        turns.wait(9)

    thread = Thread(target=doze.loop, args=([1, 2, 3, 4], meanwhile))
    thread.start()
    assert has_begun.wait(9)
    doze.Net().fit(lambda _: turns.wait(9))
    thread.join()
    assert heard(dozing) == steps(1, 2, 3, 4)


def test_a_loop_of_another_thread_that_begins_meanwhile_keeps_every_step(doze, dozing):
    def begin(n):
        # Started by the fit it would be a part of it: so it waits from before.
        if n == 1:
            go.wait(9)
            gone.wait(9)

    go, gone = Barrier(2), Barrier(2)

    def waits():
        go.wait(9)
        doze.loop([1, 2, 3])
        gone.wait(9)

    thread = Thread(target=waits)
    thread.start()
    doze.Net().fit(begin)
    thread.join()
    assert heard(dozing) == steps(1, 2, 3)


def test_a_loop_that_a_search_calls_is_heard_between_fits_that_it_calls_too(doze, dozing):
    def objective():
        doze.loop([1])
        doze.Net().fit()
        doze.loop([2])
        return 0.5

    doze.Net().search(objective)
    assert heard(dozing) == steps(1, 2)


def test_what_slept_when_it_was_unloaded_is_heard_when_it_is_loaded_again(doze, watch_over):
    watching = watch_over(DOZED)
    watching.watch.start()
    doze.Net().fit(lambda n: n == 3 and watching.watch.stop())
    with watching:
        doze.loop([1])
    assert heard(watching) == steps(1)


def test_a_fit_that_is_within_another_thing_each_time_is_still_found(doze, dozing):
    def deeper(n):
        return doze.Net().fit() if n == 0 else deeper(n - 1)

    for n in (0, 3, 1, 60, 0):
        deeper(n)
        doze.loop([n])
    assert heard(dozing) == steps(0, 3, 1, 60, 0)
    assert dozing.labels.count("Net") == 5
