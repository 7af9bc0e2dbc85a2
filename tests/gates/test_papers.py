"""Where a version comes from, what its card says, and whose data it learned from."""

from __future__ import annotations

import json

import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, gates

CARD = """---
license: mit
---
# churn

## Takes
- `age`: float64

## Gives
- `y`: float64

## Metrics
### On the test set
- f1: 0.9

## Data
Customers of 2025.

## Use
```sh
# TODO in code is the code's
python code/predict.py rows.json
```
"""


@pytest.mark.parametrize(
    ("change", "outcome", "says"),
    [
        (("", ""), "passed", "5 sections say something"),
        (("## Metrics", "## Numbers"), "failed", "no section Metrics"),
        (("## Metrics", "## Evaluation:"), "passed", "5 sections"),
        (
            ("Customers of 2025.", "TODO"),
            "failed",
            "nothing said in data; left to do: TODO",
        ),
        (("Customers of 2025.", ""), "failed", "nothing said in data"),
        (("Customers of 2025.", "<!-- Customers -->"), "failed", "nothing said in data"),
        (("Customers of 2025.", "Not on record."), "failed", "nothing said in data"),
        (("Customers of 2025.", "[More Information Needed]"), "failed", "left to do"),
        (("Customers of 2025.", "Of todo el mundo."), "passed", "5 sections"),
        (("Customers of 2025.", "Customers, `TODO` as a value."), "passed", "5 sections"),
        (("- f1: 0.9", ""), "failed", "nothing said in metrics"),
        (("```sh", "~~~\n## Data\n~~~\n```sh"), "passed", "5 sections"),
        (("\n", "\r\n"), "passed", "5 sections"),
    ],
)
def test_a_card_says_something_in_every_section(
    packed, judged, change, outcome, says
) -> None:
    packed.write("CARD.md", CARD.replace(*change) if change[0] else CARD)
    found = judged("compliance.card")
    assert (found.outcome, says in found.words) == (outcome, True), found.words
    assert found.blocks == (outcome == "failed")


def test_sections_may_be_others(packed, judged) -> None:
    packed.write("CARD.md", "# x\n\n## Limits\nNone yet known.\n")
    keys = {"sections": ["Risks | Limits"]}
    assert judged("compliance.card", keys=keys).outcome == "passed"
    assert (
        "no section Intended use"
        in judged("compliance.card", keys={"sections": ["Intended use"]}).words
    )


def test_a_card_that_is_not_there_a_link_or_huge_fails(packed, judged, tmp_path) -> None:
    assert judged("compliance.card").outcome == "failed"
    outside = tmp_path / "card.md"
    outside.write_text(CARD)
    (packed.folder / "CARD.md").symlink_to(outside)
    assert "no CARD.md that can be read" in judged("compliance.card").words
    (packed.folder / "CARD.md").unlink()
    packed.write("CARD.md", CARD + "x" * 1_000_000)
    assert judged("compliance.card").outcome == "failed"


def test_a_package_of_ours_has_a_card_that_is_complete(tmp_path, packed, judged) -> None:
    from sklearn.linear_model import LogisticRegression

    from trackbook.packages import Contents, write

    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    contents = Contents(metrics={"f1": 0.9}, data={"training: X": {"rows": 2}})
    package = write(model, tmp_path, example=[[0.0], [1.0]], contents=contents)
    candidate = packed.candidate(folder=package.folder)
    found = judged("compliance.card", candidate=candidate)
    assert found.outcome == "passed", found.words
    bare = write(model, tmp_path, example=[[0.0], [1.0]])
    candidate = packed.candidate(folder=bare.folder)
    assert (
        "no section Metrics, Data" in judged("compliance.card", candidate=candidate).words
    )


def test_a_card_made_to_be_slow_is_read_at_once(packed, judged) -> None:
    for hostile in (
        "# x\n" * 200_000,
        "`" * 900_000,
        "<!--" * 200_000,
        "## a\n#" * 150_000,
    ):
        packed.write("CARD.md", hostile)
        assert judged("compliance.card", keys={"time_limit": "5s"}).outcome == "failed"


