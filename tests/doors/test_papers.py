"""A version's papers through the doors that users have."""

from __future__ import annotations

import json

import pytest
from IPython.core.error import UsageError

import trackbook as tb

TRAIN = """\
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True, as_frame=True)
model = LogisticRegression(max_iter=500).fit(X, y)
accuracy = model.score(X, y)
"""


@pytest.fixture
def lab(sheet):
    sheet.ok(TRAIN)
    sheet.shell.run_line_magic("track", "register model iris --description 'sorts iris'")
    return sheet


def track(sheet, line):
    return sheet.shell.run_line_magic("track", line)


def test_a_paper_is_shown_as_the_text_that_it_is(lab) -> None:
    said = track(lab, "paper iris@1.0.0")
    assert repr(said).startswith("---\nlicense:")
    assert "# iris\\@1.0.0" in str(said)
    assert json.loads(str(tb.paper("iris@latest", form="bom")))["bomFormat"] == "CycloneDX"
    assert '"prov:label": "iris@1.0.0"' in track(lab, "paper iris@1.0.0 --form prov")
    assert "COMPLETE" in track(lab, "paper iris@1.0.0 --form openlineage")


def test_a_page_is_written_once_and_again_only_when_told(lab) -> None:
    (row,) = track(lab, "paper iris@1.0.0 --form html --to iris.html").dicts()
    text = (lab.project / "iris.html").read_text(encoding="utf-8")
    assert row["size_bytes"] == (lab.project / "iris.html").stat().st_size
    assert text.startswith("<!DOCTYPE html>")
    assert "<svg" in text
    with pytest.raises(UsageError, match="is there already"):
        track(lab, "paper iris@1.0.0 --to iris.html")
    assert (lab.project / "iris.html").read_text(encoding="utf-8") == text
    track(lab, "paper iris@1.0.0 --to iris.html --overwrite")
    assert (lab.project / "iris.html").read_text(encoding="utf-8").startswith("---\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("paper nothing@1.0.0", "no model named 'nothing'"),
        ("paper iris@9.9.9", "9.9.9"),
        ("paper iris@1.0.0 --form pdf", "card"),
        ("paper iris@1.0.0 --to no/such/folder/a.md", "cannot write"),
        ("paper", "it needs VERSION"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(lab, line, words) -> None:
    with pytest.raises(UsageError, match=words) as said:
        track(lab, line)
    assert "\n" not in str(said.value)


def test_a_version_whose_run_was_removed_still_has_papers(lab) -> None:
    (run,) = lab.runs()
    track(lab, f"rm {run.run_id}")
    for form in ("card", "bom", "prov", "openlineage", "html"):
        text = str(tb.paper("iris@1.0.0", form=form))
        assert form == "openlineage" or "iris" in text


def test_a_package_that_was_changed_is_told_and_the_rest_stands(lab) -> None:
    ((digest,),) = lab.sql("SELECT package_digest FROM versions")
    file = lab.book.models.shelf.place_of(digest) / "experiments/metrics.json"
    file.chmod(0o644)
    file.write_text("{}")
    assert "is not what was written" in str(tb.paper("iris@1.0.0"))
    assert "not as registered" in str(tb.paper("iris@1.0.0", form="html"))
