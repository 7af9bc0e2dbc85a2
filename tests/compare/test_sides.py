"""Runs side by side, and what changed from one to the other."""

from __future__ import annotations

import math

import pytest

from trackbook.compare import compare, diff, version
from trackbook.errors import Misused

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def pair(project):
    a = project.run(
        "a", params={"lr": 0.1, "n": 5}, metrics={"acc": 0.8, "loss": 0.5, "q": 1.0}
    )
    b = project.run(
        "b", params={"lr": 0.2, "n": 5}, metrics={"acc": 0.9, "loss": 0.7, "q": 2.0}
    )
    return [project.found(a), project.found(b)]


def test_a_comparison_says_what_differs_and_which_is_best(project, pair):
    lines = {line.name: line for line in compare(project.store, pair).lines}
    assert [lines[name].differs for name in ("lr", "n", "acc")] == [True, False, True]
    assert [lines[name].best for name in ("acc", "loss", "q", "lr")] == [
        {1},
        {0},
        set(),
        set(),
    ]
    assert lines["lr"].values == ["0.1", "0.2"]


def test_the_way_a_metric_is_better_can_be_set(project, pair):
    found = compare(
        project.store, pair, of="metrics", directions={"q": "min", "acc": "min"}
    )
    assert {line.name: set(line.best) for line in found.lines} == {
        "acc": {0},
        "loss": {0},
        "q": {0},
    }


def test_what_is_the_same_can_be_left_out(project, pair):
    found = compare(project.store, pair, of="params", changed_only=True)
    assert [line.name for line in found.lines] == ["lr"]


def test_missing_and_diverged_values_are_never_best(project):
    runs = [
        project.found(project.run("a", metrics={"loss": math.nan})),
        project.found(project.run("b", metrics={"loss": 0.3})),
        project.found(project.run("c")),
        project.found(project.run("d", metrics={"loss": 0.3})),
    ]
    (line,) = compare(project.store, runs).lines
    assert line.best == {1, 3}
    assert line.values[2] is None
    assert not compare(project.store, [runs[0], runs[0]]).lines[0].differs


def test_a_comparison_shows_the_best_value(project, pair):
    text = compare(project.store, pair).table().text(width=100)
    (line,) = [line for line in text.splitlines() if " acc " in line]
    assert "0.9 ▲" in line
    assert "0.8 ▲" not in line


def test_one_run_alone_cannot_be_compared(project, pair):
    with pytest.raises(Misused, match="at least two"):
        compare(project.store, pair[:1])


def test_runs_of_one_name_have_a_column_each(project):
    same = [project.found(project.run("same", params={"a": n})) for n in range(3)]
    assert len(set(compare(project.store, same).table().columns[2:5])) == 3


def test_a_difference_names_every_change(project):
    a = project.run(
        "a", params={"lr": 0.1, "gone": 1}, metrics={"acc": 0.8, "loss": 0.5, "z": 1.0},
        tags={"owner": "ann"}, packages=["numpy==1.0", "old==2", "same==3"],
    )  # fmt: skip
    b = project.run(
        "b", params={"lr": 0.2, "new": 2}, metrics={"acc": 0.9, "loss": 0.75, "z": 3.0},
        tags={"owner": "bob"}, packages=["numpy==2.0", "fresh==1", "same==3"],
    )  # fmt: skip
    found = diff(project.store, project.found(a), project.found(b))
    seen = [(c.kind, c.name, c.before, c.after, c.verdict) for c in found.changes]
    assert seen == [
        ("param", "gone", "1", None, ""),
        ("param", "lr", "0.1", "0.2", ""),
        ("param", "new", None, "2", ""),
        ("metric", "acc", 0.8, 0.9, "better"),
        ("metric", "loss", 0.5, 0.75, "worse"),
        ("metric", "z", 1.0, 3.0, ""),
        ("tag", "owner", "ann", "bob", ""),
        ("package", "fresh", None, "1", ""),
        ("package", "numpy", "1.0", "2.0", ""),
        ("package", "old", "2", None, ""),
    ]
    deltas = [c.delta for c in found.changes if c.kind == "metric"]
    assert deltas == pytest.approx([0.1, 0.25, 2.0])


def test_a_run_does_not_differ_from_itself(project):
    run = project.found(project.run("a", params={"lr": 1}, metrics={"loss": math.nan}))
    found = diff(project.store, run, run)
    assert (list(found.changes), found.code) == ([], "")
    assert "the same code" in repr(found)


def test_names_and_code_show_as_nothing_but_text(project):
    cells = [project.cell(f"x = '{EVIL}{n}'", binds={"x"}, key="k") for n in range(2)]
    runs = [
        project.found(project.run(EVIL, params={EVIL: f"{EVIL}{n}"}, execution=cell))
        for n, cell in enumerate(cells)
    ]
    for shown in (diff(project.store, *runs), compare(project.store, runs)):
        html = shown._repr_html_()
        assert "<img" not in html
        assert "&lt;img" in html


def test_the_version_changes_with_every_fact(project):
    seen = {version(project.store)}
    project.store.drain()
    for n in range(3):
        seen.add(version(project.store))
        project.run(f"run {n}")
        seen.add(version(project.store))
        project.store.drain()
    assert len(seen) >= 7
    assert version(project.store) == version(project.store)
