"""Names are made from fields and read back into the same ones, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.contract import pattern_of
from trackbook.errors import Misused

PATTERNS = (
    "{project}/{model_type}/{feature_set}/{optimization}/{date}",
    "{project}_{model_type}_{date}",
    "exp {project}-{model_type}--{date}.run",
    "{project}",
    "<{project}>{model_type}",
    "…{project}…{model_type}",
)
patterns = st.sampled_from([pattern_of(text) for text in PATTERNS])
values = st.text(min_size=1, max_size=12) | st.sampled_from(
    [
        "a/b",
        "..",
        ".",
        "%2F",
        "%",
        "a_b",
        "<script>",
        "'\"`$(x)",
        "\n",
        "日本",
        "é",
        "\u202e",
    ]
)


@given(patterns, st.data())
def test_fields_come_back_from_the_name_that_they_made(pattern, data) -> None:
    fields = {field: data.draw(values) for field in pattern.fields}
    name = pattern.name_of(fields)
    assert pattern.fields_of(name) == fields
    assert pattern.name_of(pattern.fields_of(name)) == name


@given(patterns, st.text(max_size=40))
def test_what_reads_as_a_name_is_written_the_same(pattern, name) -> None:
    try:
        fields = pattern.fields_of(name)
    except Misused:
        return
    assert pattern.name_of(fields) == name


@given(patterns, st.data())
def test_nothing_dangerous_stands_in_a_name(pattern, data) -> None:
    fields = {field: data.draw(values) for field in pattern.fields}
    made = pattern.name_of(fields)
    for literal in pattern.literals:
        made = made.replace(literal, "") if literal else made
    assert all(c.isalnum() or c in "-_.%" for c in made)


def test_the_seeds_example_is_read_back_although_its_fields_have_the_separator() -> None:
    pattern = pattern_of("{project}_{model}_{features}_{optimization}_{date}")
    fields = {
        "project": "churn_prediction", "model": "rf", "features": "feature_v2",
        "optimization": "bayesian_opt", "date": "20231201",
    }  # fmt: skip
    name = pattern.name_of(fields)
    assert name == "churn%5Fprediction_rf_feature%5Fv2_bayesian%5Fopt_20231201"
    assert pattern.fields_of(name) == fields
    with pytest.raises(Misused, match="goes on with"):
        pattern.fields_of("churn_prediction_rf_feature_v2_bayesian_opt_20231201")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no field"),
        ("churn", "it has no field"),
        ("{a}{b}", r"nothing parts \{a\} from \{b\}"),
        ("{a}by{b}", "'by' may be part of a field"),
        ("{a}/{a}", "stands there twice"),
        ("{a b}/{c}", "is no field"),
        ("{}/{c}", "is no field"),
        ("{a}%{b}", "'%' cannot stand in names"),
        ("{a}/{b", r"'/\{b' cannot stand in names"),
        ("{a}\n{b}", "cannot stand in names"),
    ],
)
def test_an_impossible_pattern_is_refused(text, says) -> None:
    with pytest.raises(Misused, match=says):
        pattern_of(text)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"project": "a"}, "needs 'date'"),
        ({"project": "", "date": "b"}, "needs 'project'"),
        ({"project": "x" * 10_000, "date": "b"}, "make 'project' shorter, it has 10000"),
        ({"project": "\ud800", "date": "b"}, "is no text"),
    ],
)
def test_fields_that_make_no_name_are_refused(fields, says) -> None:
    with pytest.raises(Misused, match=says):
        pattern_of("{project}/{date}").name_of(fields)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a", r"is missing at character 2"),
        ("a//b", "is missing at character 3"),
        ("/b", "is missing at character 1"),
        ("a/b/c", "goes on with '/c'"),
        ("a/%61", "is not as"),
        ("a/%2f", "is not as"),
        ("a/%ff", "is no text"),
        ("a/%zz", "is not as"),
        ("", "is missing at character 1"),
    ],
)
def test_other_names_are_not_read(name, says) -> None:
    with pytest.raises(Misused, match=says):
        pattern_of("{project}/{date}").fields_of(name)
