"""A function swept in real processes: what fails, dies, hangs, is stopped, or goes on."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from trackbook.sweeps import stop


def test_every_point_of_a_grid_is_a_child_run_and_a_failure_ends_nothing(place) -> None:
    said = place.sweep("toy:plain", "x=0..3", "fail=2", "--metric", "acc", "--jobs", "2")
    assert re.match(r"sweep-1: 3 of 4 done, 1 failed; best acc 6 in trial 3", said)
    assert place.trials("sweep-1") == {
        0: ["done", 0.0, None],
        1: ["done", 2.0, None],
        2: ["failed", None, "ValueError: no <b>good</b>"],
        3: ["done", 6.0, None],
    }
    runs = place.rows(
        "SELECT r.status, r.params['x'], r.metrics['loss'], p.name, r.relation FROM runs r"
        " JOIN runs p ON p.run_id = r.parent_run_id ORDER BY r.name"
    )
    assert [status for status, *_ in runs] == ["FINISHED", "FINISHED", "FAILED", "FINISHED"]
    assert runs[1] == ("FINISHED", "1", 0.5, "sweep-1", "child")
    (sweep,) = place.rows(
        "SELECT status, target, search, metric, direction, trial_count, best_value, best_number,"
        " jobs, executor FROM sweeps"
    )
    assert sweep == (
        "FINISHED", "toy:plain", "grid", "acc", "max", 4, 6.0, 3, 2, "processes",
    )  # fmt: skip


def test_a_trial_that_kills_its_process_harms_no_other_and_none_counts_twice(place) -> None:
    said = place.sweep(
        "toy:dies", "x=0..5", "--maximize", "--jobs", "2", "--name", "deadly"
    )
    assert "5 of 6 done, 1 failed; best value 5" in said
    found = place.trials("deadly")
    assert found[2][0] == "failed" and "its process died" in found[2][2]
    assert {x: value for x, (state, value, _) in found.items() if state == "done"} == {
        x: float(x) for x in (0, 1, 3, 4, 5)
    }


def test_what_takes_too_long_fails_and_what_is_hopeless_is_pruned(place) -> None:
    place.sweep("toy:hangs", "x=0,1,2", "--jobs", "2", "--timeout", "0.5", "--name", "late")
    assert place.trials("late")[1] == ["failed", None, "it took more than 0.5 s"]
    said = place.sweep(
        "toy:steps", "x=9,8,7,6,1", "n=15", "--metric", "acc", "--prune", "--jobs", "1",
        "--name", "hopeless",
    )  # fmt: skip
    assert "4 of 5 done, 1 pruned; best acc 9" in said
    assert place.trials("hopeless")[1][0] == "pruned"
    points = place.rows(
        "SELECT count(*) FROM metrics m JOIN trials t USING (run_id) WHERE t.state = 'pruned'"
    )
    assert 0 < points[0][0] < 15


HOPELESS = """
import argparse, pathlib, time, trackbook
parser = argparse.ArgumentParser()
parser.add_argument("--x", type=int)
x = parser.parse_args().x
try:
    for step in range(400):
        trackbook.log_metric("acc", x, step=step)
        time.sleep(0 if x > 1 else 0.2)
except KeyboardInterrupt:
    pathlib.Path("asked").touch()
    raise
"""


def test_a_hopeless_program_is_asked_to_end_as_by_ctrl_c(place) -> None:
    (place.folder / "hopeless.py").write_text(HOPELESS)
    said = place.sweep(
        "hopeless.py", "x=5,6,7,8,9,1", "--metric", "acc", "--maximize", "--prune",
        "--jobs", "1", "--name", "hopeless-program",
    )  # fmt: skip
    assert "5 of 6 done, 1 pruned; best acc 9" in said
    assert place.trials("hopeless-program")[1][0] == "pruned"
    assert (place.folder / "asked").exists()


def wait_for(place, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(place.called) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", ["killed", "interrupted", "stopped"])
def test_a_sweep_that_broke_off_goes_on_without_repeating_what_is_done(place, how) -> None:
    words = ("toy:slow", "x=0..7", "--metric", "acc", "--jobs", "2", "--name", how)
    process = place.start(*words)
    wait_for(place, 5)
    if how == "stopped":
        ((sweep_id,),) = place.rows("SELECT sweep_id FROM sweeps WHERE name = 'stopped'")
        stop(place.folder, sweep_id)
    else:
        os.kill(process.pid, {"killed": signal.SIGKILL, "interrupted": signal.SIGINT}[how])
    process.communicate(timeout=60)
    assert process.returncode == {"killed": -9, "interrupted": 130, "stopped": 0}[how]
    first = place.called
    found = place.trials(how)
    assert {state for state, *_ in found.values()} == {"done", "cancelled"}
    done = [x for x, (state, *_) in found.items() if state == "done"]
    (status,) = place.rows(f"SELECT status, ended_at FROM sweeps WHERE name = '{how}'")
    assert status[0] == "KILLED" and status[1] is not None
    time.sleep(1.5)
    assert place.called == first  # no worker goes on by itself

    said = place.sweep("--resume", how)
    assert "8 of 8 done; best acc 7" in said
    again = place.called[len(first) :]
    assert sorted(again) == sorted(set(range(8)) - set(done))
    assert {state for state, *_ in place.trials(how).values()} == {"done"}
    assert place.rows(f"SELECT status FROM sweeps WHERE name = '{how}'") == [("FINISHED",)]


def test_a_search_that_is_seeded_suggests_the_same_again(place) -> None:
    for search in ("random", "optuna"):
        for name in (f"{search}-a", f"{search}-b"):
            place.sweep(
                "toy:plain", "x=0..100", "--search", search, "--budget", "6", "--seed", "7",
                "--metric", "loss", "--minimize", "--jobs", "1", "--name", name,
            )  # fmt: skip
        a, b = (list(place.trials(f"{search}-{n}")) for n in "ab")
        assert a == b
        assert len(a) > 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["toy:plain", "y=1"], "does not take the params"),
        (["toy:nix", "x=1"], "no function 'nix'"),
        (["nix:plain", "x=1"], "no module 'nix'"),
        (["nix.py", "x=1"], "no"),
        (["toy:plain"], "needs params with values"),
        (["toy:plain", "x=1..2", "--search", "random"], "--budget 50"),
        (["toy:plain", "x=0..1:log"], "begins above 0"),
        (["toy:plain", "x=1", "--prune"], "what is better"),
        (["toy:plain", "x=1", "--jobs", "0"], "a number from 1"),
        (["toy:plain", "x=1", "--executor", "nix"], "dask://host:port"),
        (
            ["toy:plain", "x=1", "--maximize", "--minimize"],
            "more cannot be better and worse",
        ),
        (["toy:plain", "api_key=1,2"], "secrets are not swept"),
        (["--resume", "nix"], "no run"),
        (["--stop", "ended"], "does not run now"),
    ],
)
def test_what_cannot_be_meant_begins_nothing(swept, words, says) -> None:
    assert says in swept.sweep(*words)
    assert swept.rows("SELECT name FROM sweeps") == [("ended",)]
