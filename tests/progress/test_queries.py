"""The room's statements are all understood, all used, and give what their classes say."""

from __future__ import annotations

from importlib.resources import files

import pytest

from trackbook.progress.rows import GoingRow, PointRow, SuspectRow
from trackbook.progress.standing import SQL

ROWS = {"goings": GoingRow, "suspects": SuspectRow, "tail_of": PointRow}


@pytest.mark.parametrize("name", SQL)
def test_columns_are_the_fields_of_the_class(project, name) -> None:
    project.run("a")
    assert set(project.store.shape(SQL[name])) == set(ROWS[name].__dataclass_fields__)


@pytest.mark.parametrize("name", SQL)
def test_every_statement_is_asked_somewhere(name) -> None:
    room = files("trackbook.progress")
    texts = [f.read_text() for f in room.iterdir() if f.name.endswith(".py")]
    assert any(f'SQL["{name}"]' in text for text in texts)