ALL = {"run": "", "data": "", "code": "", "environment": ""}


def test_what_cannot_be_reached_of_a_past_is_named(judged) -> None:
    assert judged("lineage.complete", reach=ALL).outcome == "passed"
    found = judged(
        "lineage.complete", reach=ALL | {"data": "no training data are on record"}
    )
    assert (found.outcome, found.blocks) == ("failed", True)
    assert found.words == "not reached: data: no training data are on record"
    assert json.loads(found.evidence)["there"] == ["run", "code", "environment"]
    gone = dict.fromkeys(ALL, "the run r1 that made it is gone")
    assert judged("lineage.complete", reach=gone).words.count("gone") == 1
    keys = {"require": ["run", "code"]}
    assert (
        judged("lineage.complete", reach=ALL | {"data": "x"}, keys=keys).outcome == "passed"
    )
    skip = judged("lineage.complete")
    assert (skip.outcome, skip.blocks) == ("skipped", False)


@pytest.mark.parametrize(
    ("tags", "keys", "outcome", "says"),
    [
        ({"data_licence": "CC-BY-4.0", "pii": "none"}, {}, "passed", "CC-BY-4.0, pii none"),
        ({"data_license": "cc-by-4.0", "pii": "None"}, {}, "passed", "cc-by-4.0"),
        ({"data_licence": "CC-BY-NC-4.0", "pii": "none"}, {}, "failed", "CC-BY-NC-4.0 is not allowed"),
        ({"data_licence": "MIT, CC-BY-SA-4.0", "pii": "none"}, {}, "failed", "CC-BY-SA-4.0 is not allowed"),
        ({"data_licence": "CC-BY-NC-4.0 OR MIT", "pii": "none"}, {}, "passed", "MIT"),
        ({"data_licence": "ours", "pii": "none"}, {}, "failed", "'ours' is no licence that SPDX knows"),
        ({"data_licence": "LicenseRef-Ours", "pii": "none"}, {"allow": ["LicenseRef-Ours"]}, "passed", "Ours"),
        ({"pii": "none"}, {}, "failed", "not said: data_licence"),
        ({"data_licence": "tbd", "pii": "none"}, {}, "failed", "not said: data_licence"),
        ({"data_licence": "MIT"}, {}, "failed", "not said: pii"),
        ({"data_licence": "MIT"}, {"pii_tag": ""}, "passed", "MIT"),
        ({"data_licence": "MIT", "pii": "personal"}, {}, "failed", "pii 'personal' is not allowed"),
        ({"data_licence": "MIT", "pii": "personal"}, {"allow_pii": ["none", "personal"]}, "passed", "personal"),
        ({"origin": "MIT", "pii": "none"}, {"tag": "origin"}, "passed", "origin MIT"),
    ],
)  # fmt: skip
def test_data_have_a_licence_that_is_allowed(judged, tags, keys, outcome, says) -> None:
    known = {"metadata": {"tags": tags}}
    found = judged("compliance.data_licence", keys=keys, **known)
    assert (found.outcome, says in found.words) == (outcome, True), found.words


def test_without_any_tags_the_licence_is_not_said(judged) -> None:
    assert judged("compliance.data_licence", metadata={}).outcome == "failed"


@pytest.mark.parametrize(
    ("check", "keys", "says"),
    [
        ("compliance.card", {"sections": []}, "sections names none"),
        ("compliance.card", {"sections": ["Use | "]}, "sections names none"),
        ("lineage.complete", {"require": []}, "there are run, data"),
        ("lineage.complete", {"require": ["runs"]}, "there are run, data"),
        ("compliance.data_licence", {"allow": ["CC-BY"]}, "is no SPDX licence"),
        ("compliance.data_licence", {"allow": []}, "nothing could pass"),
        ("compliance.data_licence", {"tag": ""}, "tag names none"),
    ],
)
def test_what_nothing_could_answer_is_refused(check, keys, says) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask(check, **keys)]))
    assert says in str(told.value)
