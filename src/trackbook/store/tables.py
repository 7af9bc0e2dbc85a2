"""The tables and views of one database: made, and brought up to date."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zlib import crc32

from trackbook.errors import Refused
from trackbook.records import KINDS
from trackbook.store.ddl import add_columns, create_table
from trackbook.store.sql import queries_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from trackbook.records import Record

TABLES_VERSION = "1"
TABLES = queries_of("trackbook.store", "tables.sql")
VIEWS = queries_of("trackbook.store", "views.sql") | queries_of(
    "trackbook.store", "metadata.sql"
)
SQL = queries_of("trackbook.store")


def make_tables(db: DuckDBPyConnection) -> None:
    """Create what is missing, refusing a database that a newer trackbook made."""
    db.execute(TABLES["about"])
    known = dict(db.execute(SQL["about"]).fetchall())
    made = known.get("tables_version")
    if made is not None and int(made) > int(TABLES_VERSION):
        raise Refused(
            f"this project was written by a newer trackbook (tables {made}, known here:"
            f" {TABLES_VERSION}): update trackbook"
        )
    fingerprint = str(crc32("\n".join([*statements(), *VIEWS.values()]).encode()))
    if known.get("made_from") == fingerprint:
        return
    db.execute("BEGIN")
    try:
        # A new table has every column: asking 300 times costs as much as making them all.
        for statement in statements() if made is not None else creating():
            db.execute(statement)
        db.execute("USE tb")
        for statement in VIEWS.values():
            db.execute(statement)
        db.execute("USE memory")
        for name, value in (("tables_version", TABLES_VERSION), ("made_from", fingerprint)):
            db.execute(SQL["forget_about"], {"name": name})
            db.execute(SQL["add_about"], {"name": name, "value": value})
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def statements() -> tuple[str, ...]:
    """Return the statements that make every table, and every column added since."""
    return creating() + adding(tuple(KINDS.values()))


def creating() -> tuple[str, ...]:
    """Return the statements that make every table."""
    return (*TABLES.values(), *map(create_table, tabled(tuple(KINDS.values()))))


@cache
def adding(kinds: tuple[type[Record], ...]) -> tuple[str, ...]:
    """Return those that add columns; worked out once, for every drain compares them."""
    return tuple(line for record in tabled(kinds) for line in add_columns(record))


def tabled(kinds: tuple[type[Record], ...]) -> list[type[Record]]:
    """Return the kinds that have a table made from their class; points of metrics have another."""
    return [record for record in kinds if record.kind != "metric"]
