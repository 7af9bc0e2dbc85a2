"""How far trainings are is written down now and then, and loses nothing at the end."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from trackbook.capture.progress import Goings
from trackbook.libraries import Step


@pytest.fixture
def desk(project):
    class Desk:
        def __init__(self):
            self.now_s = 100.0
            self.goings = Goings(project.journal, clock=lambda: self.now_s)
            run_id = project.run(status="RUNNING")
            self.run = SimpleNamespace(run_id=run_id, execution_id="cell-1")

        def step(self, seconds=0.0, **facts):
            self.now_s += seconds
            self.goings.told(self.run, Step(**facts))

        def written(self):
            question = "SELECT done, total, unit, turn, is_over FROM training_progress ORDER BY told_at"
            return project.store.rows(question).rows

    return Desk()


def test_of_a_thousand_steps_a_second_one_is_written(desk) -> None:
    for epoch in range(3000):
        desk.step(0.001, done=epoch + 1, total=5000)
    assert [row[0] for row in desk.written()] == [1, 1001, 2001]
    desk.goings.flush()
    assert len(desk.written()) == 3
    desk.goings.ended(desk.run)
    desk.goings.ended(desk.run)
    assert desk.written()[3:] == [(3000, 5000, "epoch", 0, False)]


def test_a_word_that_waits_is_written_though_no_step_follows(desk) -> None:
    desk.step(done=1, total=9)
    desk.step(0.1, done=2, total=9)
    desk.now_s += 1
    desk.goings.flush()
    desk.goings.flush()
    assert [row[0] for row in desk.written()] == [1, 2]


def test_what_the_library_does_not_count_is_counted_as_steps(desk) -> None:
    for _ in range(3):
        desk.step(2.0)
    assert desk.written() == [(n, None, "step", 0, False) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "total", [None, "many", float("nan"), float("inf"), -1, 1 << 70, []]
)
def test_what_is_no_count_is_left_out(desk, total) -> None:
    desk.step(done=np.int64(3), total=np.int64(9), unit="round")
    desk.step(2.0, done=4, total=total)
    assert [row[:3] for row in desk.written()] == [(3, 9, "round"), (4, None, "epoch")]


def test_batches_between_epochs_leave_the_epochs_alone(desk) -> None:
    for epoch in (1, 2):
        desk.step(2.0, done=epoch, total=2)
        desk.step(2.0)
    assert [row[:3] for row in desk.written()] == [
        (1, 2, "epoch"), (1, 2, "epoch"), (2, 2, "epoch"), (2, 2, "epoch"),
    ]  # fmt: skip


def test_counting_anew_is_another_turn(desk) -> None:
    for done in (1, 2, 1, 2, 1):
        desk.step(2.0, done=done, total=2, unit="round")
    assert [(row[0], row[3]) for row in desk.written()] == [
        (1, 0), (2, 0), (1, 1), (2, 1), (1, 2),
    ]  # fmt: skip


def test_a_training_that_is_over_is_said_to_be(desk) -> None:
    desk.step(done=1, total=2)
    desk.step(0.1, done=2, total=2)
    desk.goings.over(desk.run)
    desk.goings.ended(desk.run)
    assert [(row[0], row[4]) for row in desk.written()] == [(1, False), (2, True)]
