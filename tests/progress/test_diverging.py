"""Losses that are lost are pointed out, and healthy ones are left alone."""

from __future__ import annotations

import math
import random

import pytest

from trackbook.code import direction_of
from trackbook.progress import diverging
from trackbook.progress.diverging import trouble_in

NAN, INF = math.nan, math.inf
SEEDS = range(20)


def series(values):
    return list(enumerate(values))


def falling(count=200, noise=0.0, seed=0):
    draw = random.Random(seed)
    return [2.3 * math.exp(-n / 40) + 0.1 + draw.gauss(0, noise) for n in range(count)]


def test_a_loss_that_is_no_number_is_told_with_its_first_step() -> None:
    assert trouble_in(series([2.0, 1.5, NAN, NAN])) == "is NaN since step 2"
    assert trouble_in(series([2.0, 1.5, 9.0, INF])) == "is infinite since step 3"
    assert trouble_in([(7, NAN), (8, NAN)]) == "is NaN from step 7 on"
    assert trouble_in([]) == ""


def test_a_loss_that_is_measured_now_and_then_is_no_trouble() -> None:
    now_and_then = [1.0, NAN, NAN, 0.8, NAN, NAN, 0.7, NAN]
    assert trouble_in(series(now_and_then)) == ""
    assert trouble_in(series([*now_and_then, NAN, NAN])) == "is NaN since step 7"
    assert trouble_in(series([1.0, NAN, 0.5])) == ""


def test_a_loss_that_grows_away_is_told_with_its_best() -> None:
    grows = falling(100) + [0.3 * 1.5**n for n in range(20)]
    assert trouble_in(series(grows)) == (
        "has grown to 665.05, far over its best (0.3 at step 98)"
    )
    assert trouble_in(series([2.0 * 1.5**n for n in range(20)])).startswith("has grown")
    back_at_chance = falling(100) + [2.3] * 10
    assert trouble_in(series(back_at_chance)).startswith("has grown to 2.3, far over")
    negative = [-n / 10 for n in range(100)] + [-9.9 + 10 * n for n in range(10)]
    assert trouble_in(series(negative)).startswith("has grown")


@pytest.mark.parametrize("seed", SEEDS)
def test_healthy_losses_are_left_alone(seed) -> None:
    draw = random.Random(seed)
    noisy = falling(400, noise=0.5, seed=seed)
    restarts = [
        0.05 + 0.4 * math.exp(-(n % 50) / 10) + 2 * math.exp(-n / 9) for n in range(151)
    ]
    spiked = falling()
    spiked[-3:] = [50.0, 400.0, 30.0]
    flat = [0.693 + draw.gauss(0, 0.01) for _ in range(300)]
    tiny = [10.0 ** -(n / 10) for n in range(100)] + [1e-6] * 10
    wander = [1.0]
    for _ in range(300):
        wander.append(wander[-1] + 0.05 * (1 - wander[-1]) + draw.gauss(0, 0.05))
    for healthy in (
        falling(),
        noisy,
        restarts,
        spiked,
        flat,
        tiny,
        wander,
        [1.0, 9.0, 99.0],
    ):
        assert trouble_in(series(healthy)) == ""


def test_only_losses_of_runs_asked_for_are_looked_into(project) -> None:
    def written(values, name="train.loss"):
        run = project.run(status="RUNNING")
        for step, value in enumerate(values):
            project.journal.put_several(run, {name: value}, step=step, origin="call")
        return run

    lost = written([1.0, 0.5, NAN])
    grown = written([1.0] * 10 + [99.0] * 10)
    overfit = written([1.0] * 10 + [99.0] * 10, "validation.loss")
    better = written([0.1] * 10 + [0.9] * 10, "train.acc")
    fine = written(falling(20))
    hostile = written([1.0, NAN], "<img src=x>'; DROP TABLE run; --loss")
    written([NAN])
    asked = [lost, grown, overfit, better, fine, hostile]
    found = diverging(project.store, asked, direction=direction_of)
    words = {run: [doubt.words for doubt in doubts] for run, doubts in found.items()}
    assert words == {
        lost: ["`train.loss` is NaN since step 2"],
        grown: ["`train.loss` has grown to 99.0, far over its best (1.0 at step 2)"],
        hostile: ["`<img src=x>'; DROP TABLE run; --loss` is NaN since step 1"],
    }
    assert {doubt.code for doubts in found.values() for doubt in doubts} == {"diverged"}
    assert diverging(project.store, [], direction=direction_of) == {}
