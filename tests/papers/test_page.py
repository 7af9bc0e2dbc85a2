"""The page for auditors: whole, still, and nothing but text where names stand."""

from __future__ import annotations

import dataclasses
import re

import html5lib
import pytest

from trackbook.papers import page

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>drawn</text></svg>'
VOICES = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "img",
    "link",
    "base",
    "audio",
}


def tree_of(text):
    """Return the page as a browser reads it; whatever is not well made is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words_of(element):
    return " ".join("".join(element.itertext()).split())


def section(tree, title):
    (found,) = (one for one in tree.iter("section") if words_of(one.find("h2")) == title)
    return found


def cells(tree, title):
    return [words_of(one) for one in section(tree, title).iter("td")]


def test_it_is_well_made(any_one) -> None:
    tree = tree_of(page(any_one, picture=SVG))
    assert words_of(tree.find(".//h1")) == any_one.version.name
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert {a.get("href")[1:] for a in tree.iter("a")} <= set(ids)


def test_it_asks_nobody_for_anything_and_runs_nothing(any_one) -> None:
    text = page(any_one, picture=SVG)
    tree = tree_of(text)
    assert not VOICES & {one.tag for one in tree.iter() if isinstance(one.tag, str)}
    attributes = [pair for one in tree.iter() for pair in one.attrib.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name == "src"]
    assert all(value.startswith("#") for name, value in attributes if name == "href")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in text


def test_metrics_and_params_are_those_on_record(told) -> None:
    tree = tree_of(page(told.full))
    assert repr(told.full.run.metrics["accuracy"]) in cells(tree, "Metrics")
    for name, value in told.full.run.params.items():
        assert {name, value} <= set(cells(tree, "Params"))


def test_every_check_of_every_gate_stands_in_it_with_its_outcome(told) -> None:
    tree = tree_of(page(told.full))
    rows = [
        [words_of(one) for one in row.iter("td")]
        for row in section(tree, "Gates").iter("tr")
    ]
    said = {(row[0], row[1]) for row in rows if row}
    for report in told.full.last_reports:
        assert {(one.label, one.outcome) for one in report.results} <= said
    assert told.full.reports[-1].policy.splitlines()[0] in words_of(section(tree, "Gates"))


def test_who_approved_and_who_decided_stands_in_it(told) -> None:
    tree = tree_of(page(told.full))
    assert {"bob", "looked at the errors", "approved"} <= set(cells(tree, "Approvals"))
    line = [words_of(one) for one in section(tree, "History").iter("li")]
    assert len(line) == len({one.entry for one in told.full.moves})
    assert "register" in line[0]
    assert "STAGING → PRODUCTION" in line[-1]
    assert "release 12" in line[-1]


def test_code_files_packages_and_lineage_stand_in_it(told) -> None:
    tree = tree_of(page(told.full, picture=SVG))
    assert "accuracy = model.score(X_test, y_test)" in words_of(section(tree, "Code"))
    for one in told.full.kept.files:
        assert {one.path, one.sha256} <= set(cells(tree, "Files"))
    assert "scikit-learn" in cells(tree, "Environment")
    assert "drawn" in words_of(section(tree, "Lineage"))
    assert "X_train" in words_of(section(tree, "Data"))


def test_it_says_that_bytes_and_log_were_looked_at(told) -> None:
    text = words_of(tree_of(page(told.full)).find(".//header"))
    assert "as registered" in text
    assert told.full.chain.head.hash in text


def test_a_package_that_was_changed_is_said_first(told) -> None:
    kept = dataclasses.replace(told.full.kept, files=(), fault="'model.skops' is missing")
    tree = tree_of(page(dataclasses.replace(told.full, kept=kept)))
    assert "not as registered 'model.skops' is missing" in words_of(tree.find(".//header"))
    assert "'model.skops' is missing" in words_of(section(tree, "Limits"))


def test_a_version_without_a_run_says_what_is_not_on_record(told) -> None:
    tree = tree_of(page(told.bare))
    for title in ("Metrics", "Params", "Gates", "Approvals", "Data", "Code", "Environment"):
        assert words_of(section(tree, title)).endswith("Not on record.")
    assert "no run is on record" in words_of(tree.find(".//header"))


@pytest.mark.parametrize("title", ["Intended use", "Metrics", "Params", "Data", "History"])
def test_a_hostile_name_is_text(told, title) -> None:
    found = words_of(section(tree_of(page(told.hostile)), title))
    assert "<script>alert(1)</script>" in found
    assert told.words.split("\n")[0].replace("'", "") in found.replace("'", "")


def test_nothing_that_hides_or_turns_text_around_gets_in(told) -> None:
    row = dataclasses.replace(told.full.version, description="safe\u202e\x00\x1b[2Jelif")
    text = page(dataclasses.replace(told.full, version=row))
    assert not set("\u202e\x00\x1b") & set(text)
