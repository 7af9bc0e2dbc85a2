"""The line of a series beside a run."""

from __future__ import annotations

from math import inf, nan

from trackbook.doors.lab.lines import path_of


def test_a_flat_line_is_drawn_a_single_point_is_not() -> None:
    assert path_of([1, 1]) == "M0.0 16.0L48.0 16.0"
    assert path_of([1]) == ""
    assert path_of([]) == ""


def test_what_is_no_number_is_left_out() -> None:
    assert path_of([0, nan, inf, 1]) == path_of([0, 1])
