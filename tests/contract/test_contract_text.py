"""A contract is read from its file, or one sentence says what cannot be meant."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.contract import contract_of, read_contract
from trackbook.contract.contract_text import from_document
from trackbook.errors import Misused
from trackbook.errors import TrackbookError as Refusal

WHOLE = """\
version = 1
mode = "enforce"
[tags.project]
required = true
values = ["churn"]
default = "churn"
[tags.cost]
min = 0
max = 10
[tags.feature_version]
pattern = "v[0-9]*"
[tags.due]
type = "date"
[names]
pattern = "{project}/{model_type}/{note}/{date}"
[metrics]
required = ["accuracy"]
splits = ["train", "test"]
"""


def test_a_contract_is_what_its_file_says(tmp_path) -> None:
    (tmp_path / "trackbook.contract.toml").write_text(WHOLE)
    found = read_contract(tmp_path)
    assert found.enforced
    assert {name: rule.type for name, rule in found.tags.items()} == {
        "project": "enum", "cost": "number", "feature_version": "pattern", "due": "date",
        "model_type": "text", "note": "text", "date": "date",
    }  # fmt: skip
    assert (found.tags["model_type"].auto, found.tags["note"].auto) == ("model_type", "")
    assert (found.metrics, found.splits) == (("accuracy",), ("train", "test"))
    assert found.digest == hashlib.sha256(WHOLE.encode()).hexdigest()


def test_a_project_without_one_has_none(tmp_path) -> None:
    assert read_contract(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it asks for nothing"),
        ("tags = 1", r"tags is no table: write \[tags\]"),
        (
            "[tags.a]\nrequierd = true",
            "tags.a: no key named 'requierd': did you mean 'required'",
        ),
        ("[tag.a]", "no key named 'tag': did you mean 'tags'"),
        ("version = 2\n[tags.a]", "version is 2"),
        ('mode = "warning"\n[tags.a]', "mode is 'warning': it can be warn, enforce"),
        ("mode = 1\n[tags.a]", "mode is 1"),
        ("[tags.a]\nvalues = []", "tags.a can be nothing at all"),
        ('[tags.a]\nvalues = ["x", ""]', "one of its values is empty"),
        ('[tags.a]\ntype = "enum"', "can be nothing at all"),
        ('[tags.a]\ntype = "pattern"', "has no pattern"),
        ('[tags.a]\ntype = "colour"', "tags.a: "),
        ('[tags.a]\nvalues = ["x"]\npattern = "y*"', "enum and pattern at once"),
        ('[tags.a]\ntype = "date"\nmin = 1', "has type date and the keys of number"),
        ("[tags.a]\nmin = 2\nmax = 1", "no number is from 2 to 1"),
        ("[tags.a]\nmin = nan", "no number is from nan"),
        ('[tags.a]\nvalues = ["x"]\ndefault = "y"', "its default is 'y'"),
        ('[tags.a]\nauto = "model_famly"', "did you mean 'model_family'"),
        ('[tags."a b"]', "'a b' is no name for a tag"),
        ("[names]", "names: "),
        ('[names]\npattern = "{a}{b}"', "nothing parts"),
        ('[metrics]\nsplits = ["test"]', "splits of nothing"),
        ('[metrics]\nrequired = [""]', "an empty name"),
        ('[metrics]\nrequired = ["a"]\nsplits = ["a b"]', "is no split"),
        ('[metrics]\nrequired = "a"', "metrics: "),
        ("".join(f"[tags.a{n}]\n" for n in range(201)), "it declares 201 tags, and 200 go"),
        ("a = [", "cannot read"),
        ("a = " + "[" * 5000 + "]" * 5000, "cannot read"),
    ],
)
def test_what_cannot_be_meant_is_said_with_the_file(text, says) -> None:
    with pytest.raises(Misused, match=says) as caught:
        contract_of(text, source="here.toml")
    assert "here.toml" in str(caught.value)


def test_a_file_that_is_no_text_is_said(tmp_path) -> None:
    file = tmp_path / "trackbook.contract.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(Misused, match="is not UTF-8 at byte 0"):
        read_contract(tmp_path)
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(Misused, match="is larger than"):
        read_contract(tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(Misused, match="cannot read"):
        read_contract(tmp_path)


def test_a_value_that_fits_into_no_name_is_refused() -> None:
    text = f'[tags.a]\nvalues = ["{"ü" * 200}", "{"/" * 200}"]\n[names]\npattern = "{{a}}"'
    with pytest.raises(Misused, match="too long for a name"):
        contract_of(text)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(
    plain,
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3)
    ),
    max_leaves=8,
)
KEYS = [
    "required",
    "type",
    "values",
    "pattern",
    "min",
    "max",
    "auto",
    "default",
    "says",
    "splits",
]
tables = st.dictionaries(st.sampled_from(KEYS), anything, max_size=4)
documents = st.fixed_dictionaries(
    {},
    optional={
        "version": anything,
        "mode": anything,
        "tags": st.dictionaries(st.text(max_size=6), tables | anything, max_size=3)
        | anything,
        "names": tables | anything,
        "metrics": tables | anything,
    },
)


@given(documents)
def test_whatever_stands_in_a_file_is_a_contract_or_is_refused_in_words(document) -> None:
    found: object
    try:
        found = from_document(document, "", "here.toml")
    except Refusal as error:
        found = str(error)
    assert found
