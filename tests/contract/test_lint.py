"""What of a run is not as the contract asks, and the command that puts it right."""

from __future__ import annotations

import pytest

from trackbook.contract import Facts, breaches_of, contract_of, filled

RULES = """\
[tags.project]
required = true
values = ["churn", "up lift"]
[tags.cost]
min = 0
max = 10
[tags.version]
pattern = "v[0-9]*"
[tags.due]
type = "date"
[tags.model_family]
required = true
auto = "model_family"
"""
NAMED = RULES + '[names]\npattern = "{project}/{model_family}"\n'
GOOD = {"project": "churn", "model_family": "linear"}


def told(text, **facts):
    contract = contract_of(text)
    found = breaches_of(
        contract, Facts(run_id="0" * 28 + "1234abcd", **{"name": "r", **facts})
    )
    return [(one.code, one.about) for one in found], [one.sentence for one in found]


@pytest.mark.parametrize(
    "tags",
    [
        GOOD,
        GOOD | {"cost": "3.5", "version": "v12", "due": "2026-05-03", "other": "x"},
        GOOD | {"cost": "0", "due": "20260503"},
    ],
)
def test_tags_that_are_right_are_not_spoken_of(tags) -> None:
    assert told(RULES, tags=tags) == ([], [])


@pytest.mark.parametrize(
    ("tag", "value", "says"),
    [
        (
            "project",
            "Churn",
            "did you mean 'churn'?: %track tag project=churn --run 1234abcd",
        ),
        (
            "project",
            "uplift",
            "did you mean 'up lift'?: %track tag 'project=up lift' --run",
        ),
        ("project", "zebra", "it can be churn, up lift: %track tag project=… --run"),
        ("cost", "11", "it has to be a number from 0 to 10"),
        ("cost", "nan", "it has to be a number"),
        ("cost", "cheap", "it has to be a number"),
        ("version", "12", r"it has to look like v[0-9]*"),
        ("due", "2026-02-30", "it has to be a date such as 2026-05-03"),
        ("due", "tomorrow", "it has to be a date"),
        ("project", "x" * 2000, "has 2000 characters, 1000 go"),
    ],
)
def test_a_wrong_tag_is_said_with_the_nearest_right_one(tag, value, says) -> None:
    codes, sentences = told(RULES, tags=GOOD | {tag: value})
    assert codes == [("tag wrong", tag)]
    assert says in sentences[0]


def test_a_missing_tag_is_said_with_what_the_record_tells() -> None:
    codes, sentences = told(RULES, known={"model_family": "linear"})
    assert codes == [("tag missing", "project"), ("tag missing", "model_family")]
    assert sentences[0] == "tag `project` is missing: %track tag project=… --run 1234abcd"
    assert "%track tag model_family=linear --run 1234abcd" in sentences[1]
    assert "does not tell its model_family" in told(RULES)[1][1]


@pytest.mark.parametrize(
    ("name", "tags", "says"),
    [
        ("r", GOOD, "gives it churn/linear"),
        ("r", {"project": "churn"}, "once it has model_family"),
        ("churn/svm", GOOD, "the name says model_family is 'svm', the tag says 'linear'"),
    ],
)
def test_a_name_that_the_tags_do_not_make_is_said(name, tags, says) -> None:
    codes, sentences = told(NAMED, name=name, tags=tags)
    assert codes[-1][0] == "name"
    assert says in sentences[-1]


def test_a_name_that_the_tags_make_is_right() -> None:
    assert told(NAMED, name="churn/linear", tags=GOOD) == ([], [])


def test_a_part_of_a_run_needs_no_name() -> None:
    assert told(NAMED, tags=GOOD, is_part=True) == ([], [])


SPLIT = '[metrics]\nrequired = ["acc"]\nsplits = ["train", "val"]'


@pytest.mark.parametrize(
    "metrics",
    [
        {"train_acc": 1.0, "val_acc": 0.5},
        {"acc_train": 1.0, "acc_validation": 0.5},
        {"train/acc": 1.0, "valid.acc": 0.5},
    ],
)
def test_metrics_on_splits_may_be_spelled_in_several_ways(metrics) -> None:
    assert told(SPLIT, metrics=metrics) == ([], [])


def test_metrics_that_are_missing_or_no_numbers_are_said() -> None:
    codes, sentences = told(SPLIT, metrics={"train_acc": float("nan"), "test_acc": 1.0})
    assert codes == [("metric wrong", "train_acc"), ("metric missing", "val_acc")]
    assert "bind it in a cell that measures on val data, val_acc = …" in sentences[1]


def test_tags_are_filled_from_name_record_and_default_in_that_order() -> None:
    text = """
[tags.project]
default = "churn"
[tags.model_family]
auto = "model_family"
default = "none"
[tags.kind]
values = ["a"]
auto = "experiment"
[names]
pattern = "{project}/{model_family}"
"""
    contract = contract_of(text)
    known = {"model_family": "svm", "experiment": "not allowed"}
    assert filled(contract, Facts(run_id="1", name="x", known=known)) == {
        "project": "churn", "model_family": "svm",
    }  # fmt: skip
    named = Facts(run_id="1", name="up/linear", known=known, tags={"project": "mine"})
    assert filled(contract, named) == {"model_family": "linear"}


def test_a_sentence_stays_one_whatever_the_contract_holds() -> None:
    many = ", ".join(f'"{"v" * 300}{n}"' for n in range(500))
    _, (sentence,) = told(f"[tags.a]\nvalues = [{many}]", tags={"a": "x" * 999})
    assert len(sentence) < 1200
    assert "and 488 more" in sentence


def test_a_pattern_that_would_take_for_ever_as_a_regular_expression_does_not() -> None:
    text = f'[tags.a]\npattern = "{"*a" * 60}b"'
    codes, _ = told(text, tags={"a": "a" * 999})
    assert codes == [("tag wrong", "a")]
