"""What versions are asked, and what cannot be meant."""

from __future__ import annotations

import pytest

from trackbook.errors import Misused, NotFound, TrackbookError
from trackbook.gates import built_in, read_policy
from trackbook.versus import chosen, question_of


def test_rows_and_measures_are_those_of_the_gates(lab) -> None:
    asked = question_of(lab.book.models.policy())
    assert (len(asked.rows.table), asked.evaluation.target) == (400, "left")
    assert (asked.metrics, asked.slices) == (("accuracy", "balanced_accuracy"), ("region",))


def test_a_file_from_anywhere_can_be_named(lab, tmp_path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("age,visits,fee,gone\n1,2,3,0\n3,2,1,1\n")
    asked = question_of(built_in(), data=str(file), target="gone", metrics=["brier"])
    assert (len(asked.rows.table), asked.rows.source) == (2, str(file))
    assert asked.metrics == ("brier",)


def test_without_rows_it_is_said_how_to_name_some(tmp_path) -> None:
    asked = question_of(built_in(tmp_path))
    assert asked.rows is None and "--data FILE --target COLUMN" in asked.why


def test_rows_of_the_gates_that_are_gone_are_said_and_no_error(tmp_path) -> None:
    (tmp_path / "trackbook.gates.toml").write_text(
        'version = 1\n[evaluation]\ndata = "gone.csv"\ntarget = "y"\n'
        '[targets.a]\nrequire = ["package.intact"]\n'
    )
    asked = question_of(read_policy(tmp_path))
    assert asked.rows is None and "cannot read the table gone.csv" in asked.why


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"data": "gone.csv", "target": "y"}, "cannot read 'gone.csv': No such file"),
        ({"data": "model.pkl", "target": "y"}, "is no table"),
        ({"data": "/etc/passwd", "target": "y"}, "is no table"),
        ({"data": "x.csv"}, "needs --target COLUMN"),
        ({"target": "y"}, "needs --data FILE"),
        ({"metrics": ["acuracy"]}, "did you mean 'accuracy'"),
        ({"resamples": 5}, "100 to 100000"),
        ({"seed": -1}, "cannot be negative"),
        ({"data": "x\0.csv", "target": "y"}, "cannot read"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_error(given, says) -> None:
    with pytest.raises(TrackbookError) as told:
        question_of(built_in(), **given)
    assert says in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("words", [
    ["churn", "1.0.0", "1.1.0"], ["churn@1.0.0", "churn@1.1.0"], ["churn@1.0.0", "1.1.0"],
    ["churn", "v1", "churn@v2"],
])  # fmt: skip
def test_versions_are_named_in_either_way(lab, words) -> None:
    assert [row.version for row in chosen(lab.book, words)] == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (["churn"], Misused, "names no versions"),
        (["churn", "1.0.0"], Misused, "there are churn@"),
        (["churn", "1.0.0", "1.0.0"], Misused, "which is named already"),
        (
            ["churn", "1.0.0", "v1"],
            Misused,
            "churn@v1 is churn@1.0.0, which is named already",
        ),
        (["churn", "1.0.0", "9.9.9"], NotFound, "9.9.9"),
        (["nobody", "1.0.0", "2.0.0"], NotFound, "no model named 'nobody'"),
        (["<script>", "1", "2"], Misused, "cannot be a model's name"),
    ],
)
def test_versions_that_cannot_be_meant_are_one_clear_error(lab, words, error, says) -> None:
    with pytest.raises(error) as told:
        chosen(lab.book, words)
    assert says in str(told.value)
