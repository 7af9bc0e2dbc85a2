"""What speaks against a run is said where it is proved, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from desk import FIT, IMPORTS, Desk


@pytest.fixture
def desk(sheet, monkeypatch):
    made = Desk(
        sheet,
        monkeypatch,
        top=IMPORTS,
        rate="lr = 0.1  # so far",
        fit=FIT,
        end="print(acc)",
    )
    made.run("top", "rate", "fit")
    return made


def test_a_run_that_nothing_was_done_to_has_nothing_against_it(desk) -> None:
    desk.save()
    assert desk.told() == []
    assert desk.recorded() == []


def test_an_edit_of_a_value_is_told_with_both_values(desk) -> None:
    desk.edit(rate="lr = 0.01  # so far")
    assert desk.told() == ["`lr` is 0.01 on screen, the run saw 0.1 (cell [4] was edited)"]


def test_an_edited_value_that_was_executed_since_is_told_without_a_file(desk) -> None:
    desk.edit(rate="lr = 0.01", save=False)
    desk.run("rate")
    assert desk.told() == [
        "`lr` is 0.01 on screen, the run saw 0.1 (cell [4] ran again as [6])"
    ]


def test_an_edit_before_the_run_ended_stands_on_its_card_and_in_the_store(desk) -> None:
    desk.edit(rate="lr = 0.01", fit=FIT + "\nacc2 = acc")
    desk.run("fit")
    words = "`lr` is 0.01 on screen, the run saw 0.1 (cell [4] was edited)"
    assert desk.recorded() == [words]


HARMLESS = {
    "a comment": {"rate": "lr = 0.1  # for good"},
    "layout": {"rate": "lr   =   0.1\n\n"},
    "the same number written otherwise": {"rate": "lr = 1e-1"},
    "text between cells": {"md1": "# Rates"},
    "a cell that it does not rest on": {"end": "print(acc * 100)"},
    "a line that makes something else": {"rate": "lr = 0.1\nepochs = 3"},
    "a line that only looks": {"rate": "lr = 0.1\nprint(lr)"},
    "an import more on the same line": {"top": IMPORTS.replace("import Ridge", "import Lasso, Ridge")},
    "imports in another order": {"top": "\n".join(IMPORTS.split("\n")[i] for i in (2, 1, 0, 3))},
    "a type beside a name": {"rate": "lr: float = 0.1"},
    "an import more": {"top": "import os\n" + IMPORTS},
    "a cell more": {"more": "lr2 = 5"},
    "a cell that was cut in two": {"top": IMPORTS.split("\n")[0], "top2": IMPORTS.split("\n", 1)[1]},
    "two cells that were joined": {"rate": None, "fit": "lr = 0.1\n" + FIT},
    "a cell that was pasted elsewhere": {"rate": None, "rate2": "lr = 0.1"},
    "a text about what a function does": {"top": '"""Data."""\n' + IMPORTS},
    "a plot": {"fit": FIT + "\nprint(model, acc)"},
}  # fmt: skip


@pytest.mark.parametrize("edits", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_no_variable_of_the_run_is_no_edit(desk, edits) -> None:
    desk.edit(**edits)
    assert desk.told() == []


def test_a_deleted_cell_is_told_with_what_it_made(desk) -> None:
    desk.edit(rate=None)
    assert desk.told() == ["cell [4], which made `lr`, was deleted since"]


def test_an_edit_without_a_plain_value_is_told_by_the_name(desk) -> None:
    desk.edit(top=IMPORTS.replace("* 2", "* 3"))
    assert desk.told() == ["cell [3], which made `y`, was edited since"]


def test_an_edit_of_the_runs_own_cell_is_told(desk) -> None:
    desk.edit(fit=FIT.replace("lr", "lr * 2"))
    assert desk.told() == ["cell [5], the run's own, was edited since"]


def test_a_cell_executed_after_the_last_save_is_not_called_edited(desk) -> None:
    desk.edit(rate="lr = 0.5", fit=FIT + "\n#", save=False)
    desk.run("rate", "fit")
    assert desk.told() == []
    assert desk.recorded() == []


def test_a_file_written_the_moment_a_cell_began_proves_nothing(desk) -> None:
    desk.edit(rate="lr = 0.01", save=False)
    desk.numbers.clear()
    desk.save()
    assert desk.told() == []


def test_a_result_that_is_the_same_again_is_no_other_result(desk) -> None:
    desk.run("top", "rate")
    assert desk.told() == []


def test_a_cell_executed_again_with_another_result_is_told(desk) -> None:
    desk.edit(top=IMPORTS + "\nX = X[:len(X) + shift]\nshift = -2", save=False)
    desk.sheet.ok("shift = 0")
    desk.run("top", "rate", "fit")
    desk.run("top")
    assert desk.told() == [
        "cell [7] was executed again as [10], and `X` is not what the run used (2 fewer rows)"
    ]


def test_a_cell_executed_again_before_the_run_is_what_the_run_used(desk) -> None:
    desk.edit(rate="lr = 0.7", save=False)
    desk.run("rate", "fit")
    assert desk.told() == []
    assert desk.told(-1) == [
        "`lr` is 0.7 on screen, the run saw 0.1 (cell [4] ran again as [6])"
    ]


def test_a_cell_that_used_what_a_cell_below_makes_ran_out_of_order(
    sheet, monkeypatch
) -> None:
    desk = Desk(sheet, monkeypatch, top=IMPORTS, fit=FIT, rate="lr = 0.1")
    desk.run("top", "rate", "fit")
    words = "cells ran out of order: [5] used `lr` of [4], which stands below it in the saved notebook"
    assert desk.told() == [words]
    assert desk.recorded() == [words]


def test_a_cell_that_was_left_out_between_is_told(sheet, monkeypatch) -> None:
    desk = Desk(
        sheet, monkeypatch, top=IMPORTS, rate="lr = 0.1", more="lr = lr * 2", fit=FIT
    )
    desk.run("top", "rate", "more", "rate", "fit")
    assert desk.told() == [
        "cells ran out of order: [7] used the `lr` of [6], though [5] stands between them"
        " and makes `lr` too"
    ]


def test_cells_that_need_nothing_of_each_other_may_run_in_any_order(
    sheet, monkeypatch
) -> None:
    cells = {"note": "a = 1", "top": IMPORTS, "rate": "lr = 0.1", "fit": FIT}
    desk = Desk(sheet, monkeypatch, **cells)
    desk.run("rate", "top", "fit", "note")
    assert desk.told() == []


ORIGINS = {
    "lr = 0.1": "was there before trackbook began to record",
    "": "was set beside %load_ext trackbook, which is not recorded: load it in a cell of its own",
}


@pytest.mark.parametrize(("before", "words"), ORIGINS.items(), ids=["before", "beside"])
def test_a_name_from_before_the_first_recorded_cell_is_told(
    sheet, monkeypatch, before, words
) -> None:
    sheet.ok("%unload_ext trackbook", before)
    sheet.ok("%load_ext trackbook\n" + ("" if before else "lr = 0.1"), "%track quiet")
    desk = Desk(sheet, monkeypatch, top=IMPORTS, fit=FIT)
    desk.run("top", "fit")
    assert desk.told() == [f"`lr` came from no cell on record: {words}"]


def test_a_name_set_between_cells_is_told(desk) -> None:
    desk.sheet.shell.user_ns["lr"] = 0.3
    desk.run("fit")
    assert desk.told() == [
        "`lr` came from no cell on record: was set between two cells, by a widget,"
        " a thread or a debugger"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "exec('lr = 0.2')",
        "globals()['lr'] = 0.2",
        "def put():\n    global lr\n    lr = 0.2\nput()",
        "get_ipython().push({'lr': 0.2})",
        "%time lr = 0.2",
        "for lr in (0.1, 0.2): pass",
    ],
)
def test_a_name_that_a_cell_set_by_other_ways_is_from_that_cell(desk, source) -> None:
    desk.sheet.ok(source)
    desk.run("fit")
    assert [words for words in desk.told() if "no cell" in words] == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"cells": 3}', b"\0", b'{"cells": ' + b"[" * 100_000]
)
def test_a_damaged_file_says_nothing(desk, content) -> None:
    desk.edit(rate="lr = 0.01", save=False)
    desk.file.write_bytes(content)
    assert desk.told() == []


def test_a_file_that_is_gone_or_no_file_says_nothing(desk) -> None:
    desk.edit(rate="lr = 0.01", save=False)
    desk.file.unlink()
    assert desk.told() == []
    desk.file.mkdir()
    assert desk.told() == []


def test_a_file_whose_cells_have_other_ids_is_taken_by_what_they_say(desk) -> None:
    desk.save(ids=False)
    assert desk.told() == []
    desk.edit(rate="lr = 0.01", save=False)
    desk.save(ids=False)
    assert desk.told() == [
        "cell [4], which made `lr`, is not in the saved notebook as it ran"
    ]


def test_a_notebook_that_is_another_one_says_nothing(desk) -> None:
    desk.cells = {"other": "a = 1", "cells": "b = 2"}
    desk.save()
    assert desk.told() == []


def test_a_secret_that_was_edited_is_not_told(desk) -> None:
    desk.edit(rate="lr = 0.1; API_KEY = 'first'", fit=FIT + "\nuser = API_KEY", save=False)
    desk.run("rate", "fit")
    desk.edit(rate="lr = 0.1; API_KEY = 'second'")
    assert desk.told() == []


def test_stale_can_be_turned_off(sheet, monkeypatch) -> None:
    sheet.book.settings = msgspec.structs.replace(sheet.book.settings, stale=False)
    desk = Desk(sheet, monkeypatch, top=IMPORTS, fit=FIT, rate="lr = 0.1")
    desk.run("top", "rate", "fit")
    assert desk.told() == []
    assert desk.recorded() == []


def test_a_cell_made_anew_before_the_run_of_which_the_run_used_the_old_is_told(
    desk,
) -> None:
    desk.edit(
        rate="lr = 0.1 * factor",
        twice="rate = lr * 2",
        fit=FIT.replace("lr", "rate"),
        save=False,
    )
    desk.sheet.ok("factor = 1")
    desk.run("rate", "twice")
    desk.sheet.ok("factor = 3")
    desk.run("rate", "fit")
    assert [words for words in desk.told() if "`lr`" in words] == [
        "`lr` is 0.30000000000000004 now, the run saw 0.1 (cell [7] was executed again as [10])"
    ]


AGAIN = {
    "a function": "def scale(v):\n    return [x * 2 for x in v]\nlr = 0.1",
    "a class": "class Scale:\n    by = 2\nscale = Scale()\nlr = 0.1",
    "a lambda in a dict": "scale = {'f': lambda v: v}\nlr = 0.1",
    "a table": "scale = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}).dropna()\nlr = 0.1",
    "a set": "scale = {'a', 'b', 'c'}\nlr = 0.1",
    "a generator": "scale = (n for n in range(3))\nlr = 0.1",
    "a model": "scale = Ridge().fit(X, y)\nlr = 0.1",
    "not a number": "scale = float('nan')\nlr = 0.1",
    "a file": "scale = open('kept.txt', 'w')\nlr = 0.1",
    "seeded numbers": "np.random.seed(1); scale = np.random.rand(3)\nlr = 0.1",
    "the time": "import time\nscale = time.time()\nlr = 0.1",
    "an object": "scale = object()\nlr = 0.1",
}


@pytest.mark.parametrize("source", AGAIN.values(), ids=AGAIN)
def test_what_cannot_be_told_from_its_like_is_no_other_result(desk, source) -> None:
    desk.edit(rate=source, fit=FIT + "\nused = scale", save=False)
    desk.run("rate", "fit", "rate")
    assert desk.told() == []


def test_a_line_of_a_console_beside_the_notebook_was_not_deleted(desk) -> None:
    desk.sheet.ok("lr = 0.7", cell_id="of-a-console")
    desk.run("fit")
    desk.save()
    assert desk.told() == [
        "cell [6], which made `lr`, is not in the saved notebook as it ran"
    ]


@pytest.mark.parametrize(
    "how", [["%track off", "lr = 0.4", "%track on"], ["%%track skip\nlr = 0.4"]]
)
def test_a_name_set_while_nothing_was_recorded_is_told(desk, how) -> None:
    desk.sheet.ok(*how)
    desk.run("fit")
    assert desk.told() == [
        "`lr` came from no cell on record: was set while trackbook did not record"
    ]


def test_a_cell_executed_again_that_gives_what_the_run_used_in_the_end_is_none(
    desk,
) -> None:
    desk.edit(
        table="df = pd.DataFrame({'a': np.arange(10.0)})",
        part="df = df[df.a > 2]",
        more="df['c'] = df.a * 2",
        mean="mean_error = df.c.mean()",
    )
    desk.run("table", "part", "more", "mean", "part")
    assert desk.told() == []


def test_an_edit_of_a_cell_that_begins_as_papermill_would_write_it_is_told(desk) -> None:
    desk.edit(rate="# Parameters\nlr = 0.1")
    desk.run("rate", "fit")
    desk.edit(rate="# Parameters\nlr = 0.9")
    assert desk.told() == ["`lr` is 0.9 on screen, the run saw 0.1 (cell [6] was edited)"]


def test_what_comes_out_of_store_is_told(desk, monkeypatch, tmp_path) -> None:
    desk.sheet.ok("lr = 0.6", "%load_ext storemagic", "%store lr", "%store -r lr")
    desk.run("fit")
    assert desk.told() == [
        "`lr` came from no cell on record: was brought from an earlier kernel by %store"
    ]


def test_an_edited_seed_is_told(desk) -> None:
    desk.edit(seed="np.random.seed(1)", fit="X = np.random.rand(10, 2)\n" + FIT, save=False)
    desk.run("seed", "fit")
    desk.edit(seed="np.random.seed(2)")
    assert desk.told() == ["cell [6], which set the random numbers' seed, was edited since"]


def test_a_word_in_a_text_is_no_use_of_a_variable(desk) -> None:
    desk.edit(extra="unit = 'kg'", fit=FIT + "\nprint('unit of error')", save=False)
    desk.run("extra", "fit")
    desk.edit(extra="unit = 'g'")
    assert desk.told() == []


def test_what_a_query_names_is_used(desk) -> None:
    desk.edit(
        low="low = 1",
        fit="X2 = pd.DataFrame(X).rename(columns=str).eval('`0` > @low').to_numpy()\n"
        "X = X[X2]; y = y[X2]\n" + FIT,
        save=False,
    )
    desk.run("low", "fit")
    desk.edit(low="low = 5")
    assert desk.told()[0] == "`low` is 5 on screen, the run saw 1 (cell [6] was edited)"


def test_all_cells_run_again_from_the_top_leave_nothing_against_either_run(desk) -> None:
    desk.run("top", "rate", "fit", "end")
    desk.save()
    assert desk.told(-1) == []
    assert desk.told() == []


def test_a_front_end_may_say_what_is_on_screen_before_it_is_saved(desk) -> None:
    from trackbook.records import CodeCell

    desk.edit(rate="lr = 0.02", save=False)
    cells = [CodeCell(name, source) for name, source in desk.cells.items()]
    desk.sheet.book.recorder.notebook.tell(cells)
    assert desk.told() == ["`lr` is 0.02 on screen, the run saw 0.1 (cell [4] was edited)"]
