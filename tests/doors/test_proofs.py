"""What is said of a run that was executed again."""

from __future__ import annotations

from trackbook.doors.lab.acts import told
from trackbook.doors.proofs import reproduce


def test_a_run_that_came_out_otherwise_is_not_told_as_a_success(sheet, tmp_path) -> None:
    (tmp_path / "data.txt").write_text("1.5")
    sheet.ok("loss = float(open('data.txt').read())")
    assert reproduce(sheet.book, "last").is_good
    (tmp_path / "data.txt").write_text("2.5")
    answer = told(reproduce(sheet.book, "last"))
    assert not answer.is_good
    assert ", executed again: different: loss was" in answer.text
