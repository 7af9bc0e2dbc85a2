"""What is done in the background, and when."""

from __future__ import annotations

import threading
import time

import pytest

from trackbook.book import background
from trackbook.book.background import Background

PATIENCE_S = 20


class Rest:
    """For how long the user's code has been at rest, as a test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def rest():
    return Rest()


@pytest.fixture
def told():
    return []


@pytest.fixture
def thread(rest, told, monkeypatch):
    monkeypatch.setattr(background, "TICK_S", 0.02)
    made = Background(lambda: None, fault=lambda *fault: told.append(fault), rest_s=rest)
    yield made
    made.stop()


def until(said):
    end = time.monotonic() + PATIENCE_S
    while not said():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_a_job_is_done_soon_and_what_can_wait_is_not_while_cells_run(thread):
    done = []
    thread.later(lambda: done.append("late"))
    thread.soon(lambda: done.append("soon"))
    until(lambda: done)
    time.sleep(0.2)
    assert done == ["soon"]


def test_what_can_wait_is_done_when_no_cell_runs(thread, rest):
    done = threading.Event()
    thread.later(done.set)
    rest.seconds = background.REST_S
    assert done.wait(PATIENCE_S)


def test_what_can_wait_is_done_after_a_while_though_cells_run_on(thread, monkeypatch):
    monkeypatch.setattr(background, "LATEST_S", 0.1)
    done = threading.Event()
    thread.later(done.set)
    assert done.wait(PATIENCE_S)


def test_who_asks_for_results_gets_what_could_wait(thread):
    done = []
    thread.later(lambda: done.append(1))
    assert thread.settle(patience_s=PATIENCE_S)
    assert done == [1]


def test_what_comes_after_somebody_asked_waits_again(thread):
    done = []
    assert thread.settle(patience_s=PATIENCE_S)
    thread.later(lambda: done.append(1))
    time.sleep(0.2)
    assert done == []


def test_the_end_leaves_nothing_undone(thread):
    done = []
    for number in range(3):
        thread.later(lambda number=number: done.append(number))
    thread.stop()
    assert done == [0, 1, 2]


def test_a_job_that_fails_is_told_and_the_next_is_done(thread, told, rest):
    done = threading.Event()
    thread.later(lambda: 1 / 0)
    thread.later(done.set)
    rest.seconds = background.REST_S
    assert done.wait(PATIENCE_S)
    assert isinstance(told[0][1], ZeroDivisionError)
