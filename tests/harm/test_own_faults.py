"""A failure inside trackbook is said once, kept, and costs the user nothing."""

from __future__ import annotations

import pytest
from kernels import Kernel, Step

from trackbook.capture.cells import Cells
from trackbook.capture.measures import Measures
from trackbook.doors import cards
from trackbook.doors.session import Current
from trackbook.journal import Journal


class Bug(Exception):
    """A failure that nobody thought of."""


def broken(*_args, **_kwargs):
    raise Bug("a bug of ours")


PLACES = [
    pytest.param(Cells, "_cell_of", id="a cell's beginning"),
    pytest.param(Cells, "_tell", id="a cell's report"),
    pytest.param(Measures, "read", id="reading a cell"),
    pytest.param(Measures, "_advance", id="a step of a cell"),
    pytest.param(Cells, "_write_params", id="writing params"),
    pytest.param(cards, "cards_of", id="a card"),
]


@pytest.mark.parametrize(("owner", "name"), PLACES)
def test_a_fault_shows_one_line_once_and_is_kept(sheet, monkeypatch, capsys, owner, name):
    monkeypatch.setattr(owner, name, broken)
    sheet.ok("acc = sum([0.5])", "loss = sum([0.25])", "x = 1", "y = 2")
    monkeypatch.undo()
    sheet.ok("z = 3")
    said = capsys.readouterr()
    lines = [line for line in said.err.splitlines() if line]
    assert len(lines) == 1
    assert lines[0].startswith("trackbook: ")
    assert "a bug of ours" in lines[0]
    assert "Traceback" not in said.out + said.err
    assert [message for (message,) in sheet.sql("SELECT message FROM faults")] == [
        "Bug: a bug of ours"
    ]


def test_cells_go_on_being_recorded_after_a_fault(sheet, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Measures, "read", broken)
        sheet.ok("acc = sum([0.5])")
    sheet.ok("loss = sum([0.25])")
    sources = dict(sheet.sql("SELECT source, outcome FROM cells"))
    assert sources["acc = sum([0.5])"] == "ok"
    assert sources["loss = sum([0.25])"] == "ok"
    assert [dict(run.metrics) for run in sheet.runs()] == [{"loss": 0.25}]


def test_a_cell_whose_beginning_failed_does_not_silence_the_next(sheet, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Cells, "_cell_of", broken)
        sheet.ok("acc = sum([0.5])")
    sheet.ok("loss = sum([0.25])")
    assert Current.book.recorder.cells._depth == 0
    assert [dict(run.metrics) for run in sheet.runs()] == [{"loss": 0.25}]


def test_a_card_that_cannot_be_read_harms_no_fit(sheet, monkeypatch, capsys):
    import trackbook.libraries.sklearn as card

    monkeypatch.setattr(card, "can_predict", broken)
    sheet.ok("from sklearn.linear_model import Ridge\nm = Ridge().fit([[0], [1]], [0, 1])")
    sheet.ok("n = Ridge().fit([[0], [1]], [0, 1])", "x = 1")
    said = capsys.readouterr()
    assert said.err.count("trackbook:") == 1
    assert "Traceback" not in said.out + said.err


def test_a_journal_that_raises_is_said_once(sheet, monkeypatch, capsys):
    monkeypatch.setattr(Journal, "put", broken)
    sheet.ok("acc = sum([0.5])", "loss = sum([0.25])", "1 + 1")
    monkeypatch.undo()
    sheet.ok("x = 1")
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert said.err.count("trackbook:") <= 2


def test_a_second_kind_of_failure_is_said_too(sheet, monkeypatch, capsys):
    def other(*_args, **_kwargs):
        raise LookupError("another one")

    with monkeypatch.context() as patch:
        patch.setattr(Measures, "read", broken)
        sheet.ok("acc = sum([1])", "acc = sum([2])")
    with monkeypatch.context() as patch:
        patch.setattr(Measures, "read", other)
        sheet.ok("acc = sum([3])", "acc = sum([4])")
    sheet.ok("x = 1")
    assert [line[:10] for line in capsys.readouterr().err.splitlines()] == [
        "trackbook:"
    ] * 2


def test_an_interrupt_inside_a_hook_leaves_the_next_cells_recorded(
    sheet, monkeypatch, capsys
):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    for owner, name in ((Cells, "_cell_of"), (Measures, "read"), (Cells, "_tell")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, interrupted)
            sheet.run("acc = sum([0.5])")
    sheet.ok("loss = sum([0.25])")
    assert [dict(run.metrics) for run in sheet.runs()][-1] == {"loss": 0.25}
    assert capsys.readouterr() == ("", "")


def test_a_fault_in_a_real_kernel_is_one_line_on_standard_error():
    kernel = Kernel(tracked=True)
    try:
        bug = (
            "import trackbook.capture.measures as m\n"
            "def broken(*a, **k): raise RuntimeError('a bug of ours')\n"
            "m.Measures.read = broken"
        )
        told = [kernel.run(Step(cell)) for cell in (bug, "acc = 0.5\nacc", "acc", "1 + 1")]
    finally:
        kernel.close()
    errors = [each for cell in told for each in cell if each[0] == "stream"]
    assert len(errors) == 1
    assert errors[0][1] == "stderr"
    assert errors[0][2].count("\n") == 1
    assert all(each[-2][:2] == ("reply", "ok") for each in told)
