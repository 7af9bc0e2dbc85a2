"""Sweeps as they are read for whoever shows them."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from trackbook.errors import NotFound
from trackbook.records import Sweep, Trial
from trackbook.sweeps import SweepRow, TrialRow, sweeps, told, weights
from trackbook.sweeps.told import SQL

SPACE = {
    "lr": {"values": [0.1, 0.2]},
    "depth": {"low": 1, "high": 3, "step": 1, "kind": "int"},
}
ROWS = {"told_sweeps": SweepRow, "told_trials": TrialRow}


@pytest.fixture
def grid(project):
    """A grid of six, of which four were tried: one failed, one better than the others."""
    sweep = project.run("grid", status="RUNNING")
    project.journal.put(
        Sweep(
            target="train.py", target_kind="script", search="grid", space=json.dumps(SPACE),
            metric="acc", direction="max", budget=None, seed=0, jobs=2, executor="processes",
        ),
        sweep,
    )  # fmt: skip
    for number, value in enumerate((0.5, None, 0.9, 0.7)):
        child = project.run(f"grid/{number}")
        trial = Trial(
            sweep_id=sweep, number=number, state="done" if value else "failed",
            params=json.dumps({"lr": 0.1, "depth": number}), value=value, wall_s=10.0,
            error=None if value else "ValueError: no",
        )  # fmt: skip
        project.journal.put(trial, child)
    return sweep


def test_a_sweep_says_how_far_it_is_and_which_trial_is_the_best(project, grid) -> None:
    (row,) = sweeps(project.store)
    assert (row.sweep_id, row.trial_count, row.done, row.failed) == (grid, 4, 3, 1)
    assert (row.best_value, row.best_number) == (0.9, 2)
    found = told(project.store, grid)
    assert [one.number for one in found.trials] == [0, 1, 2, 3]
    assert [one.number for one in found.trials if one.counts] == [0, 2, 3]
    assert found.total == 6
    assert found.left_s() == 10.0  # two trials of ten seconds, two at a time


def test_what_is_no_sweep_is_said(project, grid) -> None:
    with pytest.raises(NotFound, match="is no sweep"):
        told(project.store, project.run("alone"))


def test_params_are_weighed_only_where_there_are_enough_trials(project, grid) -> None:
    found = weights(told(project.store, grid))
    assert dict(found.shares) == {}
    assert found.words == "3 finished trials are too few: 20 are needed"


@pytest.mark.parametrize("name", ROWS)
def test_columns_are_the_fields_of_the_class(project, name) -> None:
    project.run("a")
    assert set(project.store.shape(SQL[name])) == set(ROWS[name].__dataclass_fields__)


@pytest.mark.parametrize("name", sorted(set(SQL) - set(ROWS)))
def test_the_database_understands_every_statement(project, name) -> None:
    project.run("a")
    assert project.store.shape(SQL[name])


@pytest.mark.parametrize("name", SQL)
def test_every_statement_is_asked_somewhere(name) -> None:
    room = files("trackbook.sweeps")
    texts = [f.read_text() for f in room.iterdir() if f.name.endswith(".py")]
    assert any(f'SQL["{name}"]' in text for text in texts) or any(
        f'SQL[\n            "{name}"' in text for text in texts
    )
