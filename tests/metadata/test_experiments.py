"""What experiments are after, and which run came closest."""

from __future__ import annotations

import pytest

from trackbook.code import direction_of
from trackbook.errors import Misused
from trackbook.metadata import Aim, aim_of, aims, said_of
from trackbook.metadata.read import experiment_called
from trackbook.records import Label, Objective, Trash

HOSTILE = "'; DROP TABLE run; --</script>\n$of"


def after(project, metric, direction="max", experiment="churn"):
    project.journal.put(
        Objective(experiment=experiment, metric=metric, direction=direction)
    )


def best(project, experiment="churn"):
    return experiment_called(project.store, experiment).best_run_id


@pytest.mark.parametrize(
    ("words", "aim"),
    [
        ("accuracy on test, higher", Aim(task=None, metric="accuracy", split="test", direction="max")),
        ("loss", Aim(task=None, metric="loss", split=None, direction="min")),
        ("zorg, lower, regression", Aim(task="regression", metric="zorg", split=None, direction="min")),
        ("a, b on holdout, ranking, max", Aim(task="ranking", metric="a, b", split="holdout", direction="max")),
        ("none", None),
    ],
)  # fmt: skip
def test_an_objective_is_read_from_a_sentence(words, aim) -> None:
    read = aim_of(words, direction_of)
    assert read == aim
    if aim is not None:
        assert aim_of(said_of(aim), direction_of) == aim


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "names no metric"),
        (", higher", "names no metric"),
        ("zorg", "which way 'zorg' is better is not known"),
        ("accuracy, lower", "is better higher"),
        ("x" * 201 + ", higher", "names no metric"),
    ],
)
def test_an_objective_that_cannot_be_meant_is_refused(words, says) -> None:
    with pytest.raises(Misused, match=says):
        aim_of(words, direction_of)


def test_the_best_run_is_the_latest_of_equal_ones_and_never_one_that_diverged(
    project,
) -> None:
    for value in (0.5, float("nan"), 0.9):
        project.run(metrics={"acc": value})
    last = project.run(metrics={"acc": 0.9})
    for value in (float("inf"), 0.1):
        project.run(metrics={"acc": value})
    assert best(project) is None
    after(project, "acc")
    assert best(project) == last
    project.journal.put(Trash(trashed=True), last)
    assert experiment_called(project.store, "churn").best_value == 0.9
    assert best(project) != last


def test_the_best_run_is_that_of_the_reference(project) -> None:
    from trackbook.runs import find

    for value in (0.7, 0.2, 0.2):
        project.run(metrics={"loss": value, "acc": value})
    for metric, direction in (("loss", "min"), ("acc", "max")):
        after(project, metric, direction)
        assert best(project) == find(project.store, f"best:{metric}").run_id


def test_an_objective_that_was_taken_back_is_none(project) -> None:
    project.run(metrics={"acc": 1.0})
    after(project, "acc")
    after(project, "")
    found = experiment_called(project.store, "churn")
    assert (found.objective, found.best_run_id) == (None, None)
    assert aims(project.store) == {}


def test_only_runs_of_the_experiment_count(project) -> None:
    project.run(metrics={"acc": 0.9}, experiment="churn/deep")
    mine = project.run(metrics={"acc": 0.1})
    after(project, "acc")
    assert best(project) == mine


def test_python_and_packages_are_sets_and_one_where_they_agree(project) -> None:
    from trackbook.records import Environment, Model

    for number in ("1.0", "1.0", "2.0"):
        run = project.run()
        found = Environment(
            digest=number,
            packages=[f"scikit-learn=={number}", "Torch==3"],
            environment_hash=number * 2,
        )
        project.journal.put(found, run)
        for library in ("sklearn", "torch"):
            model = Model(label="m", library=library, digest="m1:", is_whole=True)
            project.journal.put(model, run)
    found = experiment_called(project.store, "churn")
    assert list(found.framework_versions) == [
        "Torch==3", "scikit-learn==1.0", "scikit-learn==2.0",
    ]  # fmt: skip
    assert found.framework_version is None
    assert list(found.environment_hashes) == ["1.01.0", "2.02.0"]
    assert found.environment_hash is None
    assert (found.python_version, found.python_versions) == ("3.12", ["3.12"])


def test_an_experiment_without_runs_is_one_if_somebody_said_what_it_is(project) -> None:
    project.journal.put(
        Label(thing="experiment", subject=HOSTILE, name="description", value=HOSTILE)
    )
    found = experiment_called(project.store, HOSTILE)
    assert (found.total_runs, found.description) == (0, HOSTILE)
    assert found.created_at == found.last_updated
    assert "</script>" not in found._repr_html_()
    assert experiment_called(project.store, "nix") is None
