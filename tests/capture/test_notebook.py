"""The notebook is known as far as a kernel can know it."""

from __future__ import annotations

import json

import nbformat
import pytest

from trackbook.capture.notebook import NotebookState, path_of_notebook

VSCODE = "vscode-notebook-cell:/home/ann/churn%20model.ipynb#W0sZmlsZQ"


@pytest.mark.parametrize(
    ("namespace", "cell_id", "environ", "path"),
    [
        ({}, None, {}, None),
        ({}, "abc", {"JPY_SESSION_NAME": "/w/a.ipynb"}, "/w/a.ipynb"),
        ({}, "abc", {"JPY_SESSION_NAME": "3f6c-console"}, None),
        ({"__vsc_ipynb_file__": "/w/b.ipynb"}, VSCODE, {}, "/w/b.ipynb"),
        ({}, VSCODE, {}, "/home/ann/churn model.ipynb"),
        (
            {},
            None,
            {"TRACKBOOK_NOTEBOOK": "c.ipynb", "JPY_SESSION_NAME": "/w/a.ipynb"},
            "c.ipynb",
        ),
        ({"__vsc_ipynb_file__": object()}, None, {}, None),
    ],
)
def test_the_path_is_the_first_witness_that_names_a_notebook(
    namespace, cell_id, environ, path
) -> None:
    assert path_of_notebook(namespace, cell_id, environ) == path


def saved(file, *sources, **metadata):
    cells = [nbformat.v4.new_code_cell(s, id=f"c{n}") for n, s in enumerate(sources)]
    cells.append(nbformat.v4.new_markdown_cell("words"))
    document = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    file.write_text(json.dumps(document), encoding="utf-8")
    state = NotebookState()
    state.path = str(file)
    return state


def test_the_hash_does_not_see_outputs_counts_and_metadata(tmp_path) -> None:
    plain = saved(tmp_path / "a.ipynb", "x = 1", "x + 1").fingerprint({})
    state = saved(tmp_path / "b.ipynb", "x = 1", "x + 1", authors=["ann"])
    document = json.loads((tmp_path / "b.ipynb").read_text())
    document["cells"][1]["execution_count"] = 7
    document["cells"][1]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "2"}
    ]
    document["cells"][1]["metadata"] = {"collapsed": True}
    (tmp_path / "b.ipynb").write_text(json.dumps(document, indent=3))
    assert state.fingerprint({}) == plain


def test_any_change_of_code_changes_the_hash(tmp_path) -> None:
    first = saved(tmp_path / "a.ipynb", "x = 1", "x + 1").fingerprint({})
    assert saved(tmp_path / "b.ipynb", "x = 2", "x + 1").fingerprint({}) != first
    assert saved(tmp_path / "c.ipynb", "x + 1", "x = 1").fingerprint({}) != first


def test_what_was_executed_is_newer_than_what_was_saved(tmp_path) -> None:
    state = saved(tmp_path / "a.ipynb", "x = 1", "x + 1")
    edited = saved(tmp_path / "b.ipynb", "x = 2", "x + 1").fingerprint({})
    state.executed("c0", "x = 2")
    assert state.fingerprint(state.as_now()) == edited


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', "\0"])
def test_a_damaged_file_leaves_what_ran(tmp_path, text) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(text)
    state = NotebookState()
    state.path = str(file)
    state.executed("src:1", "x = 1")
    assert state.fingerprint(state.as_now())[1] == 1
