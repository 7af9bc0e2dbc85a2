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
    kinds = tuple(KINDS.values())
    fingerprint = fingerprint_of(kinds)
    if known.get("made_from") == fingerprint:
        return
    db.execute("BEGIN")
    try:
        # A new table has every column: asking 300 times costs as much as making them all.
        for statement in creating(kinds) + (() if made is None else adding(kinds)):
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


@cache
def fingerprint_of(kinds: tuple[type[Record], ...]) -> str:
    """Return what a database is made from in short; worked out once, for every drain asks."""
    made = [*creating(kinds), *adding(kinds), *VIEWS.values()]
    return str(crc32("\n".join(made).encode()))


def creating(kinds: tuple[type[Record], ...]) -> tuple[str, ...]:
    """Return the statements that make every table."""
    return (*TABLES.values(), *map(create_table, tabled(kinds)))


def adding(kinds: tuple[type[Record], ...]) -> tuple[str, ...]:
    """Return those that add the columns that came since."""
    return tuple(line for record in tabled(kinds) for line in add_columns(record))


def tabled(kinds: tuple[type[Record], ...]) -> list[type[Record]]:
    """Return the kinds that have a table made from their class; points of metrics have another."""
    return [record for record in kinds if record.kind != "metric"]
