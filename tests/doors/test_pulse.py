"""A front end can ask a session how it is; that changes nothing."""

from __future__ import annotations

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

ASK = "__import__('trackbook').pulse()"


def told(cell) -> dict[str, object]:
    (output,) = cell.outputs
    return output["data"]["application/json"]


def test_a_session_tells_its_run_and_its_metric_and_is_turned_off_and_on(tmp_path) -> None:
    cells = [
        ASK,
        "%load_ext trackbook\n%track quiet",
        "lr = 0.1\nimport trackbook\nwith trackbook.start_run('one'):\n"
        "    trackbook.log_metric('acc', 0.6)",
        ASK,
        "__import__('trackbook').toggle()",
        "__import__('trackbook').toggle()",
    ]
    book = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(book, resources={"metadata": {"path": str(tmp_path)}}).execute()
    before, _, _, during, off, on = book.cells
    assert told(before)["recording"] is None
    assert told(during) == {
        "recording": "auto", "run": "one", "metric": "acc 0.6", "cells": {"stale": []},
    }  # fmt: skip
    assert (told(off)["recording"], told(on)["recording"]) == ("off", "auto")
