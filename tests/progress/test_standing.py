"""How far a run is, what is left of it, and whether it hangs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trackbook.clock import now_us
from trackbook.progress import pace_of, standings
from trackbook.progress.rows import GoingRow
from trackbook.progress.standing import standing_of
from trackbook.progress.words import counted, lasting, nth
from trackbook.records import Execution, ExecutionEnd, Progress, RunEnd

S = 1_000_000
MINUTE = 60 * S


def told(project, run, done, execution=None, **more):
    facts = {"total": 50, "unit": "epoch"} | more
    project.journal.put(Progress(done=done, **facts), run, execution)


def going(dones, times_s, **more):
    plain = {"run_id": "r", "total": 50, "unit": "epoch", "turn": 0, "is_over": False,
             "turns": [0] * len(dones), "is_running": True, "is_executing": True}  # fmt: skip
    return GoingRow(
        **plain | {"done": dones[-1], "dones": dones} | more,
        times_us=[round(t * S) for t in times_s],
    )


def test_a_run_says_how_far_it_is_and_what_is_left() -> None:
    standing = standing_of(going([9, 10, 11, 12], [36, 40, 44, 48]), 50 * S)
    assert standing.words == "12/50 epochs, 2 min left"
    assert standing.sentence == "12/50 epochs, 4 s each, 2 min left"
    assert standing.left_s == pytest.approx(38 * 4 - 2)


def test_a_pause_and_a_slow_first_epoch_do_not_change_the_pace() -> None:
    times = [0, 90, 92, 94, 96, 98, 700, 702, 704, 706, 708]
    assert pace_of(list(enumerate(t * S for t in times))) == pytest.approx(2.0, rel=0.2)


def test_many_epochs_between_two_words_are_counted() -> None:
    assert pace_of([(0, 0), (100, S), (200, 2 * S)]) == pytest.approx(0.01)
    assert pace_of([(3, 0), (3, 5 * S)]) is None
    assert pace_of([]) is None


def test_where_the_total_is_not_told_no_end_is_foretold() -> None:
    standing = standing_of(going([1, 2], [0, 1], total=None, unit="step"), 2 * S)
    assert standing.words == "2 steps"
    assert standing.left_s is None


def test_counting_that_began_anew_foretells_no_end() -> None:
    row = going([49, 50, 1, 2], [0, 1, 2, 3], turn=1, turns=[0, 0, 1, 1])
    standing = standing_of(row, 4 * S)
    assert standing.words == "2/50 epochs, 2nd time"
    assert standing.pace_s == pytest.approx(1.0)


def test_a_run_that_is_silent_far_longer_than_ever_hangs() -> None:
    row = going([1, 2, 3, 4], [0, 4, 8, 20])
    assert not standing_of(row, 20 * S + 2 * MINUTE).hangs
    standing = standing_of(row, 20 * S + 12 * MINUTE)
    assert standing.trouble == "no epoch for 12 min, where one took 6.7 s: it may hang"
    assert standing.words == "4/50 epochs"
    slow = going([1, 2, 3, 4], [0, 600, 1200, 1800])
    assert not standing_of(slow, 1800 * S + 90 * MINUTE).hangs
    for quiet in (
        replace(row, is_over=True),
        replace(row, is_running=False),
        replace(row, is_executing=False),
        replace(row, done=50),
        going([1, 2], [0, 4]),
    ):
        assert not standing_of(quiet, 20 * S + 600 * MINUTE).hangs


def test_a_store_knows_how_far_its_runs_are(project) -> None:
    run, silent = project.run(status="RUNNING"), project.run(status="RUNNING")
    cell = "0190-cell"
    begun = Execution(source="fit()", source_hash="h", cell_id="c", cell_key="c")
    project.journal.put(begun, None, cell)
    for done in range(1, 31):
        told(project, run, done, cell)
    later = now_us() + 10 * MINUTE
    found = standings(project.store, [run, silent], now_us=later)
    assert list(found) == [run]
    assert (found[run].done, found[run].total) == (30, 50)
    assert found[run].hangs
    ended = ExecutionEnd(outcome="ok", duration_s=1.0, reads=[], binds=[])
    project.journal.put(ended, None, cell)
    assert not standings(project.store, [run], now_us=later)[run].hangs
    assert standings(project.store, [], now_us=later) == {}


def test_of_a_run_that_failed_it_is_known_how_far_it_came(project) -> None:
    run = project.run(status="RUNNING")
    for done in (11, 12):
        told(project, run, done)
    project.journal.put(RunEnd(status="FAILED"), run)
    standing = standings(project.store, [run], now_us=now_us())[run]
    assert standing.words == "12/50 epochs"


def test_counts_and_spans_are_said_in_few_words() -> None:
    assert [counted(1, None, "batch"), counted(2, None, "batch")] == [
        "1 batch",
        "2 batches",
    ]
    assert counted(1, 1200, "round") == "1/1,200 rounds"
    spans = [0, 0.04, 9.96, 12, 59.7, 200, 3600 * 2 + 300, 90_000]
    said = ["0 s", "0.04 s", "10 s", "12 s", "1 min", "3 min", "2 h 5 min", "1 d 1 h"]
    assert [lasting(span) for span in spans] == said
    assert [nth(n) for n in (1, 2, 3, 4, 11, 22)] == [
        "1st", "2nd", "3rd", "4th", "11th", "22nd",
    ]  # fmt: skip
