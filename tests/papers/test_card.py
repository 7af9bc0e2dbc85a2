"""A model card: the hub's own library reads it, and no name in it is more than a name."""

from __future__ import annotations

import dataclasses

import pytest
import yaml
from huggingface_hub import ModelCard

from trackbook.papers import card

SECTIONS = (
    "Intended use", "Limits", "Takes and gives", "Training data", "Hyper-parameters",
    "Evaluation", "Environment", "How to load", "Provenance",
)  # fmt: skip


def front(text):
    """Return the front matter as YAML's own library reads it."""
    opening, matter, _ = text.split("---\n", 2)
    assert opening == ""
    return yaml.safe_load(matter)


def body(text):
    return text.split("---\n", 2)[2]


def section(text, title):
    return body(text).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_hub_s_library_reads_the_front_matter(any_one) -> None:
    data = ModelCard(card(any_one), ignore_metadata_errors=False).data
    assert data.library_name == "sklearn"
    assert "trackbook" in data.tags


def test_every_section_is_there_even_where_nothing_is_known(any_one) -> None:
    heads = [line[3:] for line in card(any_one).split("\n") if line.startswith("## ")]
    assert heads == list(SECTIONS)


def test_results_are_the_numbers_on_record(told) -> None:
    data = ModelCard(card(told.full)).data
    (result,) = data.eval_results
    assert result.metric_type == "accuracy"
    assert result.metric_value == told.full.run.metrics["accuracy"]
    assert (result.task_type, result.dataset_name) == (
        "tabular-classification",
        "X_test, y_test",
    )


def test_a_license_is_what_a_tag_of_the_run_says(told) -> None:
    assert front(card(told.full))["license"] == "apache-2.0"
    assert front(card(told.bare))["license"] == "unknown"
    assert front(card(told.hostile))["license"] == "other"


def test_what_is_not_on_record_is_said(told) -> None:
    text = card(told.bare)
    for title in ("Intended use", "Training data", "Hyper-parameters", "Environment"):
        assert section(text, title).strip() == "Not on record."
    assert "no run is on record" in section(text, "Limits")
    assert "model-index" not in front(text)
    assert "datasets" not in front(text)


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("hf://datasets/scikit-learn/iris/Iris.csv", ["scikit-learn/iris"]),
        ("https://huggingface.co/datasets/team/wine@v1/x.csv", ["team/wine"]),
        ("hf://datasets/../x", None),
        ("https://huggingface.co.evil.example/datasets/team/wine", None),
        ("data/train.csv", None),
        (None, None),
    ],
)
def test_only_data_of_the_hub_are_named_as_the_hubs(told, location, found) -> None:
    used = told.full.data[0]
    data = dataclasses.replace(used.data, location=location)
    one = dataclasses.replace(told.full, data=[dataclasses.replace(used, data=data)])
    assert front(card(one)).get("datasets") == found


def test_gates_approvals_and_decisions_stand_in_it(told) -> None:
    text = card(told.full)
    assert "### Gate to production: passed" in text
    assert "| compliance.approvals | passed |  | approved by bob |" in text
    assert "looked at the errors" in section(text, "Provenance")
    assert "STAGING → PRODUCTION" in section(text, "Provenance")
    assert told.full.version.package_digest in section(text, "Provenance")


def test_a_hostile_name_is_text_in_the_front_matter(told) -> None:
    said = front(card(told.hostile))
    one_line = " ".join(told.words.split())
    assert set(said) == {
        "license", "library_name", "tags", "metrics", "model-index",
    }  # fmt: skip
    assert one_line in said["metrics"]
    assert all(type(tag) is str for tag in said["tags"])


def test_a_hostile_name_is_text_in_the_markdown(told) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(body(card(told.hostile)))
    inner = [child for token in tokens for child in token.children or ()]
    assert not [t for t in [*tokens, *inner] if t.type in {"html_block", "html_inline"}]
    assert " ".join(told.words.split()) in [
        t.content for t in inner if t.type == "code_inline"
    ]
    assert sum(t.type == "heading_open" and t.tag == "h2" for t in tokens) == len(SECTIONS)


@pytest.mark.parametrize(
    "bad", ["a | b", "- a", "1. a", "# a", "`a", "a\\|b", "=", "``` `` `"]
)
def test_a_description_is_one_paragraph_of_just_its_words(told, bad) -> None:
    from markdown_it import MarkdownIt

    row = dataclasses.replace(told.full.version, description=bad)
    text = section(card(dataclasses.replace(told.full, version=row)), "Intended use")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(t.content for t in tokens[1].children) == bad
