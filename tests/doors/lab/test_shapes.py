"""The types of the sidebar are made from the answers, and kept."""

from __future__ import annotations

from pathlib import Path

from trackbook.doors.lab.shapes import as_typescript

RECORDS = Path(__file__).parents[3] / "js/src/records.ts"


def test_the_sidebar_knows_the_answers_as_they_are(request) -> None:
    found = as_typescript()
    if request.config.getoption("--update-golden"):
        RECORDS.write_text(found)
    assert RECORDS.read_text() == found
