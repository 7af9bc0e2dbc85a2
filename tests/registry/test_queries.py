"""The room's statements are all understood, all used, and give what their classes say."""

from __future__ import annotations

from importlib.resources import files

import pytest

from trackbook.registry.log import SQL
from trackbook.registry.rows import ApprovalRow, BoardRow, ImpactRow, MoveRow, VersionRow

ROWS = {
    "versions_listed": VersionRow,
    "moves_of": MoveRow,
    "approvals_of": ApprovalRow,
    "board": BoardRow,
    "impact": ImpactRow,
}


@pytest.mark.parametrize("name", SQL)
def test_the_database_understands_every_statement(desk, name) -> None:
    desk.new("a")
    assert desk.store.shape(SQL[name])


@pytest.mark.parametrize("name", SQL)
def test_every_statement_is_asked_somewhere(name) -> None:
    texts = [
        f.read_text()
        for f in files("trackbook.registry").iterdir()
        if f.name.endswith(".py")
    ]
    assert any(f'"{name}"' in text for text in texts)


@pytest.mark.parametrize("name", ROWS)
def test_columns_are_the_fields_of_the_class(desk, name) -> None:
    desk.new("a")
    assert set(desk.store.shape(SQL[name])) == set(ROWS[name].__dataclass_fields__)
