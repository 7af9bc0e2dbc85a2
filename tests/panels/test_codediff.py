"""Diffs set in one column and in two."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.panels.codediff import paired, rows_of

LINES = st.lists(
    st.sampled_from(["a", "b", "  c", "-- sql", "++i", "@@ x", ""]), max_size=12
)


def diff(a, b):
    return "\n".join(difflib.unified_diff(a, b, "a.py", "b.py", lineterm="", n=99))


def test_a_changed_line_stands_beside_the_one_it_replaced():
    rows = rows_of(diff(["x", "old", "y"], ["x", "new", "y"]))
    assert [(row["kind"], row.get("a"), row.get("b")) for row in rows] == [
        ("hunk", None, None), ("same", 1, 1), ("del", 2, None), ("add", None, 2), ("same", 3, 3),
    ]  # fmt: skip
    left, right = paired(rows)[2]
    assert (left["text"], right["text"]) == ("old", "new")


def test_the_same_code_gives_no_rows():
    assert rows_of(diff(["x"], ["x"])) == []
    assert rows_of("") == []


@given(LINES, LINES)
def test_both_texts_can_be_read_off_either_form(a, b):
    rows = rows_of(diff(a, b))
    if not rows:
        assert a == b
        return
    lines = [row for row in rows if row["kind"] != "hunk"]
    assert [row["text"] for row in lines if row["kind"] != "add"] == a
    assert [row["text"] for row in lines if row["kind"] != "del"] == b
    pairs = [pair for pair in paired(rows) if (pair[0] or pair[1])["kind"] != "hunk"]
    assert [left["text"] for left, _ in pairs if left] == a
    assert [right["text"] for _, right in pairs if right] == b


@pytest.mark.parametrize(("line", "shown"), [("\tx", "    x"), ("a\x1b[0m", "a␛[0m")])
def test_nothing_in_the_code_is_more_than_text(line, shown):
    assert rows_of(diff([], [line]))[-1]["text"] == shown


def test_a_very_long_diff_says_what_it_leaves_out():
    rows = rows_of(diff([], [str(n) for n in range(6000)]))
    assert rows[-1]["text"] == "… 2003 lines more"
