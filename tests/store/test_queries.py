"""The store's named statements are all understood, and all used."""

from __future__ import annotations

from importlib.resources import files

import pytest

from trackbook.store import queries_of
from trackbook.store.tables import TABLES, VIEWS

SQL = queries_of("trackbook.store")
NEEDS = ("new_series", "new_points", "new_offsets", "old.")


@pytest.fixture
def db(project):
    project.journal_folder.mkdir()
    with project.store.writing() as found:
        yield found


@pytest.mark.parametrize(
    "name", [n for n, sql in SQL.items() if not any(w in sql for w in NEEDS)]
)
def test_the_database_understands_every_statement(db, name) -> None:
    (statement,) = db.extract_statements(SQL[name])
    unset = dict.fromkeys(statement.named_parameters)
    db.execute(f"EXPLAIN {SQL[name]}", unset or None)


@pytest.mark.parametrize("name", SQL)
def test_every_statement_is_asked_somewhere(name) -> None:
    room = [
        f.read_text() for f in files("trackbook.store").iterdir() if f.name.endswith(".py")
    ]
    assert any(f'SQL["{name}"]' in text for text in room)


@pytest.mark.parametrize("name", VIEWS)
def test_views_are_written_without_a_catalog_name(name) -> None:
    assert "tb." not in VIEWS[name]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_made_in_the_attached_store(name) -> None:
    assert TABLES[name].startswith(f"CREATE TABLE IF NOT EXISTS tb.{name} (")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT 1; SELECT 2", "this text has 2"),
        ("DROP TABLE run", "this is DROP"),
        ("COPY (SELECT 1) TO '/tmp/x'", "this is COPY"),
        ("EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x'", "this is COPY"),
        ("ATTACH 'x.db'", "this is ATTACH"),
        ("INSERT INTO note SELECT * FROM note", "this is INSERT"),
        ("", "this text has 0"),
    ],
)
def test_sql_that_would_change_something_is_refused(project, sql, says) -> None:
    from trackbook.errors import Refused

    project.journal_folder.mkdir()
    with pytest.raises(Refused, match=says):
        project.store.question(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM runs",
        "DESCRIBE runs",
        "SUMMARIZE runs",
        "SHOW TABLES",
        "EXPLAIN ANALYZE SELECT 1",
    ],
)
def test_sql_that_reads_is_answered(project, sql) -> None:
    project.journal_folder.mkdir()
    assert project.store.question(sql).columns


def test_sql_that_is_not_understood_is_explained(project) -> None:
    from trackbook.errors import Misused

    project.journal_folder.mkdir()
    with pytest.raises(Misused, match="nix does not exist"):
        project.store.question("FROM nix")
