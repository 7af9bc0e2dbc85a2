"""What a table looks like in a shell."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.table import Table, in_short, visible
from trackbook.table.words import width_of


def test_a_small_table_looks_like_this():
    table = Table(
        ["name", "params", "loss", "steps"],
        [["otter", {"lr": "0.1", "depth": 3}, 0.123456, 10], ["日本", {}, None, 2000]],
        title="runs",
        total=942,
        best={"loss": 0, "params.lr": 0},
        note="one note",
    )
    assert str(table).splitlines() == [
        "runs",
        "name   params                loss  steps",
        "─────  ───────────────  ─────────  ─────",
        "otter  lr=0.1▲ depth=3  0.12346 ▲     10",
        "日本                                2000",
        "… 940 more (use limit=…)",
        "one note",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.000123456789, "0.00012346"),
        (1e-12, "1e-12"),
        (1234567.8, "1234568"),
        (1.5e12, "1.5e+12"),
        (3.0, "3.0"),
        (123456789, "123456789"),
        (True, "True"),
        (None, ""),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        ([1, 0.5], "[1, 0.5]"),
        (b"\x01", "01"),
        ({"lr": "0.1", "depth": 3}, "lr=0.1 depth=3"),
    ],
)
def test_values_are_short(value, shown):
    assert in_short(value) == shown


def test_times_are_shown_where_the_reader_lives(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert in_short(datetime(2026, 1, 2, 20, 0, tzinfo=UTC)) == "2026-01-03 05:00"
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("a\r\nb\tc", "a␍␊b␉c"),
        ("\x7f\x9b31m", "␡\\u009b31m"),
        ("\u202etxt", "\\u202etxt"),
        ("a\u2028b\ufeff\udc80", "a\\u2028b\\ufeff\\udc80"),
        ("日本 é 👩\u200d🔬", "日本 é 👩\u200d🔬"),
    ],
)
def test_nothing_in_a_name_reaches_the_terminal_as_a_command(hostile, shown):
    assert visible(hostile) == shown
    assert shown in repr(Table([hostile], [[hostile]], title=hostile, note=hostile))


@given(
    st.lists(st.lists(st.text() | st.integers(), min_size=3, max_size=3), max_size=4),
    st.text(),
    st.integers(20, 120),
)
def test_no_line_is_wider_than_the_terminal_or_holds_a_control_character(rows, name, width):
    lines = Table([name, "b", "c"], rows, title=name).text(width=width).splitlines()
    assert max(map(width_of, lines)) <= width
    assert not any(unicodedata.category(char) == "Cc" for line in lines for char in line)


def test_long_text_gives_way_before_numbers_and_then_columns_fall_from_the_right():
    table = Table(["words", "n", "m"], [["x" * 80, 123456.7, 123456.7]])
    line = table.text(width=40).splitlines()[2]
    assert "…" in line
    assert line.endswith("123457  123457")
    assert "… columns left out:…" in table.text(width=20)


def test_at_most_sixty_rows_are_shown_unless_asked():
    table = Table(["n"], [[n] for n in range(100)])
    assert "… 40 more (.df() or .json() has all)" in str(table)
    assert "more" not in table.text(limit=None)
    assert "… 900 more (use limit=…)" in Table(["n"], table.rows, total=1000).text(
        limit=None
    )


def test_a_pile_of_combining_marks_is_cut():
    name = "e" + "\u0301" * 5000
    assert len(repr(Table(["name"], [[name]]))) < 200
