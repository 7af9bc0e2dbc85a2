"""Promises kept for every kind, so that a new kind needs no test of its own."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.records import KINDS, Record
from trackbook.store import Store, quoted
from trackbook.store.ddl import STAMP, columns_of, create_table

kinds = pytest.mark.parametrize("record", KINDS.values(), ids=list(KINDS))
tabled = pytest.mark.parametrize(
    "record", [r for r in KINDS.values() if r.kind != "metric"], ids=lambda r: r.kind
)


@tabled
def test_table_is_what_it_was(record, golden) -> None:
    golden(f"{record.kind}.sql", create_table(record) + "\n")


def test_views_and_other_tables_are_what_they_were(golden) -> None:
    from trackbook.store.tables import TABLES, VIEWS

    golden("tables.sql", "\n\n".join(TABLES.values()) + "\n")
    names = "\n".join(
        f"{name}: {', '.join(columns)}" for name, columns in view_columns(VIEWS)
    )
    golden("views.txt", names + "\n")


def view_columns(views) -> list[tuple[str, list[str]]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "journal").mkdir()
        store = Store(Path(folder))
        return [(name, store.shape(f"FROM {name}")) for name in views]


@kinds
def test_kind_says_what_it_is(record) -> None:
    assert (record.__doc__ or "").split("\n\n", maxsplit=1)[0].rstrip().endswith(".")


@kinds
def test_fields_are_plain_values_or_lists_of_them(record) -> None:
    assert [column.name for column in columns_of(record)] == list(record.__struct_fields__)


@cache
def keywords() -> set[str]:
    sql = (
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
    )
    return {row[0] for row in duckdb.connect().execute(sql).fetchall()}


@kinds
def test_names_need_no_quotes_in_sql(record) -> None:
    names = {record.kind, *STAMP, *(column.name for column in columns_of(record))}
    assert names & keywords() == set()


def any_of(hint: object) -> st.SearchStrategy:
    if get_origin(hint) is list:
        return st.lists(any_of(get_args(hint)[0]), max_size=4)
    if hint is float:
        return st.floats()
    if hint is int:
        return st.integers(-(2**63), 2**63 - 1)
    if hint is str:
        return st.text(st.characters(codec="utf-8"), max_size=30)
    if type(None) in get_args(hint):
        (inner,) = (arm for arm in get_args(hint) if arm is not type(None))
        return st.none() | any_of(inner)
    return st.from_type(hint)


@tabled
def test_store_gives_back_what_the_journal_took(record, tmp_path) -> None:
    journal = Journal(tmp_path / "journal", new_id(), complain=print)
    store = Store(tmp_path)
    hints = get_type_hints(record)
    one = st.builds(
        record, **{name: any_of(hints[name]) for name in record.__struct_fields__}
    )
    run, taken = new_id(), {}

    @settings(max_examples=15, deadline=None)
    @given(st.lists(one, min_size=1, max_size=5))
    def takes(facts: list[Record]) -> None:
        taken[execution := new_id()] = facts
        for fact in facts:
            journal.put(fact, run, execution)

    takes()
    names = ", ".join(quoted(name) for name in record.__struct_fields__)
    sql = f"SELECT {names} FROM {quoted(record.kind)} WHERE execution_id = $cell"
    for execution, facts in taken.items():  # drained once, for that is what takes time
        given_back = store.ask(sql, record, cell=execution)
        assert sorted(map(same, given_back)) == sorted(map(same, facts))
    journal.close()


def same(record: Record) -> str:
    """A record as text, in which any NaN equals any other."""
    return repr(record)


def later_fields(record: type[Record]) -> list[str]:
    """Fields that a table made by an older trackbook may lack."""
    return [c.name for c in columns_of(record) if c.default is not None or c.nullable]


@pytest.mark.parametrize(
    "kind", [k for k, r in KINDS.items() if later_fields(r) and k != "metric"]
)
def test_a_table_of_before_the_last_field_gets_it(kind, tmp_path) -> None:
    field = later_fields(KINDS[kind])[-1]
    (tmp_path / "journal").mkdir()
    store = Store(tmp_path)
    with store.writing() as db:
        db.execute(f"ALTER TABLE tb.{quoted(kind)} DROP COLUMN {quoted(field)} CASCADE")
        db.execute("DELETE FROM tb.about WHERE name = 'made_from'")
    assert field in store.shape(f"FROM {quoted(kind)}")
