"""What a model is judged on is not what it has seen, and is of the kind that it takes."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest

from trackbook.errors import Misused
from trackbook.fingerprint import digest_of_data, look_at
from trackbook.gates import Gate, Used, ask, evaluate, gates

EVALUATION = {"data": "eval.csv", "target": "y"}
LEAK, SCHEMA = "data.leakage", "data.schema"


def rows(count: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "id": range(seed * 1000, seed * 1000 + count), "a": rng.normal(size=count),
        "b": rng.integers(0, 1000, count).astype(float), "c": rng.normal(size=count),
        "town": np.where(rng.random(count) < 0.5, "Rome", "Oslo"),
        "day": pd.date_range("2026-01-01" if seed == 1 else "2026-03-01", periods=count, freq="h"),
        "y": rng.integers(0, 2, count),
    })  # fmt: skip


@pytest.fixture
def tables(tmp_path):
    """A project with a table that was learned from and one that was not."""
    train, test = rows(300, 1), rows(100, 2)

    def put(**changed):
        changed.get("train", train).to_csv(tmp_path / "train.csv", index=False)
        changed.get("test", test).to_csv(tmp_path / "eval.csv", index=False)

    put()
    return train, test, put, tmp_path


@pytest.fixture
def asked(packed, tables):
    def ask_one(check, *, evaluation=EVALUATION, known=None, **keys):
        policy = gates(
            Gate("a", [ask(check, **keys)]), evaluation=evaluation, folder=tables[3]
        )
        (found,) = evaluate(packed.candidate(**(known or {})), policy, "a").results
        return found

    return ask_one


def evidence(found):
    return json.loads(found.evidence)


def test_rows_that_no_training_saw_pass(asked) -> None:
    found = asked(LEAK, training="train.csv")
    assert (found.outcome, found.blocks) == ("passed", False), found.words
    told = evidence(found)
    assert told["columns"] == ["a", "b", "c", "y"]  # the model's, and what is true
    assert (told["leaked"], told["training_rows"], told["rows"]) == (0, 300, 100)
    assert len(told["training_sha256"]) == len(told["sha256"]) == 64


def test_rows_of_training_are_found_whatever_their_types_and_ids(asked, tables) -> None:
    train, test, put, folder = tables
    mixed = pd.concat([test, train.iloc[[5, 9]].assign(id=7)], ignore_index=True)
    put(test=mixed)
    train.assign(b=train["b"].astype("int32"), y=train["y"].astype(bool)).to_parquet(
        folder / "train.parquet"
    )
    for training in ("train.csv", "train.parquet"):
        found = asked(LEAK, training=training)
        assert (found.outcome, found.blocks) == ("failed", True)
        assert "2 of 102 rows (1.96%) are rows of training too" in found.words
        assert evidence(found)["leaked_rows"] == [100, 101]
    assert asked(LEAK, training="train.csv", max_rows=2).outcome == "passed"
    assert asked(LEAK, training="train.csv", max_share=0.02).outcome == "passed"
    assert asked(LEAK, training="train.csv", max_share=0.01).outcome == "failed"
    assert asked(LEAK, training="train.csv", columns=["id", "a"]).outcome == "passed"


def test_the_same_inputs_with_another_label_are_told_and_do_not_fail(asked, tables) -> None:
    train, test, put, _ = tables
    flipped = train.iloc[:3].assign(y=1 - train["y"].iloc[:3])
    put(test=pd.concat([test, flipped]))
    found = asked(LEAK, training="train.csv")
    assert found.outcome == "passed"
    assert evidence(found)["same_inputs"] == 3
    assert asked(LEAK, training="train.csv", columns=["a", "b"]).outcome == "failed"


def test_rows_that_are_there_twice_are_said_and_may_be_refused(asked, tables) -> None:
    _, test, put, _ = tables
    put(test=pd.concat([test, test.iloc[:10]]))
    found = asked(LEAK, training="train.csv")
    assert (found.outcome, "10 are there twice" in found.words) == ("passed", True)
    assert asked(LEAK, training="train.csv", max_duplicates=0.05).outcome == "failed"
    assert asked(LEAK, training="train.csv", max_duplicates=0.5).outcome == "passed"


def test_training_ends_before_evaluation_begins(asked, tables) -> None:
    train, _test, put, folder = tables
    keys = {"training": "train.csv", "time": "day"}
    found = asked(LEAK, **keys)
    assert found.outcome == "passed" and "all are later" in found.words, found.words
    train.to_parquet(folder / "train.parquet")  # moments there, texts in the other table
    assert asked(LEAK, training="train.parquet", time="day").outcome == "passed"
    put(train=train.assign(day=train["day"] + pd.Timedelta("60D")))
    late = asked(LEAK, **keys)
    assert late.outcome == "failed"
    assert (
        "training goes on until 2026-03-14 11:00:00, evaluation begins at 2026-03-01"
        in late.words
    )
    put(train=train.assign(day=train["day"].where(train.index > 3)))
    assert (asked(LEAK, **keys).outcome, asked(LEAK, **keys).blocks) == ("errored", True)
    assert asked(LEAK, training="train.csv", time="id").outcome == "passed"
    assert "no time" in asked(LEAK, training="train.csv", time="town").words


def test_without_rows_the_records_tell_only_whether_whole_data_are_equal(
    asked, tables
) -> None:
    _, _test, _, folder = tables
    here = pd.read_csv(folder / "eval.csv")
    whole = digest_of_data(look_at(here[["a", "b", "c"]]).columns)
    same = Used(
        role="training", name="X_train", digest=whole.digest, row_count=100,
        column_names=["a", "b", "c"], column_types=["float64"] * 3,
        column_digests=whole.column_digests,
    )  # fmt: skip
    other = Used(role="test", name="X_test", digest="fp1:00", column_names=["a", "b"])
    again = Used(
        role="test", name="X_test", digest=whole.digest, column_names=["a", "b", "c"]
    )
    assert "no training data are on record" in asked(LEAK).words
    found = asked(LEAK, known={"used": [same, other]})
    assert (found.outcome, found.blocks) == ("failed", True)
    assert "eval.csv is X_train, on which it was trained" in found.words
    late = asked(LEAK, known={"used": [same, again]}, evaluation=None)
    assert "X_test (test) is X_train, on which it was trained" in late.words
    unlike = asked(LEAK, known={"used": [same, other]}, evaluation=None)
    assert (unlike.outcome, "single rows cannot be compared" in unlike.words) == (
        "skipped",
        True,
    )


def test_a_million_rows_are_compared_in_seconds(asked, tables) -> None:
    folder, count = tables[3], 1_000_000
    rng = np.random.default_rng(0)
    big = pd.DataFrame({name: rng.normal(size=count) for name in "abc"}).assign(
        town=rng.choice(["Rome", "Oslo", "Bern"], count), y=rng.integers(0, 2, count)
    )
    big.to_parquet(folder / "train.parquet")
    others = rows(1000, 2)[["a", "b", "c", "town", "y"]]
    pd.concat([big.iloc[-7:], others]).to_parquet(folder / "eval.parquet")
    began = time.monotonic()
    evaluation = {"data": "eval.parquet", "target": "y"}
    found = asked(LEAK, training="train.parquet", evaluation=evaluation)
    assert time.monotonic() - began < 20
    assert json.loads(found.value) == 7


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("train.csv", b"", "cannot read train.csv"),
        ("train.csv", b"a,b,c,y\n", "has no rows"),
        ("train.csv", b"x,z\n1,2\n", "no column in common"),
        ("train.csv", b"\xff\xfe\x00", "cannot read train.csv"),
        ("none.csv", None, "cannot read the table none.csv"),
    ],
)
def test_training_that_cannot_be_read_is_an_error(
    asked, tables, name, content, says
) -> None:
    if content is not None:
        (tables[3] / name).write_bytes(content)
    found = asked(LEAK, training=name)
    assert (found.outcome, found.blocks, says in found.words) == ("errored", True, True), (
        found.words
    )


def test_a_link_out_of_the_project_is_not_followed(asked, tables, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "t.csv"
    rows(5, 1).to_csv(outside)
    (tables[3] / "t.csv").symlink_to(outside)
    assert "leads out of the project" in asked(LEAK, training="t.csv").words


def test_columns_and_types_are_those_of_the_signature(asked, tables) -> None:
    _, test, put, _ = tables
    found = asked(SCHEMA)
    assert (found.outcome, found.blocks) == ("passed", False), found.words
    assert evidence(found)["not_known"] == ["id", "town", "day"]
    put(test=test.drop(columns="b"))
    gone = asked(SCHEMA)
    assert (gone.outcome, "no column 'b', which its signature has" in gone.words) == (
        "failed",
        True,
    )
    put(test=test.assign(a="much"))
    assert "'a' is str, in its signature double" in asked(SCHEMA).words.replace(
        "object", "str"
    )
    put(test=test.assign(a=test["a"].where(test.index > 1)))
    assert "2 values of 'a' are missing" in asked(SCHEMA).words
    put(test=test.assign(a=range(100)))
    assert asked(SCHEMA).outcome == "passed"  # whole numbers go as numbers


def test_types_are_those_of_training(asked, tables) -> None:
    _train, test, put, _ = tables
    assert "that it was trained on" in asked(SCHEMA, training="train.csv").words
    put(test=test.assign(town=3))
    found = asked(SCHEMA, training="train.csv")
    assert (
        found.outcome == "failed" and "'town' is int64, in its training data" in found.words
    )
    used = Used(role="training", name="X", column_names=["a", "town", "age"],
                column_types=["float64", "string[pyarrow]", "int64"])  # fmt: skip
    found = asked(SCHEMA, known={"used": [used], "signature": None})
    assert "'town' is int64" in found.words and "no column 'age'" in found.words
    none = asked(SCHEMA, known={"signature": None})
    assert (none.outcome, none.blocks) == ("skipped", False)


def test_an_array_has_as_many_columns_as_the_model_takes(asked, tables) -> None:
    spec = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}
    known = {"signature": json.dumps({"inputs": [spec], "outputs": [spec]})}
    fits = {**EVALUATION, "columns": ["a", "b", "c"]}
    assert asked(SCHEMA, evaluation=fits, known=known).outcome == "passed"
    two = {**EVALUATION, "columns": ["a", "b"]}
    assert (
        "2 columns, the model takes 3" in asked(SCHEMA, evaluation=two, known=known).words
    )
    words = {**EVALUATION, "columns": ["a", "b", "town"]}
    assert (
        "not all columns are float64" in asked(SCHEMA, evaluation=words, known=known).words
    )


@pytest.mark.parametrize(
    ("check", "evaluation", "keys", "says"),
    [
        (LEAK, None, {"training": "t.csv"}, "no evaluation set"),
        (LEAK, EVALUATION, {"training": "../t.csv"}, "no file below the project"),
        (LEAK, EVALUATION, {"training": "t.pkl"}, ".csv and .parquet can be read"),
        (LEAK, EVALUATION, {"training": "eval.csv"}, "is the evaluation set itself"),
        (LEAK, EVALUATION, {"max_rows": 3}, "max_rows needs rows to compare"),
        (LEAK, EVALUATION, {"time": "day"}, "time needs rows to compare"),
        (LEAK, EVALUATION, {"training": "t.csv", "max_share": 2.0}, "a share from 0 to 1"),
        (LEAK, EVALUATION, {"training": "t.csv", "max_rows": -1}, "negative"),
        (SCHEMA, None, {}, "no evaluation set"),
        (SCHEMA, EVALUATION, {"training": "/etc/t.csv"}, "no file below the project"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(
    check, evaluation, keys, says
) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask(check, **keys)]), evaluation=evaluation)
    assert says in str(told.value)
